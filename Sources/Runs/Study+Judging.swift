/// A setting that may differ from the study's own while its claims can still be judged.
public enum ComparableSetting: Sendable, Equatable {
  /// A setting with any value, such as `seeds`, by its name on the command line.
  case anyValue(String)
  /// A list of which some may be left out, such as `models`: a claim is absent, or does not say
  /// whether it holds, where the conditions that it needs are.
  case conditions(String)
}

extension ComparableSetting {
  /// Whether a changed setting is this one, and has a value that does no harm.
  fileprivate func allows(_ setting: RunSummary.ChangedSetting) -> Bool {
    switch self {
    case .anyValue(let key): return setting.key == key
    case .conditions(let key):
      let (own, known) = (setting.value.split(separator: ","), setting.paper?.split(separator: ","))
      return setting.key == key && Set(own).isSubset(of: known ?? [])
    }
  }
}

extension Study {
  public static var comparableSettings: [ComparableSetting] { [.anyValue("seeds")] }

  /// The findings with their verdicts.
  ///
  /// If a setting differs from the study's own that is not among ``comparableSettings``, or if trials
  /// are missing, no claim is judged, the notes that compare with the paper are left out, and one note
  /// says why.
  package static func judgedFindings(_ results: Results<Self>) -> Findings {
    let configuration = results.configuration
    var findings = findings(results)
    if let obstacle = obstacle(configuration, results.all.count) {
      for index in findings.claims.indices { findings.claims[index].verdict = .untested }
      if !findings.claims.isEmpty { findings.notes.insert(obstacle, at: 0) }
    } else {
      // Reduced settings can show that a claim holds, not that it fails.
      let isReduced = configuration == .quick && configuration != Configuration()
      for index in findings.claims.indices
      where isReduced && findings.claims[index].verdict == .fails {
        findings.claims[index].verdict = .untested
      }
      findings.notes += findings.paperNotes
    }
    findings.paperNotes = []
    return findings
  }

  /// Why no claim can be judged, in one sentence; nil if claims can be.
  private static func obstacle(_ configuration: Configuration, _ measured: Int) -> String? {
    let others = changedSettings(in: configuration).filter { setting in
      !comparableSettings.contains { $0.allows(setting) }
    }
    if !others.isEmpty {
      return "The claims are not tested, as they are about other settings than "
        + RunSummary.list(others) + "."
    }
    let planned = trials(for: configuration).count
    guard measured < planned else { return nil }
    return
      "The claims are not tested, as \(planned - measured) of \(planned) trials have no result."
  }

  /// The settings that differ from the study's own, those first that keep its claims from being judged.
  static func changedSettings(in configuration: Configuration) -> [RunSummary.ChangedSetting] {
    let defaults = Setting.list(of: Configuration())
    let changed = Setting.list(of: configuration).filter { !defaults.contains($0) }.map { setting in
      RunSummary.ChangedSetting(
        setting.key, value: setting.value, paper: defaults.first { $0.key == setting.key }?.value)
    }
    func isHarmless(_ setting: RunSummary.ChangedSetting) -> Bool {
      comparableSettings.contains { $0.allows(setting) }
    }
    return changed.filter { !isHarmless($0) } + changed.filter(isHarmless)
  }
}
