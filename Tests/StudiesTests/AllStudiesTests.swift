import Storage
import Foundation
import Runs
import Studies
import Testing

@Suite("All studies together")
struct AllStudiesTests {
  let output = FileManager.default.temporaryDirectory
    .appendingPathComponent("AllStudiesTests-\(UUID().uuidString)")

  /// Settings that the baselines alone have, so that every other study fails at once.
  func request() throws -> StudyRequest {
    let overrides = try Overrides([
      "models=logistic", "examples=all", "steps=4", "eval-every=4", "seeds=0",
      "dataset.num-samples=100",
    ])
    return StudyRequest(
      .perform(RunOptions(jobs: 1), Interruption()),
      StudySettings(scale: .quick, overrides: overrides, output: output))
  }

  @Test("go on where one fails, and end with a page that names it")
  func failuresStopNothing() throws {
    defer { try? FileManager.default.removeItem(at: output) }
    var ended: [StudyKind] = []
    var failed: [StudyKind] = []
    let page = try StudyKind.performAll(request()) { kind, result in
      ended.append(kind)
      if case .failure = result { failed.append(kind) }
    }
    #expect(ended == StudyKind.allCases)
    #expect(failed == StudyKind.allCases.filter { $0 != .baselines })
    let html = try String(contentsOf: #require(page), encoding: .utf8)
    #expect(html.contains("<article id=\"run-1\"") && !html.contains("run-2"))
    for kind in failed { #expect(html.contains("<span>\(kind.rawValue)</span>")) }
    #expect(html.contains("no result: there is no setting"))
    #expect(StudyKind.finishedRuns(in: output).count == 1)
  }

  @Test(
    "refuse sizes for which there is no memory, and steps for which there is no time",
    arguments: [
      (StudyKind.baselines, "steps=1e18"), (.baselines, "seeds=0..99999"),
      (.baselines, "batch-size=9223372036854775807"), (.doubleDescent, "epochs=1e18"),
      (.doubleDescent, "widths=0"), (.doubleDescent, "widths=1e9"), (.lottery, "hidden=1e7"),
      (.lottery, "sparsities=1e9"), (.lottery, "analysis-batch-size=1e18"),
      (.metalearnLR, "inner-steps=1e9"), (.metalearnLR, "hidden=1e9"),
      (.metalearnActivation, "units=1e9"), (.metalearnActivation, "hidden=1e12"),
      (.metalearnActivation, "inner-steps=1e18"), (.pooling, "channels=1e9"),
      (.selfSupervised, "channels=1e9"), (.selfSupervised, "held-out=9223372036854775807"),
    ])
  func excess(_ kind: StudyKind, _ setting: String) throws {
    let settings = try StudySettings(
      scale: .paper, overrides: Overrides([setting]), output: output)
    let error = #expect(throws: RunError.self) { try kind.plan(settings, measuringFor: 0) }
    #expect(error?.exitStatus == .usage)
    let key = try #require(setting.split(separator: "=").first)
    #expect(
      error == .tooManyTrials(study: kind.rawValue) || error?.description.contains(key) == true)
  }

  @Test("stop where they are interrupted")
  func interruption() throws {
    defer { try? FileManager.default.removeItem(at: output) }
    let interruption = Interruption()
    interruption.request()
    var request = try request()
    request.action = .perform(RunOptions(jobs: 1), interruption)
    var ended: [StudyKind] = []
    let page = try StudyKind.performAll(request) { kind, _ in ended.append(kind) }
    #expect(ended == [.baselines])
    #expect(page == nil)
  }
}
