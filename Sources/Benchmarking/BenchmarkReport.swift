import Foundation
import MNIST1D
import Tensors

/// What this machine does in which time.
package struct BenchmarkReport: Sendable {
  /// The time of a training step.
  package struct Step: Sendable {
    /// What was trained.
    package let subject: Subject
    /// How many examples a step sees.
    package let batchSize: Int
    /// The losses of the first steps.
    package let firstLosses: [Float]
    /// Forward, gradients and update.
    package let timing: Timing
  }

  /// The time of a training and of the gradient back through all of its steps.
  package struct Outer: Sendable {
    /// The study whose outer step was taken.
    package let subject: Subject
    /// How many steps the training takes.
    package let innerSteps: Int
    /// How many examples an inner step sees.
    package let batchSize: Int
    /// The losses of the first inner steps.
    package let firstLosses: [Float]
    /// The whole outer step.
    package let timing: Timing
  }

  /// The time of a matrix product.
  package struct Product: Sendable {
    /// What was multiplied.
    package let product: MatrixProduct
    /// Multiplication into a new tensor.
    package let timing: Timing

    /// Floating-point operations per second in the fastest round, in 10⁹: what is held against a peak should not
    /// depend on what else the machine is doing.
    package var gigaflops: Double { product.operations / timing.fastest / 1e9 }
  }

  /// How the program was compiled; without optimisation the times say nothing.
  package enum Build: String, Sendable {
    case optimized
    case debug

    static var current: Build {
      var build = Build.optimized
      // The argument of an assertion is evaluated in debug builds only.
      assert(
        {
          build = .debug
          return true
        }())
      return build
    }
  }

  /// The kernels in use.
  package let kernels = Kernels.current
  /// How many cores this process may use.
  package let cores = ProcessInfo.processInfo.activeProcessorCount
  /// How many threads large kernels were split over.
  package let threads: Int
  /// How the program was compiled.
  package let build = Build.current
  /// The training steps.
  package private(set) var steps: [Step] = []
  /// The outer steps of the metalearning studies.
  package private(set) var outerSteps: [Outer] = []
  /// The generation of the default dataset.
  package private(set) var dataset: Timing?
  /// The matrix products.
  package private(set) var products: [Product] = []
  /// The most floating-point operations per second that one core was seen to do, in 10⁹.
  package private(set) var peakGigaflops: Double?
  /// The most memory that the process has held, with all that was measured, in bytes.
  package let peakMemory: Int

  /// Measures some subjects, interleaved.
  ///
  /// - Parameters:
  ///   - subjects: what to measure.
  ///   - threads: how many threads large kernels are split over.
  ///   - budget: how long.
  /// - Throws: `TrainingError` if a training diverges.
  package init(
    of subjects: [Subject] = Subject.allCases, threads: Int = 1, within budget: Budget = Budget()
  ) throws {
    self.threads = threads
    let examples = try Dataset(DatasetConfiguration())
    let trainings = try subjects.compactMap { subject in
      try subject.training.map { (subject, $0, try $0.steps(on: examples)) }
    }
    let unrolled = subjects.compactMap { OuterStep($0, on: examples) }
    let generations = subjects.contains(.dataset) ? [DatasetGeneration()] : []
    let matrices = subjects.contains(.matmul) ? MatrixProduct.representative : []
    let peaks = subjects.contains(.matmul) ? [MultiplyAdds()] : []

    var workloads: [any Workload] = trainings.map { $0.2 }
    workloads += unrolled as [any Workload]
    workloads += generations as [any Workload]
    workloads += matrices.map(MatrixMultiplication.init) as [any Workload]
    workloads += peaks as [any Workload]

    var timings = try Kernels.withThreads(threads) { try Stopwatch(budget).time(workloads)[...] }
    peakMemory = Benchmarking.peakMemory
    for (subject, training, workload) in trainings {
      steps.append(
        Step(
          subject: subject, batchSize: training.batchSize, firstLosses: workload.firstLosses,
          timing: timings.removeFirst()))
    }
    for workload in unrolled {
      outerSteps.append(
        Outer(
          subject: workload.subject, innerSteps: workload.innerSteps,
          batchSize: workload.batchSize, firstLosses: workload.firstLosses,
          timing: timings.removeFirst()))
    }
    if !generations.isEmpty { dataset = timings.removeFirst() }
    for product in matrices {
      products.append(Product(product: product, timing: timings.removeFirst()))
    }
    if !peaks.isEmpty {
      peakGigaflops = MultiplyAdds.operations / timings.removeFirst().fastest / 1e9
    }
  }
}
