import Storage
import Figures

/// A piece of a page: what is written in the source is markup, what is interpolated is text.
///
///     let item: HTML = "<li>\(name)</li>"   // any character of `name` may be hostile
struct HTML: ExpressibleByStringInterpolation {
  /// The markup.
  private(set) var markup: String

  /// Takes markup as it is.
  init(markup: String) {
    self.markup = markup
  }

  init(stringLiteral value: String) {
    markup = value
  }

  /// A value as the command line spells it, which may be broken behind its commas.
  static func value(_ text: String) -> HTML {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { part -> HTML in
      "\(String(part))"
    }
    return HTML(markup: parts.map(\.markup).joined(separator: ",<wbr>"))
  }

  init(stringInterpolation: StringInterpolation) {
    markup = stringInterpolation.markup
  }

  struct StringInterpolation: StringInterpolationProtocol {
    var markup = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      markup.reserveCapacity(literalCapacity)
    }

    mutating func appendLiteral(_ literal: String) {
      markup += literal
    }

    mutating func appendInterpolation(_ text: String) {
      markup += text.printableLines.escapedAsMarkup
    }

    mutating func appendInterpolation(_ number: Int) {
      markup += String(number)
    }

    mutating func appendInterpolation(_ piece: HTML) {
      markup += piece.markup
    }

    mutating func appendInterpolation(_ pieces: [HTML]) {
      for piece in pieces { markup += piece.markup }
    }

    mutating func appendInterpolation(_ piece: HTML?) {
      if let piece { markup += piece.markup }
    }
  }
}
