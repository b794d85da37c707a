import DataFormats
import Fixtures
import Foundation
import Runs
import Storage
import Studies
import Testing

@Suite("MNIST-1D beside MNIST")
struct MapsTests {
  /// A hundred examples of either, and few steps.
  static func configuration(mnist: String = "") -> Maps.Configuration {
    var configuration = Maps.Configuration()
    configuration.mnist = mnist
    configuration.perplexity = 5
    configuration.steps = 20
    configuration.dataset.numSamples = 100
    return configuration
  }

  /// Runs a study in a folder that holds drawn images, more than are shown.
  private func perform(
    _ change: (inout Maps.Configuration) -> Void = { _ in }
  ) throws -> RunSummary {
    try DrawnFolders.withFolder(of: DrawnFolders.mnist(training: 90, test: 30)) { folder in
      var configuration = Self.configuration(mnist: folder)
      change(&configuration)
      let run = try Run(
        Maps.self, configuration: configuration,
        output: URL(fileURLWithPath: folder).appendingPathComponent("runs"))
      guard case .complete(let summary) = try run.perform(RunOptions(jobs: 1)) else {
        throw CancellationError()
      }
      #expect(summary.failures.isEmpty)
      return summary
    }
  }

  @Test(
    "as many images are shown as signals, and drawn classes lie apart by their values and in the plane"
  )
  func both() throws {
    let summary = try perform()
    let table = try #require(summary.findings.tables.first)
    #expect(table.rows.map { $0[0] } == [.text("MNIST-1D"), .text("MNIST")])
    #expect(table.rows.map { $0[1] } == [.integer(100), .integer(100)])
    #expect(table.rows.map { $0[2] } == [.integer(40), .integer(144)])
    #expect(table.rows[1][3] == .number(100, decimals: 1))
    guard case .number(let inPlane, _) = table.rows[1][4] else {
      Issue.record("\(table.rows[1][4]) is no number")
      return
    }
    #expect(inPlane > 90)
    let figure = try #require(summary.findings.illustrations.first)
    #expect(figure.svg.contains(">MNIST-1D<") && figure.svg.contains(">MNIST<"))
    #expect(!summary.findings.notes.contains { $0.contains("needs files that you have") })
  }

  @Test("without files MNIST-1D is shown alone, and a note says what the rest needs")
  func alone() throws {
    let summary = try perform { $0.mnist = "" }
    #expect(summary.trials == 1 && summary.findings.claims.isEmpty)
    #expect(
      summary.findings.notes.contains(
        "MNIST beside MNIST-1D needs files that you have: mnist=DIR names the folder with the four IDX files of MNIST, "
          + "plain or by gzip."))
    let figure = try #require(summary.findings.illustrations.first)
    #expect(figure.svg.contains(">MNIST-1D<") && !figure.svg.contains(">MNIST<"))
  }

  @Test("where the images lie matters to no trial, and which they are to MNIST's alone")
  func whatMatters() {
    func settings(_ data: Maps.Data, _ mnist: String, _ digest: String) -> Maps.Configuration {
      var configuration = Self.configuration(mnist: mnist)
      configuration.mnistDigest = digest
      configuration.dataset.corrNoiseScale = digest == "1" ? 0 : 1
      return Maps.settings(configuration, thatMatterTo: .init(data))
    }
    for data in Maps.Data.allCases {
      #expect(settings(data, "a", "1") == settings(data, "b", "1"))
    }
    var (one, other) = (settings(.mnist1D, "a", "1"), settings(.mnist1D, "a", "2"))
    #expect(one != other)
    (one.dataset, other.dataset) = (.init(), .init())
    #expect(one == other)
    (one, other) = (settings(.mnist, "a", "1"), settings(.mnist, "a", "2"))
    #expect(one != other && one.dataset == other.dataset)
  }

  @Test("settings that do not fit are refused by name")
  func validation() throws {
    try DrawnFolders.withFolder(of: DrawnFolders.mnist(training: 90, test: 30)) { folder in
      let cases: [((inout Maps.Configuration) -> Void, String)] = [
        ({ $0.dataset.numSamples = 200 }, "holds 90 images for training and 30 for testing"),
        ({ $0.mnistDigest = "0123" }, "mnist-digest is 0123"),
        ({ ($0.mnist, $0.mnistDigest) = ("", "0123") }, "mnist-digest is given without mnist"),
        ({ $0.mnist = "\(folder)/none" }, "there is no such folder"),
        ({ $0.perplexity = 100 }, "perplexity is 100.0"), ({ $0.perplexity = .nan }, "perplexity"),
        ({ $0.neighbors = 81 }, "neighbors is 81"), ({ $0.neighbors = 0 }, "neighbors is 0"),
        ({ $0.steps = -1 }, "steps is -1"),
        ({ $0.dataset.trainSplit = 1 }, "dataset.train-split is 1.0"),
      ]
      for (change, reason) in cases {
        var configuration = Self.configuration(mnist: folder)
        change(&configuration)
        let error = #expect(throws: RunError.self) {
          try Run(
            Maps.self, configuration: configuration, output: URL(fileURLWithPath: folder))
        }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "none")")
      }
    }
  }

  // MARK: Findings

  /// Findings under the study's own settings, from accuracies in pixel space and in the plane.
  private func findings(
    mnist: (Double, Double)?, signals: (Double, Double) = (59.6, 50), labels: [Int] = [0, 9, 3]
  ) -> Findings {
    func result(_ data: Maps.Data, _ accuracies: (Double, Double)) -> TrialResult<Maps> {
      let values = labels.map(Double.init)
      return TrialResult(
        trial: .init(data),
        measurement: .init(
          dimensions: 4, neighbors: accuracies.0, mapNeighbors: accuracies.1,
          map: PlaneMap(x: values, y: values, labels: labels, divergence: 1)))
    }
    var configuration = Maps.Configuration()
    configuration.mnist = mnist == nil ? "" : "folder"
    return Maps.judgedFindings(
      Results(
        configuration, [result(.mnist1D, signals)] + (mnist.map { [result(.mnist, $0)] } ?? [])))
  }

  @Test("what the authors say of their maps is judged by nearest neighbours")
  func claims() {
    func verdicts(_ mnist: (Double, Double)) -> [Verdict] {
      findings(mnist: mnist).claims.map(\.verdict)
    }
    #expect(verdicts((93, 92)) == [.holds, .holds])
    #expect(verdicts((49, 54.4)) == [.fails, .fails])
    #expect(verdicts((51, 54.5)) == [.holds, .holds])
    #expect(findings(mnist: nil).claims.isEmpty)
  }

  @Test("results whose lists do not fit together, or are empty, are drawn as far as they go")
  func forgedResults() {
    for labels in [[], [-1, 99, .max], [3]] {
      let findings = findings(mnist: (.nan, .infinity), labels: labels)
      #expect(findings.illustrations.allSatisfy { !$0.svg.isEmpty })
    }
  }
}
