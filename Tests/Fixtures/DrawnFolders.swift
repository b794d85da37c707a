import Foundation

/// Folders of published images, drawn so that a classifier can learn them: each class has its own square of an image
/// brighter than the rest, which differs from image to image.
package enum DrawnFolders {
  /// The four IDX files of MNIST by their names, with square images.
  package static func mnist(training: Int, test: Int, side: Int = 12) -> [String: [UInt8]] {
    func bigEndian(_ numbers: [Int]) -> [UInt8] {
      numbers.flatMap { number in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }
    }
    var files: [String: [UInt8]] = [:]
    for (part, count, start) in [("train", training, 0), ("t10k", test, training)] {
      let images = (start..<start + count).flatMap { image(number: $0, channels: 1, side: side) }
      files["\(part)-images-idx3-ubyte"] = bigEndian([0x803, count, side, side]) + images
      files["\(part)-labels-idx1-ubyte"] =
        bigEndian([0x801, count]) + (start..<start + count).map { UInt8($0 % 10) }
    }
    return files
  }

  /// The six batches of CIFAR-10 by their names.
  package static func cifar10(inEachBatch count: Int) -> [String: [UInt8]] {
    let names = (1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]
    return Dictionary(
      uniqueKeysWithValues: names.enumerated().map { batch, name in
        let numbers = batch * count..<(batch + 1) * count
        return (
          name, numbers.flatMap { [UInt8($0 % 10)] + image(number: $0, channels: 3, side: 32) }
        )
      })
  }

  /// An image of class `number % 10`.
  private static func image(number: Int, channels: Int, side: Int) -> [UInt8] {
    let (row, column) = (number % 10 / 4 * side / 3, number % 10 % 4 * side / 4)
    return (0..<channels * side * side).map { place in
      let (y, x) = (place / side % side, place % side)
      let isInside = (row..<row + side / 3).contains(y) && (column..<column + side / 4).contains(x)
      let noise = (place &* 2_654_435_761 &+ number &* 40503) >> 7 & 63
      return UInt8((isInside ? 150 : 20) + noise)
    }
  }

  /// Runs a test in a new folder that holds files, by their names, and is removed afterwards.
  package static func withFolder<Result>(
    of files: [String: [UInt8]], _ body: (_ path: String) throws -> Result
  ) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files {
      try Data(bytes).write(to: folder.appendingPathComponent(name))
    }
    return try body(folder.path)
  }
}
