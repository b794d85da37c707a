import Storage
import ArgumentParser
import Benchmarking
import StudyCommands

struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure this machine.",
    discussion: """
      Times training steps, outer steps of the metalearning studies, the dataset and matrix products, in interleaved \
      rounds of which the medians are shown. Close other programs first.
      """)

  @Argument(
    help: ArgumentHelp("What to measure. (default: all)", valueName: "what"))
  var subjects: [Subject] = []

  @Option(number: ArgumentHelp("How often everything is measured.", valueName: "n"))
  var rounds = Budget().rounds

  @Option(number: ArgumentHelp("How many threads large kernels are split over.", valueName: "n"))
  var threads = 1

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    guard rounds > 0 else { throw Failure.usage("--rounds is \(rounds); it must be 1 or more") }
    try requireThreads("--threads", threads)
    let chosen = Subject.allCases.filter { subjects.isEmpty || subjects.contains($0) }
    Terminal.note("measuring \(chosen.map(\.rawValue).joined(separator: ", "))")
    let report = try BenchmarkReport(of: chosen, threads: threads, within: Budget(rounds: rounds))
    warnOfMissingThreads()
    guard json else { return Terminal.print(report.text) }
    var result = report.json
    result["settings"] = [
      "subjects": .array(chosen.map { .text($0.rawValue) }), "rounds": .integer(rounds),
      "threads": .integer(threads),
    ]
    MNIST1DCommand.print(json: result)
  }
}

extension Subject: ExpressibleByArgument {}
