import Storage
import Figures

extension RunSummary {
  /// The most failures that are listed; the report has all of them.
  private static let listedFailures = 10

  /// What a person at a terminal wants to read: the tables, the claims and the notes.
  public var text: String {
    var parts = ["\(title): \(question)\n"]
    if let notice { parts.append(notice + "\n") }
    parts += findings.tables.map(\.text)
    if !findings.claims.isEmpty { parts.append(claims) }
    if !failures.isEmpty {
      let listed = failures.prefix(Self.listedFailures).map { failure in
        let (trial, reason) = (failure.trial.printable(within: 200), failure.reason)
        return "The trial \(trial) failed: \(reason.printable(within: 400))\n"
      }
      let rest = failures.count - listed.count
      parts.append(listed.joined() + (rest > 0 ? "So did \(rest) more.\n" : ""))
    }
    if !findings.notes.isEmpty {
      parts.append(findings.notes.map { $0.lines(indent: "") }.joined())
    }
    return parts.joined(separator: "\n").printableLines
  }

  private var claims: String {
    findings.claims.map { claim in
      var sentence = claim.statement
      let values = [
        claim.reported.map { "reported \($0.published)" },
        claim.shownMeasurement.map { "measured \($0)" },
      ].compactMap(\.self)
      if !values.isEmpty { sentence += " (" + values.joined(separator: ", ") + ")" }
      return claim.verdict.mark + " " + sentence.lines(indent: "  ")
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
  /// The text in lines that fit any terminal, all but the first indented.
  fileprivate func lines(indent: String) -> String {
    wrapped(to: 78, indent: indent).joined(separator: "\n") + "\n"
  }
}
