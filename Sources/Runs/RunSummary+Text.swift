import Figures

extension RunSummary {
  /// What a person at a terminal wants to read: the tables, the claims and the notes.
  public var text: String {
    var parts = ["\(title): \(question)\n"]
    if let notice { parts.append(notice + "\n") }
    parts += findings.tables.map(\.text)
    if !findings.claims.isEmpty { parts.append(claims) }
    if !failures.isEmpty {
      parts.append(failures.map { "The trial \($0.trial) failed: \($0.reason)\n" }.joined())
    }
    if !findings.notes.isEmpty {
      parts.append(findings.notes.map { $0.lines(indent: "") }.joined())
    }
    return parts.joined(separator: "\n")
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
