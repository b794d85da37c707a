import Storage
import Figures

extension RunSummary {
  /// The most failures that are listed; the report has all of them.
  private static let listedFailures = 10

  /// What a person at a terminal wants to read: the tables, the claims and the notes.
  public var text: String { text(columns: nil) }

  /// The same in so many terminal columns; nil for tables as wide as they like.
  package func text(columns: Int?) -> String {
    let width = min(columns ?? 80, 100) - 2
    var parts = ["\(title): \(question)".lines(within: width)]
    if let notice { parts.append(notice.lines(within: width)) }
    parts += findings.tables.map { $0.text(columns: columns) }
    if !findings.claims.isEmpty { parts.append(claims(within: width)) }
    if !failures.isEmpty {
      let listed = failures.prefix(Self.listedFailures).map { failure in
        let (trial, reason) = (failure.trial.printable(within: 200), failure.reason)
        return "The trial \(trial) failed: \(reason.printable(within: 400))\n"
      }
      let rest = failures.count - listed.count
      parts.append(listed.joined() + (rest > 0 ? "So did \(rest) more.\n" : ""))
    }
    if !findings.notes.isEmpty {
      parts.append(findings.notes.map { $0.lines(within: width) }.joined())
    }
    return parts.joined(separator: "\n").printableLines
  }

  /// How many claims hold, as a sentence with a legend; nil if there are none.
  package var tally: String? {
    let tally = Tally(findings.claims)
    return tally.sentence.map { sentence in
      sentence.prefix(1).uppercased() + sentence.dropFirst() + "."
        + (tally.untested > 0 ? " (– is not tested: these settings or trials cannot tell.)" : "")
    }
  }

  private func claims(within width: Int) -> String {
    findings.claims.map { claim in
      var sentence = claim.statement
      let values = [
        claim.reported.map { "reported \($0.published)" },
        claim.shownMeasurement.map { "measured \($0)" },
      ].compactMap(\.self)
      if !values.isEmpty { sentence += " (" + values.joined(separator: ", ") + ")" }
      return claim.verdict.mark + " " + sentence.lines(within: width, indent: "  ")
    }.joined()
  }
}

extension Verdict {
  /// The verdict as one character.
  var mark: String {
    switch self {
    case .holds: "✓"
    case .fails: "✗"
    case .untested: "–"
    }
  }

  /// The verdict in words.
  var words: String {
    switch self {
    case .holds: "holds"
    case .fails: "does not hold"
    case .untested: "not tested"
    }
  }
}

extension String {
  /// The text in lines of so many columns, all but the first indented.
  fileprivate func lines(within width: Int, indent: String = "") -> String {
    wrapped(to: width, indent: indent).joined(separator: "\n") + "\n"
  }
}
