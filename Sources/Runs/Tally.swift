/// How many of some claims hold.
struct Tally {
  let held, failed, untested: Int

  init(_ claims: [Claim]) {
    held = claims.count { $0.verdict == .holds }
    failed = claims.count { $0.verdict == .fails }
    untested = claims.count { $0.verdict == .untested }
  }

  private var tested: Int { held + failed }

  /// The tally as a clause; nil if there are no claims.
  var sentence: String? {
    guard tested + untested > 0 else { return nil }
    var clause =
      switch (held, tested) {
      case (_, 0): "no claim was tested"
      case (1, 1): "the one claim that was tested holds"
      case (tested, _): "all \(tested) claims \(untested > 0 ? "that were tested " : "")hold"
      default: "\(held) of \(tested) claims \(held == 1 ? "holds" : "hold")"
      }
    if untested > 0, tested > 0 { clause += ", and \(untested) more could not be tested" }
    return clause
  }

  /// The tally in a few words.
  var words: String {
    let untested = untested > 0 ? "\(untested) not tested" : nil
    let tested = tested > 0 ? "\(held) of \(tested) \(held == 1 ? "holds" : "hold")" : nil
    return [tested, untested].compactMap(\.self).joined(separator: ", ")
  }
}
