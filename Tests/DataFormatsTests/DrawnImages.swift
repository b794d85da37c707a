import DataFormats
import Fixtures
import Foundation
import NeuralNetworks
import Storage

/// Images that are drawn by a formula, as `generate/images.py` draws them, and what that script makes of them.
enum DrawnImages {
  struct Golden: Decodable {
    let text: String
    let gzip: [String: String]
    /// The four files of MNIST, and the same by gzip.
    let idx: [String: String]
    let packed: [String: String]
    let mnist: String
    let cifar10: String
  }

  static var golden: Golden {
    get throws { try Fixture.json("formats/images.json", as: Golden.self) }
  }

  static func pixels(_ count: Int, from start: Int = 0) -> [UInt8] {
    (start..<start + count).map { UInt8(truncatingIfNeeded: ($0 * $0 * 7 + $0) >> 3) }
  }

  static func labels(_ count: Int, from start: Int = 0) -> [UInt8] {
    (start..<start + count).map { UInt8($0 * 3 % 10) }
  }

  /// Batches of CIFAR-10 with two images for training in each, and three to test with.
  static var batches: [String: [UInt8]] {
    func batch(_ images: Range<Int>, from start: Int = 0) -> [UInt8] {
      images.flatMap { image in
        labels(1, from: start + image) + pixels(3072, from: start + 3072 * image)
      }
    }
    var batches = ["test_batch.bin": batch(0..<3, from: 100)]
    for index in 0..<5 {
      batches["data_batch_\(index + 1).bin"] = batch(2 * index..<2 * index + 2)
    }
    return batches
  }

  /// Runs a test in a new folder that holds files, by their paths in it, and is removed afterwards.
  static func inFolder(
    of files: [String: [UInt8]], _ body: (String) throws -> Void
  ) throws {
    let manager = FileManager.default
    let folder = manager.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? manager.removeItem(at: folder) }
    for (name, bytes) in files {
      let url = folder.appendingPathComponent(name)
      try manager.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try OutputFile.write(bytes, to: url.path)
    }
    try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    try body(folder.path)
  }
}

/// The example in the module's article.
private func documented() throws -> (ImageDataset, ImageDataset, Examples) {
  let mnist = try ImageDataset(mnistIn: "mnist")
  let cifar10 = try ImageDataset(cifar10In: "cifar-10-batches-bin")
  let training = Examples(mnist.training)  // inputs [60000, 784], each a pixel divided by 255
  return (mnist, cifar10, training)
}
