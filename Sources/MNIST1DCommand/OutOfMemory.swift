import Storage
import CAllocation
import CSignals
import Foundation
import MNIST1D
import StudyCommands

/// What becomes of the command where the system refuses memory: one sentence and the status 71 of `sysexits.h`.
enum OutOfMemory {
  /// Sees to it that the command ends so where the C library finds none, with no draft left and the terminal as it was.
  static func prepare() {
    ca_on_refusal { sentence in cs_end(sentence, ExitStatus.refused.rawValue) }
  }

  /// Refuses what needs more memory than the system grants, before any of it is made.
  static func require(_ bytes: Double, for purpose: String) throws {
    guard bytes >= Double(Int.max) || !AvailableMemory.has(Int(bytes)) else { return }
    throw Failure(
      sentence:
        "\(purpose) needs about \(Int((bytes / 1e6).rounded(.up))) MB of memory, more than the system grants",
      status: .refused)
  }
}

extension DatasetConfiguration {
  /// Refuses a dataset that the memory cannot hold: every value is there twice while the examples are shuffled, as well
  /// as the labels and the order.
  func requireMemory() throws {
    try validate()
    try OutOfMemory.require(
      Double(numSamples) * (Double(finalSeqLength) * (shuffleSeq ? 24 : 16) + 32),
      for: "a dataset of \(numSamples) examples of \(finalSeqLength) points")
  }
}
