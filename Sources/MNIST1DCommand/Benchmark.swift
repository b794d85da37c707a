import ArgumentParser
import Benchmarking

struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure this machine.",
    discussion: """
      Times training steps, the dataset and matrix products on one thread, in interleaved rounds of which the medians \
      are shown. Close other programs first.
      """)

  @Argument(
    help: ArgumentHelp(
      "What to measure: \(Subject.allCases.map(\.rawValue).joined(separator: ", ")) (default: all).",
      valueName: "what"))
  var subjects: [Subject] = []

  @Option(help: "How often everything is measured.")
  var rounds = Budget().rounds

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    guard rounds > 0 else { throw Failure.usage("--rounds is \(rounds); it must be 1 or more") }
    let chosen = Subject.allCases.filter { subjects.isEmpty || subjects.contains($0) }
    Terminal.note("measuring \(chosen.map(\.rawValue).joined(separator: ", "))")
    let report = try BenchmarkReport(of: chosen, within: Budget(rounds: rounds))
    Terminal.print(json ? report.json.pretty : report.text)
  }
}

extension Subject: ExpressibleByArgument {}
