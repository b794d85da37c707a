import Foundation
import Runs
import Testing

@Suite("The tutorial's study")
struct FirstStudyTests {
  @Test("is the code that the article shows")
  func article() throws {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let article = try String(
      contentsOf: here.appendingPathComponent(
        "../../Sources/Studies/Documentation.docc/AFirstStudyOfYourOwn.md"), encoding: .utf8)
    let code = try String(
      contentsOf: here.appendingPathComponent("NoiseTolerance.swift"), encoding: .utf8)
    let blocks = article.components(separatedBy: "```swift\n").dropFirst()
      .map { $0.components(separatedBy: "```")[0] }
    func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
    #expect(words(blocks.joined()) == words(code))
  }

  @Test("measures, tabulates and draws")
  func runs() throws {
    let output = FileManager.default.temporaryDirectory
      .appendingPathComponent("FirstStudyTests-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: output) }
    let overrides = try Overrides(["noises=0,1", "steps=20"])
    let configuration = try overrides.applied(to: NoiseTolerance.Configuration.quick)
    let run = try Run(NoiseTolerance.self, configuration: configuration, output: output)
    guard case .complete(let summary) = try run.perform() else {
      Issue.record("the run was not completed")
      return
    }
    #expect(summary.trials == 4 && summary.failures.isEmpty)
    #expect(summary.findings.tables[0].rows.count == 2)
    #expect(summary.findings.illustrations[0].svg.contains("corr_noise_scale"))
  }
}
