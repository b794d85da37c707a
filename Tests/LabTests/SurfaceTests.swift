import Foundation
import NeuralNetworks
import Testing

@testable import Lab

/// The surface as the page calls it; it keeps what it works with in globals.
@Suite("The lab's surface", .serialized)
struct SurfaceTests {
  // MARK: Calls

  /// What a call has given, or the sentence of its failure.
  private func result<Element>(_ count: Int32, of type: Element.Type) throws -> [Element] {
    let bytes = UnsafeRawPointer(try #require(labAnswer()))
    guard count >= 0 else {
      let text = UnsafeRawBufferPointer(start: bytes, count: Int(-count - 1))
      throw Refusal(sentence: String(decoding: text, as: UTF8.self))
    }
    return Array(
      UnsafeBufferPointer(
        start: bytes.assumingMemoryBound(to: type), count: Int(count)))
  }

  private struct Refusal: Error { let sentence: String }

  private func text(_ count: Int32) throws -> String {
    String(decoding: try result(count, of: UInt8.self), as: UTF8.self)
  }

  /// Calls with a text, whose bytes and their number the surface takes.
  private func with<Value>(
    _ text: String, _ call: (UnsafePointer<UInt8>?, Int32) throws -> Value
  ) rethrows -> Value {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer { try call($0.baseAddress, Int32($0.count)) }
  }

  private func dataset(_ settings: String = "") throws -> Int32 {
    try result(with(settings) { labDataset($0, $1) }, of: Int32.self)[0]
  }

  private func trial(_ dataset: Int32, _ kind: String, _ settings: String = "") throws -> Int32 {
    let count = with(kind) { kind, kindCount in
      with(settings) { labTrial(dataset, kind, kindCount, $0, $1) }
    }
    return try result(count, of: Int32.self)[0]
  }

  private func advance(_ trial: Int32, _ steps: Int32) throws -> [Double] {
    try result(labAdvance(trial, steps), of: Double.self)
  }

  // MARK: Bits

  @Test(
    "Trainings in batches of any size end with the digests that every machine comes to",
    arguments: Architecture.paper)
  func digests(_ model: Architecture) throws {
    let data = try dataset()
    defer { _ = labRemoveDataset(data) }
    let trial = try trial(data, "training", "model=\(model)\nseed=42\nsteps=299")
    defer { _ = labRemoveTrial(trial) }
    #expect(try advance(trial, 10).count == 10)
    #expect(try text(labDigest(trial)) == ReferenceTraining.after10[model])
    #expect(try advance(trial, 1000).count == 290)
    #expect(try text(labDigest(trial)) == ReferenceTraining.after300[model])
    #expect(try advance(trial, 1).isEmpty)
    #expect(try result(labProgress(trial), of: Int32.self) == [300, 300])
  }
}
