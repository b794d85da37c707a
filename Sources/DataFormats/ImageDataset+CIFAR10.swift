import NeuralNetworks
import Storage

extension ImageDataset {
  /// Reads CIFAR-10 (Krizhevsky 2009) from the binary batches in a folder.
  ///
  /// They are `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`, in the folder itself or in
  /// `cifar-10-batches-bin` below it, where the published archive puts them.
  ///
  /// - Throws: `FileError` for a file that is missing, damaged or something else, and where only the version for Python
  ///   is there, which is pickled.
  public init(cifar10In directory: String) throws(FileError) {
    let names = (1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]
    let folder = try ImageFolder(
      directory, places: ["", "cifar-10-batches-bin"],
      holding: "the binary version of CIFAR-10: \(names.listed)")
    let (found, missing) = try folder.files(names.map { [$0] })
    guard missing.isEmpty else {
      throw .incomplete(
        path: directory,
        reason: "\(missing.map { $0[0] }.listed) should be here or in cifar-10-batches-bin"
          + (try Self.advice(for: folder)))
    }
    let training = try LabelledImages(batches: Array(found.dropLast()))
    let test = try LabelledImages(batches: found.suffix(1))
    do throws(FormatError) {
      try self.init(training: training, test: test)
    } catch {
      throw .invalid(path: directory, error)
    }
  }

  /// What to do where CIFAR-10 is there in another form, as the end of a sentence.
  private static func advice(for folder: ImageFolder) throws(FileError) -> String {
    for archive in ["cifar-10-binary.tar.gz", "cifar-10-binary.tar"] {
      if try folder.file(named: [archive], in: "") != nil {
        return "; unpack \(archive) with tar -xf"
      }
    }
    for place in ["", "cifar-10-batches-py"] {
      if try folder.file(named: ["data_batch_1"], in: place) != nil {
        return "; this is the version for Python, which is pickled: get the binary version, "
          + "cifar-10-binary.tar.gz"
      }
    }
    return ""
  }
}

/// The binary batches of CIFAR-10: for each image its class, and 32 rows of 32 pixels in red, then green, then blue.
package enum CIFAR10 {
  static let shape = ImageShape(channels: 3, height: 32, width: 32)
  private static let recordSize = 1 + shape.count

  /// Appends the pixels and the classes of a batch.
  ///
  /// - Throws: An error where the size is that of no whole number of images, or a class is above 9.
  package static func append(
    batch bytes: [UInt8], to pixels: inout [UInt8], labels: inout [UInt8]
  ) throws(FormatError) {
    let starts = stride(from: 0, to: bytes.count, by: recordSize)
    let classes = starts.map { bytes[$0] }
    do throws(FormatError) {
      guard !bytes.isEmpty, bytes.count.isMultiple(of: recordSize) else {
        throw FormatError(
          "this is no binary batch of CIFAR-10: its \(bytes.count) bytes are no multiple of "
            + "\(recordSize), a class and 32×32 pixels in three colours")
      }
      try LabelledImages.check(classes)
    } catch {
      // Pixels may look like any signature, so that only what is no batch is asked what it is.
      guard let kind = FileKind(startingWith: bytes.prefix(1 << 12)) else { throw error }
      throw kind.mistaken(for: .cifar10)
    }
    pixels.reserveCapacity(pixels.count + classes.count * shape.count)
    for start in starts { pixels += bytes[start + 1..<start + recordSize] }
    labels += classes
  }
}

extension LabelledImages {
  /// Reads batches, one after the other.
  fileprivate init(batches paths: [String]) throws(FileError) {
    var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
    for path in paths {
      try InputFile.read(
        path, accepting: { start throws(FormatError) in try FileUse.cifar10.accept(start) },
        { bytes throws(FormatError) in
          try CIFAR10.append(batch: bytes, to: &pixels, labels: &labels)
        })
    }
    do throws(FormatError) {
      try self.init(shape: CIFAR10.shape, pixels: pixels, labels: labels)
    } catch {
      throw .invalid(path: paths[0], error)
    }
  }
}
