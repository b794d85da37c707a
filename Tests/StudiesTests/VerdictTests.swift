import Foundation
import Runs
import Testing

import Studies

@Suite("Verdicts of the studies")
struct VerdictTests {
  /// All but the comparison with what was printed, whose trials measure too different things to be made up here, and the
  /// maps, which claim nothing without MNIST's files; their own tests ask the same of them.
  private static let studies = paperStudies.filter { $0 != Published.self && $0 != Maps.self }

  /// What any trial of any of them could have measured; each study reads its own part.
  private static let measurement: Data = {
    let conditions = Lottery.Condition.allCases.map {
      #"{"condition": "\#($0.rawValue)", "steps": [0], "digest": "", "testAccuracy": [60]}"#
    }
    let rounds = Lottery.Configuration().schedule.map {
      #"{"sparsity": \#($0), "trainLoss": 1, "testLoss": 1, "testAccuracy": 60, "digest": ""}"#
    }
    let layers = (0...5).map {
      #"{"layer": \#($0), "dimensions": 2, "linear": 60, "neighbors": 60}"#
    }
    let text = """
      {"steps": [0], "epochs": [0], "digest": "", "parameters": 9000,
       "trainLoss": [1], "trainAccuracy": [60], "trainError": [40],
       "testLoss": [1], "testAccuracy": [60], "testError": [40],
       "rounds": [\(rounds.joined(separator: ","))],
       "curves": [\(conditions.joined(separator: ","))],
       "layers": [\(layers.joined(separator: ","))], "loss": [1],
       "objective": [1], "finalLoss": [1], "meanLoss": [1], "meanRate": [1], "rates": [1],
       "samples": [], "weights": []}
      """
    return Data(text.utf8)
  }()

  private static func findings<S: Study>(
    _ study: S.Type, _ changes: [String] = [], without lost: Int = 0
  ) throws -> Findings {
    let configuration = try Overrides(changes).applied(to: S.Configuration())
    let measurement = try JSONDecoder().decode(S.Measurement.self, from: measurement)
    return S.judgedFindings(
      Results(
        configuration,
        S.trials(for: configuration).dropLast(lost).map {
          TrialResult(trial: $0, measurement: measurement)
        }))
  }

  /// Another value of a setting, of as many elements; nil if it has no number that could be changed.
  private static func change(_ setting: Setting) -> String? {
    var elements = setting.value.split(separator: ",").map(String.init)
    guard let last = elements.popLast() else { return nil }
    if let number = Int(last) { return (elements + ["\(number + 1)"]).joined(separator: ",") }
    guard let number = Double(last) else { return nil }
    return (elements + ["\(number == 0 ? 0.125 : number * 0.75)"]).joined(separator: ",")
  }

  private static func judges(_ findings: Findings) -> Bool {
    findings.claims.contains { $0.verdict != .untested }
  }

  private static func explanations(_ findings: Findings) -> [String] {
    findings.notes.filter { $0.hasPrefix("The claims are not tested") }
  }

  @Test(
    "no claim is judged under a setting that is not declared comparable",
    arguments: studies.indices)
  func oddSettings(_ index: Int) throws { try Self.oddSettings(Self.studies[index]) }

  private static func oddSettings<S: Study>(_ study: S.Type) throws {
    let comparable = S.comparableSettings.map { setting in
      switch setting {
      case .anyValue(let key), .conditions(let key): key
      }
    }
    let settings = Setting.list(of: S.Configuration())
    #expect(Set(comparable).isSubset(of: settings.map(\.key)), "\(S.name)")
    var changed = 0
    for setting in settings where !comparable.contains(setting.key) {
      guard let value = change(setting) else { continue }
      let findings = try Self.findings(S.self, ["\(setting.key)=\(value)"])
      #expect(!findings.claims.isEmpty && !judges(findings), "\(S.name) \(setting.key)=\(value)")
      let explanations = Self.explanations(findings)
      #expect(explanations.count == 1 && explanations[0].contains(setting.key), "\(S.name)")
      #expect(!findings.notes.contains { $0.contains("not what these settings give") })
      changed += 1
    }
    #expect(changed > 5, "\(S.name)")
  }

  @Test(
    "claims are judged under the study's own settings and other seeds",
    arguments: studies.indices)
  func otherSeeds(_ index: Int) throws { try Self.otherSeeds(Self.studies[index]) }

  private static func otherSeeds<S: Study>(_ study: S.Type) throws {
    let keys = Setting.list(of: S.Configuration()).map(\.key)
    let seeds = keys.contains("seeds") ? "seeds=7,8,9" : "seed=7"
    for changes in [[], [seeds]] {
      let findings = try Self.findings(S.self, changes)
      #expect(judges(findings) && explanations(findings).isEmpty, "\(S.name) \(changes)")
    }
  }

  @Test("no claim is judged while a trial is missing", arguments: studies.indices)
  func missingTrials(_ index: Int) throws { try Self.missingTrials(Self.studies[index]) }

  private static func missingTrials<S: Study>(_ study: S.Type) throws {
    let findings = try Self.findings(S.self, without: 1)
    #expect(!findings.claims.isEmpty && !judges(findings), "\(S.name)")
    let explanations = Self.explanations(findings)
    #expect(explanations.count == 1 && explanations[0].contains(" 1 of "), "\(S.name)")
  }

  @Test(
    "a condition that is left out leaves the claims about the others; one of one's own does not")
  func conditions() throws {
    let some = try Self.findings(Baselines.self, ["models=mlp"])
    #expect(
      some.claims.map(\.id) == ["accuracy-mlp", "accuracy-mlp-shuffled", "no-prior-no-loss-mlp"])
    #expect(Self.judges(some))
    #expect(some.notes.contains { $0.contains("the 68 is not what these settings give") })
    let other = try Self.findings(Pooling.self, ["sizes=1000,3000"])
    #expect(!other.claims.isEmpty && !Self.judges(other))
    let fewer = try Self.findings(Pooling.self, ["sizes=1000,5000"])
    #expect(!fewer.claims.contains { $0.id == "scarcity" })
    #expect(Self.judges(fewer))
  }
}
