import Foundation

/// A drawing on its way into a page.
struct Drawing {
  /// The `<svg>` element.
  let svg: String
  /// What it shows.
  let caption: String
  /// What the page puts before the drawing's own identifiers, so that two drawings do not share one.
  let prefix: String

  /// The drawing as a part of the page, or, if it holds anything that could act there, as a picture
  /// in which nothing can.
  var html: HTML {
    let element = svg.firstRange(of: "<svg").map { svg[$0.lowerBound...] }
    guard let element, Self.isInert(element) else {
      let data = Data(svg.utf8).base64EncodedString()
      return #"<img src="data:image/svg+xml;base64,\#(data)" alt="\#(caption)">"#
    }
    return HTML(markup: prefixed(element))
  }

  private static func isInert(_ svg: Substring) -> Bool {
    let text = svg.lowercased()
    let active = ["<script", "<foreignobject", "<iframe", "<!", "javascript:", "@import"]
    // An attribute that starts with "on" is a handler; a reference may lead only to the drawing
    // itself or to a picture within it.
    return !active.contains { text.contains($0) }
      && text.firstMatch(of: /[\s"'\/]on[a-z]+\s*=/) == nil
      && text.firstMatch(of: /(href\s*=|url\()(?!\s*["']?(#|data:image\/png;))/) == nil
  }

  private func prefixed(_ svg: Substring) -> String {
    var out = String(svg)
    for opening in [" id=\"", "url(#", "href=\"#"] {
      out = out.replacing(opening, with: opening + prefix)
    }
    return out.replacing(/\s(aria-[a-z]+by)="([^"]*)"/) { match in
      let names = match.output.2.split(separator: " ").map { prefix + $0 }
      return " \(match.output.1)=\"\(names.joined(separator: " "))\""
    }
  }
}
