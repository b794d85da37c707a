import Storage
import Foundation
import Runs
import Studies
import StudyCommands
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
    var ended: [String] = []
    var failed: [String] = []
    let page = try request().performAll(paperStudies, title: "Together") { study, result in
      ended.append(study.name)
      if case .failure = result { failed.append(study.name) }
    }
    let names = paperStudies.map { $0.name }
    #expect(ended == names)
    #expect(failed == names.filter { $0 != "baselines" })
    let html = try String(contentsOf: #require(page), encoding: .utf8)
    #expect(html.contains("<h1>Together</h1>"))
    #expect(html.contains("<article id=\"run-1\"") && !html.contains("run-2"))
    for name in failed { #expect(html.contains("<span>\(name)</span>")) }
    #expect(html.contains("no result: there is no setting"))
    #expect(RunDirectory.finished(in: output, orderedAs: paperStudies).count == 1)
  }

  @Test(
    "refuse sizes for which there is no memory, and steps for which there is no time",
    arguments: [
      ("baselines", "steps=1e18"), ("baselines", "seeds=0..99999"),
      ("baselines", "batch-size=9223372036854775807"), ("double-descent", "epochs=1e18"),
      ("double-descent", "widths=0"), ("double-descent", "widths=1e9"), ("lottery", "hidden=1e7"),
      ("lottery", "sparsities=1e9"), ("lottery", "analysis-batch-size=1e18"),
      ("metalearn-lr", "inner-steps=1e9"), ("metalearn-lr", "hidden=1e9"),
      ("metalearn-activation", "units=1e9"), ("metalearn-activation", "hidden=1e12"),
      ("metalearn-activation", "inner-steps=1e18"), ("pooling", "channels=1e9"),
      ("self-supervised", "channels=1e9"), ("self-supervised", "held-out=9223372036854775807"),
      ("published", "twins=1e18"), ("published", "outer-steps=1e18"),
    ])
  func excess(_ name: String, _ setting: String) throws {
    let study = try #require(paperStudies.first { $0.name == name })
    let settings = try StudySettings(
      scale: .full, overrides: Overrides([setting]), output: output)
    let error = #expect(throws: RunError.self) { try settings.plan(study, measuringFor: 0) }
    #expect(error?.exitStatus == .usage)
    let key = try #require(setting.split(separator: "=").first)
    #expect(
      error == .tooManyTrials(study: name) || error?.description.contains(key) == true)
  }

  @Test("name settings worth changing that they take, and say what each setting means")
  func variations() throws {
    func check<S: Study>(_ study: S.Type) throws {
      #expect(!S.variations.isEmpty && !S.about.isEmpty, "\(S.name)")
      for variation in S.variations {
        let words = variation.split(separator: " ").map(String.init)
        let configuration = try Overrides(words).applied(to: S.Configuration())
        try configuration.validate()
        #expect(configuration != S.Configuration(), "\(S.name) \(variation) changes nothing")
      }
      for setting in Setting.list(of: S.Configuration()) {
        #expect(setting.meaning.hasSuffix("."), "\(S.name) does not say what \(setting.key) means")
      }
    }
    for study in paperStudies + furtherStudies { try check(study) }
  }

  @Test("stop where they are interrupted")
  func interruption() throws {
    defer { try? FileManager.default.removeItem(at: output) }
    let interruption = Interruption()
    interruption.request()
    var request = try request()
    request.action = .perform(RunOptions(jobs: 1), interruption)
    var ended: [String] = []
    let page = try request.performAll(paperStudies, title: "Together") { study, _ in
      ended.append(study.name)
    }
    #expect(ended == [paperStudies[0].name])
    #expect(page == nil)
  }
}
