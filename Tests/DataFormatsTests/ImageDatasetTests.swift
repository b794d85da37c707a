import DataFormats
import Foundation
import NeuralNetworks
import Storage
import Testing

@Suite("Datasets of images")
struct ImageDatasetTests {
  /// The four files of MNIST with drawn images: 5 for training and 3 to test with, of 6×4 pixels.
  static var mnist: [String: [UInt8]] {
    get throws { try DrawnImages.golden.idx.mapValues(Golden.unhex) }
  }

  private static func message(_ read: () throws(FileError) -> ImageDataset) -> FileError? {
    do throws(FileError) {
      _ = try read()
      return nil
    } catch {
      return error
    }
  }

  // MARK: MNIST

  @Test("the four files of MNIST give its images and classes, and the digest that hashlib gives")
  func mnist() throws {
    try DrawnImages.inFolder(of: Self.mnist) { folder in
      let dataset = try ImageDataset(mnistIn: folder)
      #expect(dataset.shape == ImageShape(height: 6, width: 4))
      #expect(dataset.training.count == 5 && dataset.test.count == 3)
      #expect(dataset.training.pixels == DrawnImages.pixels(5 * 24))
      #expect(dataset.training.labels == DrawnImages.labels(5))
      #expect(dataset.test.pixels == DrawnImages.pixels(3 * 24, from: 100))
      #expect(dataset.test.labels == DrawnImages.labels(3, from: 100))
      #expect(try dataset.sha256 == DrawnImages.golden.mnist)
    }
  }

  @Test("where the files lie, how they are packed and how they are spelt makes no difference")
  func spellings() throws {
    let golden = try DrawnImages.golden
    let plain = try Self.mnist
    let packed = golden.packed.mapValues(Golden.unhex)
    func dotted(_ name: String) -> String {
      name.replacingOccurrences(of: "-idx", with: ".idx")
    }
    for files in [
      packed.renamed { "\($0).gz" },
      // A browser that unpacks what it saves, or does not, keeps the name.
      packed, plain.renamed { "\($0).gz" },
      plain.renamed(dotted), packed.renamed { "\(dotted($0)).gz" },
      plain.renamed { "MNIST/raw/\($0)" }, packed.renamed { "raw/\($0).gz" },
      // Each name for itself.
      plain.renamed { $0.hasPrefix("train") ? dotted($0) : $0 },
      // Kaggle's archive has folders with the usual names beside the files.
      plain.renamed(dotted).merging(plain.renamed { "\($0)/\($0)" }) { first, _ in first },
    ] {
      try DrawnImages.inFolder(of: files) { folder in
        for path in [folder, "\(folder)/"] {
          let dataset = try ImageDataset(mnistIn: path)
          #expect(dataset.sha256 == golden.mnist, "\(files.keys)")
        }
      }
    }
  }

