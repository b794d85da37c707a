import Storage
import Benchmarking
import Fixtures
import Runs
import Testing

@Suite("A benchmark")
struct BenchmarkReportTests {
  let budget = Budget(rounds: 3, sample: .zero)

  @Test("trains what PyTorch trains", arguments: [Subject.logistic, .mlp, .cnn, .gru])
  func firstLosses(_ subject: Subject) throws {
    let report = try BenchmarkReport(of: [subject], within: budget)
    let losses = try #require(report.steps.first).firstLosses
    let golden = try Fixture.json("networks.json", as: Golden.self)
    let expected = try #require(golden.models[subject.rawValue]).losses.prefix(losses.count)
    #expect(losses.count == 5)
    for (loss, expected) in zip(losses, expected) {
      #expect(abs(loss - expected) <= 1e-4 * expected)
    }
  }

  @Test("times every subject once a round, and gives the median")
  func timing() throws {
    let report = try BenchmarkReport(of: [.logistic, .dataset], within: budget)
    for timing in [try #require(report.steps.first).timing, try #require(report.dataset)] {
      #expect(timing.samples.count == 3)
      #expect(timing.samples.allSatisfy { $0 > 0 })
      #expect(timing.median == timing.samples.sorted()[1])
      #expect(timing.fastest == timing.samples.min())
    }
  }

  @Test("takes outer steps of both metalearning studies, from PyTorch's weights")
  func outerSteps() throws {
    let report = try BenchmarkReport(
      of: [.metalearnLR, .metalearnActivation], within: Budget(rounds: 1, sample: .zero))
    #expect(report.outerSteps.map(\.innerSteps) == [200, 50])
    #expect(report.outerSteps.map(\.batchSize) == [50, 100])
    for step in report.outerSteps {
      #expect(step.firstLosses.count == 5)
      // An untrained network's loss on ten classes.
      #expect(abs(step.firstLosses[0] - 2.3) < 0.1)
    }
    let names = report.json["outer_steps"]?.elements?.compactMap { $0["name"]?.text }
    #expect(names == ["metalearn-lr", "metalearn-activation"])
    #expect(report.text.contains("Outer steps"))
  }

  @Test("holds products against the peak that it measures")
  func products() throws {
    let report = try BenchmarkReport(of: [.matmul], within: budget)
    let peak = try #require(report.peakGigaflops)
    let first = try #require(report.products.first)
    #expect(
      first.gigaflops == Double(2 * 100 * 10 * 40) / first.timing.fastest / 1e9)
    let entry = try #require(report.json["matmul"]?.elements?.first)
    #expect(entry["share_of_peak"]?.number == first.gigaflops / peak)
  }

  @Test("has in its JSON what was asked for, and no more")
  func json() throws {
    let json = try BenchmarkReport(of: [.gru, .dataset], within: budget).json
    #expect(
      json.members?.map(\.key) == [
        "kernels", "cores", "threads", "build", "peak_megabytes", "steps", "dataset",
      ])
    let step = try #require(json["steps"]?.elements?.first)
    #expect(
      step.members?.map(\.key) == ["name", "batch_size", "microseconds", "fastest", "first_losses"])
    #expect(step["name"]?.text == "gru")
    #expect(step["batch_size"]?.integer == 100)
    #expect(json["dataset"]?["examples"]?.integer == 5000)
  }

  @Test("says how many threads it used, and how much memory")
  func surroundings() throws {
    let report = try BenchmarkReport(of: [.logistic], threads: 2, within: budget)
    #expect(report.json["threads"]?.integer == 2)
    #expect(try #require(report.json["peak_megabytes"]?.number) > 1)
    #expect(report.text.contains("2 threads") && report.text.contains("Peak memory"))
  }

  @Test("names in its table what was measured")
  func text() throws {
    let text = try BenchmarkReport(of: [.logistic], within: budget).text
    #expect(text.contains("logistic"))
    #expect(!text.contains("Dataset") && !text.contains("products"))
  }
}

/// What the golden file of the networks says about losses.
private struct Golden: Decodable {
  struct Model: Decodable {
    let losses: [Float]
  }
  let models: [String: Model]
}
