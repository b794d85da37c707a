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
