import NeuralNetworks
import Storage

extension ImageDataset {
  /// Reads MNIST, or what has its form, from the four IDX files in a folder.
  ///
  /// They are `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
  /// `t10k-labels-idx1-ubyte`, each as it is or with `.gz`, or spelt with a dot as in `train-images.idx3-ubyte`; in the
  /// folder itself, or in `raw` or `MNIST/raw` below it, where torchvision puts them. Fashion-MNIST (Xiao, Rasul and
  /// Vollgraf 2017) and Kuzushiji-MNIST (Clanuwat et al. 2018) have the same names.
  ///
  /// - Throws: `FileError` for a file that is missing, damaged or something else, for labels above 9, and where there
  ///   are not as many labels as images.
  public init(mnistIn directory: String) throws(FileError) {
    let folder = try ImageFolder(
      directory, places: ["", "raw", "MNIST/raw"],
      holding: "the files of MNIST: \(Self.mnistFiles.map { $0[0] }.listed)")
    let (found, missing) = try folder.files(Self.mnistFiles)
    if let first = missing.first {
      throw .incomplete(
        path: directory,
        reason: "\(missing.map { $0[0] }.listed) should be here, in raw or in MNIST/raw, as "
          + "published, with .gz, or spelt as \(first[2])")
    }
    let training = try LabelledImages(idx: found[0], labels: found[1])
    let test = try LabelledImages(idx: found[2], labels: found[3])
    do throws(FormatError) {
      try self.init(training: training, test: test)
    } catch {
      throw .invalid(path: directory, error)
    }
  }

  /// The names that each of the files may have, as it was published first.
  private static let mnistFiles = ["train", "t10k"].flatMap { part in
    [("images", "idx3-ubyte"), ("labels", "idx1-ubyte")].map { content, format in
      ["-", "."].flatMap { separator in
        ["", ".gz"].map { "\(part)-\(content)\(separator)\(format)\($0)" }
      }
    }
  }
}

extension LabelledImages {
  /// Reads the two files of one part.
  fileprivate init(idx path: String, labels labelsPath: String) throws(FileError) {
    let (sizes, pixels) = try Self.read(path, as: .images)
    let labels = try Self.read(labelsPath, as: .labels).elements
    do throws(FormatError) {
      guard labels.count == sizes[0] else {
        throw FormatError("there are \(labels.count) labels for the \(sizes[0]) images of \(path)")
      }
      try Self.check(labels)
    } catch {
      throw .invalid(path: labelsPath, error)
    }
    do throws(FormatError) {
      try self.init(
        shape: ImageShape(height: sizes[1], width: sizes[2]), pixels: Array(pixels),
        labels: Array(labels))
    } catch {
      throw .invalid(path: path, error)
    }
  }

  private static func read(
    _ path: String, as content: IDX.Content
  ) throws(FileError) -> (sizes: [Int], elements: ArraySlice<UInt8>) {
    try InputFile.read(
      path, accepting: { start throws(FormatError) in try FileUse.idx(content).accept(start) },
      { bytes throws(FormatError) in try IDX.decode(bytes, as: content) })
  }
}
