import Storage
import MNIST1D
import Runs

extension BenchmarkReport {
  private static let examples = DatasetConfiguration().numSamples

  /// The report as one object; times are medians, `fastest` and what follows from it the shortest of all rounds.
  package var json: JSON {
    var object: JSON = [
      "kernels": .text(kernels), "cores": .integer(cores), "threads": .integer(threads),
      "build": .text(build.rawValue), "peak_megabytes": .number(Double(peakMemory) / 1e6),
      "steps": .array(
        steps.map { step in
          [
            "name": .text(step.subject.rawValue), "batch_size": .integer(step.batchSize),
            "microseconds": .number(step.timing.median * 1e6),
            "fastest": .number(step.timing.fastest * 1e6),
            "first_losses": .array(step.firstLosses.map { .number(Double($0)) }),
          ]
        }),
    ]
    if !outerSteps.isEmpty {
      object["outer_steps"] = .array(
        outerSteps.map { step in
          [
            "name": .text(step.subject.rawValue), "inner_steps": .integer(step.innerSteps),
            "batch_size": .integer(step.batchSize),
            "microseconds": .number(step.timing.median * 1e6),
            "fastest": .number(step.timing.fastest * 1e6),
            "first_losses": .array(step.firstLosses.map { .number(Double($0)) }),
          ]
        })
    }
    if let dataset {
      object["dataset"] = [
        "examples": .integer(Self.examples), "milliseconds": .number(dataset.median * 1e3),
        "fastest": .number(dataset.fastest * 1e3),
      ]
    }
    if let peakGigaflops {
      object["peak_gflops"] = .number(peakGigaflops)
      object["matmul"] = .array(
        products.map { entry in
          [
            "name": .text(entry.product.place), "rows": .integer(entry.product.rows),
            "columns": .integer(entry.product.columns), "inner": .integer(entry.product.inner),
            "transposing": .text("\(entry.product.transposing)"),
            "microseconds": .number(entry.timing.median * 1e6),
            "fastest": .number(entry.timing.fastest * 1e6),
            "gflops": .number(entry.gigaflops),
            "share_of_peak": .number(entry.gigaflops / peakGigaflops),
          ]
        })
    }
    return object
  }

  /// The report for a terminal.
  package var text: String {
    var parts = [
      "\(kernels) kernels, \(threads == 1 ? "one thread" : "\(threads) threads") on a machine of "
        + "\(cores == 1 ? "1 core" : "\(cores) cores"); medians\n"
    ]
    if build == .debug {
      parts.append("Built without optimisation: these times say nothing. Use -c release.\n")
    }
    if !steps.isEmpty {
      parts.append(
        Table(
          "steps", title: "Training steps: forward, gradients, Adam",
          columns: ["model", "batch", "µs per step", "fastest"],
          rows: steps.map { step in
            [
              .text(step.subject.rawValue), .integer(step.batchSize),
              .number(step.timing.median * 1e6), .number(step.timing.fastest * 1e6),
            ]
          }
        ).text)
    }
    if !outerSteps.isEmpty {
      parts.append(
        Table(
          "outer-steps", title: "Outer steps: a training, and the gradient back through all of it",
          columns: ["study", "inner steps", "batch", "ms per outer step", "fastest"],
          rows: outerSteps.map { step in
            [
              .text(step.subject.rawValue), .integer(step.innerSteps), .integer(step.batchSize),
              .number(step.timing.median * 1e3), .number(step.timing.fastest * 1e3),
            ]
          }
        ).text)
    }
    if let dataset {
      parts.append(
        "Dataset of \(Self.examples) examples: \((dataset.median * 1e3).shown(1)) ms, "
          + "fastest \((dataset.fastest * 1e3).shown(1)) ms\n")
    }
    if let peakGigaflops {
      parts.append(
        Table(
          "matmul",
          title: "Matrix products; the peak of fused multiply-adds is "
            + "\(peakGigaflops.shown(1)) GFLOP/s",
          columns: [
            "product", "rows", "columns", "inner", "transposed", "µs", "fastest",
            "GFLOP/s", "% of peak",
          ],
          rows: products.map { entry in
            [
              .text(entry.product.place), .integer(entry.product.rows),
              .integer(entry.product.columns), .integer(entry.product.inner),
              .text("\(entry.product.transposing)"), .number(entry.timing.median * 1e6),
              .number(entry.timing.fastest * 1e6), .number(entry.gigaflops),
              .number(100 * entry.gigaflops / peakGigaflops, decimals: 0),
            ]
          }
        ).text)
    }
    parts.append("Peak memory: \((Double(peakMemory) / 1e6).shown(1)) MB\n")
    return parts.joined(separator: "\n")
  }
}
