import Storage
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Tensors

/// Whether this machine computes the bits that all machines should: what `mnist1d doctor` says.
///
/// Each finding compares a digest with the committed one. Those of the random streams and the dataset were made with
/// NumPy, PyTorch and the reference implementation, those of the trainings by this package.
package struct Checkup: Sendable {
  /// One digest.
  package struct Finding: Sendable, Equatable {
    /// What was computed.
    package let subject: String
    /// The kernels that computed it; nil for what needs none.
    package let kernels: String?
    /// The digest that every machine should find.
    package let expected: String
    /// The digest that was found here.
    package let found: String

    /// Whether the bits are the same.
    package var agrees: Bool { found == expected }
  }

  /// The kernels in use.
  package let kernels = Kernels.current
  /// The kernels that this machine can use.
  package let available = Kernels.available
  /// How many cores this process may use.
  package let cores = ProcessInfo.processInfo.activeProcessorCount
  /// The processor's own name, if it can be found.
  package let processor = Machine.processor
  /// The operating system.
  package let system = ProcessInfo.processInfo.operatingSystemVersionString
  /// What was compared.
  package var findings: [Finding] = []

  /// Whether all bits are as they should be.
  package var isHealthy: Bool { findings.allSatisfy(\.agrees) }

  /// Computes everything: the random streams, the dataset, ten training steps of each classifier with every set of
  /// kernels that the machine can use, and 300 with those in use.
  ///
  /// - Throws: `TrainingError` if a training diverges, which itself is a sign of wrong kernels.
  package init() throws {
    findings.append(Finding("NumPy's random stream", Self.numPyDigest, Self.numPyStream()))
    findings.append(Finding("PyTorch's random stream", Self.torchDigest, Self.torchStream()))
    let dataset = try Dataset(DatasetConfiguration())
    findings.append(Finding("the training examples", Self.examplesDigest, Self.digest(dataset.x)))
    findings.append(Finding("the test examples", Self.testDigest, Self.digest(dataset.xTest)))
    let usual = Kernels.current
    defer { Kernels.select(usual) }
    for kernels in Kernels.available {
      Kernels.select(kernels)
      try check(10, ReferenceTraining.after10, on: dataset)
    }
    Kernels.select(usual)
    try check(300, ReferenceTraining.after300, on: dataset)
  }

  private mutating func check(
    _ steps: Int, _ digests: [Architecture: String], on dataset: Dataset
  ) throws {
    for architecture in Architecture.paper {
      findings.append(
        Finding(
          "\(architecture.rawValue) after \(steps) steps", digests[architecture] ?? "",
          try ReferenceTraining.digest(of: architecture, steps: steps, on: dataset),
          kernels: Kernels.current))
    }
  }
}

// MARK: - Digests

extension Checkup {
  /// The SHA-256 of `RandomState(42)`'s `random_sample(1000)`, `randn(1000)` and `permutation(1000)`, little-endian.
  static let numPyDigest = "507c24356577534a7b350692f8a21adfff9d337fb7a8a57395eb103e83557d7b"
  /// The SHA-256 of `rand(1000)`, `randn(1000)` and `randperm(1000)` after `torch.manual_seed(42)`.
  static let torchDigest = "81fbdb7d633dab0d7ef296acbad9a8ef499496148144881b8623138548f54491"
  /// The SHA-256 of the reference implementation's `x`, float64, with its logarithms and exponentials rounded correctly:
  /// what `Tests/Fixtures/Golden/dataset.json` says first.
  static let examplesDigest = "9c07288aa6602063ec4c64c3c245e2a238b00f486465ac4593bdf2734ce6dfa4"
  /// The SHA-256 of its `x_test`.
  static let testDigest = "7d3c8267fd74759f5ee5b56abc554f2290e3f284faaeeebcb546324796c6e0f1"

  static func numPyStream() -> String {
    var state = NumPyRandomState(seed: 42)
    var hash = SHA256()
    for _ in 0..<1000 { hash.update(bytes(state.randomSample().bitPattern)) }
    for _ in 0..<1000 { hash.update(bytes(state.standardNormal().bitPattern)) }
    for index in state.permutation(1000) { hash.update(bytes(index)) }
    return hash.hexadecimal
  }

  static func torchStream() -> String {
    var generator = TorchGenerator(seed: 42)
    var hash = SHA256()
    for number in generator.uniform(count: 1000, from: 0, to: 1) {
      hash.update(bytes(number.bitPattern))
    }
    for number in generator.normal(count: 1000, mean: 0, standardDeviation: 1) {
      hash.update(bytes(number.bitPattern))
    }
    for index in generator.permutation(1000) { hash.update(bytes(index)) }
    return hash.hexadecimal
  }

  static func digest(_ signals: Signals) -> String {
    var hash = SHA256()
    for value in signals.values { hash.update(bytes(value.bitPattern)) }
    return hash.hexadecimal
  }

  private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}

extension Checkup.Finding {
  /// Compares two digests.
  package init(_ subject: String, _ expected: String, _ found: String, kernels: String? = nil) {
    self.init(subject: subject, kernels: kernels, expected: expected, found: found)
  }
}