  @Test("a digest tells datasets apart by pixels, classes, shape and parts")
  func digests() throws {
    let (pixels, labels) = (DrawnImages.pixels(48), DrawnImages.labels(2))
    let images = try LabelledImages(
      shape: ImageShape(height: 6, width: 4), pixels: pixels, labels: labels)
    let wide = try LabelledImages(
      shape: ImageShape(height: 4, width: 6), pixels: pixels, labels: labels)
    let others = try LabelledImages(
      shape: ImageShape(height: 6, width: 4), pixels: DrawnImages.pixels(48, from: 1),
      labels: labels)
    let sums = try [
      ImageDataset(training: images, test: images), ImageDataset(training: wide, test: wide),
      ImageDataset(training: images, test: others), ImageDataset(training: others, test: images),
    ].map { $0.sha256 }
    #expect(Set(sums).count == sums.count)
    let refusal = #expect(throws: FormatError.self) {
      try ImageDataset(training: images, test: wide)
    }
    #expect(refusal?.description.contains("6×4 pixels") == true)
  }

  @Test("files that are missing are named in one sentence, with the names that were looked for")
  func missing() throws {
    try DrawnImages.inFolder(of: [:]) { folder in
      let empty = Self.message { () throws(FileError) in try ImageDataset(mnistIn: folder) }
      #expect(
        empty?.description
          == "\(folder): train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte "
          + "and t10k-labels-idx1-ubyte should be here, in raw or in MNIST/raw, as published, with "
          + ".gz, or spelt as train-images.idx3-ubyte")
      #expect(empty?.exitStatus == .missingFile)
      let none = Self.message { () throws(FileError) in try ImageDataset(mnistIn: "\(folder)/no") }
      #expect(none?.description.contains("there is no such folder; it should hold") == true)
      #expect(none?.exitStatus == .missingFile)
    }
    var files = try Self.mnist
    files["t10k-labels-idx1-ubyte"] = nil
    try DrawnImages.inFolder(of: files) { folder in
      let one = Self.message { () throws(FileError) in try ImageDataset(mnistIn: folder) }
      #expect(one?.description.hasPrefix("\(folder): t10k-labels-idx1-ubyte should be") == true)
      let file = Self.message { () throws(FileError) in
        try ImageDataset(mnistIn: "\(folder)/train-images-idx3-ubyte")
      }
      #expect(file?.description.contains("this is a file, and should be a folder") == true)
    }
  }

  @Test(
    "a folder or a pipe in the place of a file, and a circle of links, are refused by their path")
  func unusualPlaces() throws {
    var files = try Self.mnist.renamed { "\($0)/\($0)" }
    try DrawnImages.inFolder(of: files) { folder in
      let error = Self.message { () throws(FileError) in try ImageDataset(mnistIn: folder) }
      #expect(
        error?.description
          == "\(folder)/train-images-idx3-ubyte: this is a folder, and should be a file")
    }
    files = try Self.mnist
    files["train-labels-idx1-ubyte"] = nil
    try DrawnImages.inFolder(of: files) { folder in
      let link = "\(folder)/train-labels-idx1-ubyte"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: link)
      let error = Self.message { () throws(FileError) in try ImageDataset(mnistIn: folder) }
      #expect(error?.description.hasPrefix("\(link): cannot be read: ") == true)
      #expect(error?.exitStatus == .missingFile)
      try FileManager.default.removeItem(atPath: link)
      mkfifo(link, 0o600)
      let pipe = Self.message { () throws(FileError) in try ImageDataset(mnistIn: folder) }
      #expect(pipe?.description == "\(link): this is no regular file, and should be")
    }
  }

  @Test(
    "what is wrong with a file of MNIST is said, with its path",
    arguments: [
      ("t10k-images-idx3-ubyte", [0, 0, 8, 1], "an IDX file with 1 axis of unsigned bytes"),
      ("train-labels-idx1-ubyte", [0, 0, 8, 3], "an IDX file with 3 axes of unsigned bytes"),
      ("train-images-idx3-ubyte", [0, 0, 0x0D, 3], "3 axes of floats of 32 bits"),
      ("train-images-idx3-ubyte", [3, 8, 0, 0], "this is no IDX file"),
      ("train-images-idx3-ubyte", [], "this is an empty file"),
      ("train-images-idx3-ubyte", [0, 0, 8, 3], "cut short or damaged"),
      (
        "train-images-idx3-ubyte", [0, 0, 8, 3, 0x80, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28],
        "2147483648 images of 28×28 pixels, which takes 1683627180048 bytes, and 16 are there"
      ),
      (
        "train-images-idx3-ubyte", [0, 0, 8, 3] + [UInt8](repeating: 0xFF, count: 12),
        "no array can have the shape"
      ),
      (
        "train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28],
        "5 labels for the 0 images"
      ),
      ("train-images-idx3-ubyte", Array("<!DOCTYPE html>".utf8), "this is an HTML page"),
      (
        "train-images-idx3-ubyte", Array("version https://git-lfs.github.com/spec/v1\n".utf8),
        "this is a Git LFS pointer"
      ),
      ("train-images-idx3-ubyte", Array("PK\u{3}\u{4}".utf8), "this is a zip archive"),
      ("train-images-idx3-ubyte", [0x80, 4, 0x95], "this is a Python pickle"),
      ("train-images-idx3-ubyte", [0x1F, 0x8B], "cut short"),
      (
        "train-images-idx3-ubyte",
        [UInt8](repeating: 1, count: 257) + Array("ustar".utf8) + [0, 0], "this is a tar archive"
      ),
    ] as [(String, [UInt8], String)])
  func damaged(name: String, bytes: [UInt8], reason: String) throws {
    var files = try Self.mnist
    files[name] = bytes
    try DrawnImages.inFolder(of: files) { folder in
      let error = Self.message { () throws(FileError) in try ImageDataset(mnistIn: folder) }
      let text = error?.description ?? "nothing is refused"
      #expect(text.contains(folder) && text.contains(reason), "\(text)")
      #expect(error?.exitStatus == .badData)
    }
  }

  @Test("labels above 9, one label too few, and one byte more or less are refused")
  func disagreement() throws {
    let files = try Self.mnist
    let changes: [(String, ([UInt8]) -> [UInt8], String)] = [
      (
        "train-labels-idx1-ubyte", { $0.dropLast() + [10] },
        "train-labels-idx1-ubyte: the label at place 4, counted from 0, is 10, and should be 0 to 9"
      ),
      (
        "train-labels-idx1-ubyte", { [0, 0, 8, 1, 0, 0, 0, 4] + $0[8..<12] },
        "train-labels-idx1-ubyte: there are 4 labels for the 5 images of "
      ),
      ("t10k-images-idx3-ubyte", { $0 + [0] }, "takes 88 bytes, and 89 are there"),
      ("t10k-labels-idx1-ubyte", { $0.dropLast() }, "3 labels, which takes 11 bytes, and 10 are"),
      (
        "t10k-images-idx3-ubyte", { [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 6] + $0[16...] },
        "those for testing 4×6 pixels"
      ),
    ]
    for (name, change, reason) in changes {
      var changed = files
      changed[name] = files[name].map(change)
      try DrawnImages.inFolder(of: changed) { folder in
        let error = Self.message { () throws(FileError) in try ImageDataset(mnistIn: folder) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "none")")
        #expect(error?.exitStatus == .badData)
      }
    }
  }

  // MARK: CIFAR-10

  @Test("the six batches of CIFAR-10 give its images, and the digest that hashlib gives")
  func cifar10() throws {
    for prefix in ["", "cifar-10-batches-bin/"] {
      try DrawnImages.inFolder(of: DrawnImages.batches.renamed { prefix + $0 }) { folder in
        let dataset = try ImageDataset(cifar10In: folder)
        #expect(dataset.shape == ImageShape(channels: 3, height: 32, width: 32))
        #expect(dataset.training.pixels == DrawnImages.pixels(10 * 3072))
        #expect(dataset.training.labels == DrawnImages.labels(10))
        #expect(dataset.test.count == 3)
        #expect(try dataset.sha256 == DrawnImages.golden.cifar10)
      }
    }
  }

  @Test("the version of CIFAR-10 for Python, and an archive, are told from the binary batches")
  func otherVersions() throws {
    for (name, advice) in [
      ("data_batch_1", "this is the version for Python, which is pickled: get the binary version"),
      ("cifar-10-batches-py/data_batch_1", "this is the version for Python"),
      ("cifar-10-binary.tar.gz", "unpack cifar-10-binary.tar.gz with tar -xf"),
      ("README", "should be here or in cifar-10-batches-bin"),
    ] {
      try DrawnImages.inFolder(of: [name: [0x80, 2]]) { folder in
        let error = Self.message { () throws(FileError) in try ImageDataset(cifar10In: folder) }
        #expect(error?.description.contains(advice) == true, "\(error?.description ?? "none")")
        #expect(error?.exitStatus == .missingFile)
      }
    }
  }

  @Test(
    "a batch of another size, with a class above 9, or of something else is refused",
    arguments: [
      ([], "an empty file"),
      (DrawnImages.pixels(3072), "its 3072 bytes are no multiple of 3073"),
      ([10] + DrawnImages.pixels(3072), "the label at place 0, counted from 0, is 10"),
      (
        [9] + DrawnImages.pixels(3072) + [255] + DrawnImages.pixels(3072),
        "the label at place 1, counted from 0, is 255"
      ),
      (Array("<html>".utf8), "this is an HTML page, and should be a binary batch of CIFAR-10"),
      ([0x80, 2] + [UInt8](repeating: 0, count: 3071), "this is a Python pickle"),
      ([0x1F, 0x8B, 8], "this is compressed by gzip"),
    ] as [([UInt8], String)])
  func damagedBatch(bytes: [UInt8], reason: String) throws {
    var files = DrawnImages.batches
    files["data_batch_3.bin"] = bytes
    try DrawnImages.inFolder(of: files) { folder in
      let error = Self.message { () throws(FileError) in try ImageDataset(cifar10In: folder) }
      let text = error?.description ?? "nothing is refused"
      #expect(text.hasPrefix("\(folder)/data_batch_3.bin: ") && text.contains(reason), "\(text)")
      #expect(error?.exitStatus == .badData)
    }
  }

  // MARK: Images as examples

  @Test("images are examples with each pixel divided by 255, and their classes")
  func examples() throws {
    let images = try LabelledImages(
      shape: ImageShape(channels: 2, height: 1, width: 3),
      pixels: [0, 1, 127, 128, 254, 255, 10, 20, 30, 40, 50, 60], labels: [7, 0])
    let examples = Examples(images)
    #expect(examples.inputs.shape == [2, 6])
    #expect(examples.inputs.elements == images.pixels.map { Float($0) / 255 })
    #expect(examples.labels == [7, 0])
  }

  @Test("images without pixels, with other pixels than their shape has, or none at all are refused")
  func refusedImages() {
    let shape = ImageShape(height: 2, width: 2)
    for (shape, pixels, labels) in [
      (shape, 0, [UInt8]()), (shape, 7, [1, 2]), (shape, 9, [1, 2]), (shape, 4, [10]),
      (ImageShape(height: 0, width: 2), 0, [1]), (ImageShape(height: -1, width: -4), 4, [1]),
      (ImageShape(channels: .max, height: .max, width: 2), 4, [1]),
    ] {
      #expect(throws: FormatError.self) {
        try LabelledImages(
          shape: shape, pixels: [UInt8](repeating: 0, count: pixels), labels: labels)
      }
    }
  }
}

extension [String: [UInt8]] {
  fileprivate func renamed(_ name: (String) -> String) -> [String: [UInt8]] {
    Dictionary(uniqueKeysWithValues: map { (name($0.key), $0.value) })
  }
}
