import Storage

/// What a file is by its first bytes, whatever its name says.
///
/// The formats that are read here, and those that come in their place when a download, a conversion or a name went
/// wrong: a message can then say what the file is, and what to do.
enum FileKind: Equatable {
  case npz, npy, pickle, csv, safeTensors
  case torch, html, lfsPointer, empty
  /// A file that has to be unpacked first, and by what.
  case compressed(String, unpackedBy: String)
  case utf16
  /// Another known format.
  case other(String)

  /// Looks at the first bytes of a file; all of them, where it has fewer than some thousand.
  ///
  /// - Returns: nil where nothing known starts so.
  init?(startingWith start: ArraySlice<UInt8>) {
    guard !start.isEmpty else {
      self = .empty
      return
    }
    // First, since the size of a header may look like any signature.
    if start.count > 8, start[start.startIndex + 8] == UInt8(ascii: "{"),
      start[(start.startIndex + 4)..<(start.startIndex + 8)].allSatisfy({ $0 == 0 })
    {
      self = .safeTensors
      return
    }
    for (beginning, kind) in Self.signatures where start.starts(with: beginning) {
      self = kind
      return
    }
    if start.starts(with: "PK\u{3}\u{4}".utf8) || start.starts(with: "PK\u{5}\u{6}".utf8) {
      self = Self.archive(start)
    } else if start.count >= 2, start.first == 0x80, (0...5).contains(start[start.startIndex + 1]) {
      self = .pickle
    } else if start.dropFirst(257).starts(with: "ustar".utf8) {
      self = .compressed("a tar archive", unpackedBy: "tar -xf")
    } else if start.count >= 4,
      start.prefix(4).enumerated().allSatisfy({ index, byte in
        index % 2 == 0 ? byte >= 0x20 && byte < 0x7F : byte == 0
      })
    {
      self = .utf16
    } else if let kind = Self.text(start) {
      self = kind
    } else {
      return nil
    }
  }

  /// What has a signature of its own at the very start.
  private static let signatures: [([UInt8], FileKind)] = [
    (Array("version https://git-lfs".utf8), .lfsPointer),
    ([0x93] + Array("NUMPY".utf8), .npy),
    // The number with which torch.save started its files before it wrote zip archives, as a pickle of protocol 2.
    ([0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19], .torch),
    ([0x1F, 0x8B], .compressed("compressed by gzip", unpackedBy: "gunzip")),
    ([0x1F, 0x9D], .compressed("compressed by compress", unpackedBy: "uncompress")),
    (Array("BZh".utf8), .compressed("compressed by bzip2", unpackedBy: "bunzip2")),
    ([0xFD] + Array("7zXZ\0".utf8), .compressed("compressed by xz", unpackedBy: "unxz")),
    ([0x28, 0xB5, 0x2F, 0xFD], .compressed("compressed by zstd", unpackedBy: "unzstd")),
    ([0x04, 0x22, 0x4D, 0x18], .compressed("compressed by lz4", unpackedBy: "unlz4")),
    (Array("7z".utf8) + [0xBC, 0xAF], .compressed("a 7-Zip archive", unpackedBy: "7z x")),
    (Array("Rar!".utf8), .compressed("a RAR archive", unpackedBy: "unrar x")),
    ([0x89] + Array("HDF\r\n".utf8), .other("an HDF5 file, as Keras and MATLAB write it")),
    (Array("MATLAB ".utf8), .other("a MATLAB file")),
    ([0, 0, 8, 1], .other("an IDX file of labels, as MNIST has them")),
    ([0, 0, 8, 3], .other("an IDX file of images, as MNIST has them")),
    (Array("GGUF".utf8), .other("a GGUF file")),
    (Array("PAR1".utf8), .other("a Parquet file")),
    (Array("ARROW1".utf8), .other("an Arrow file")),
    (Array("SQLite format 3".utf8), .other("an SQLite database")),
    (Array("%PDF".utf8), .other("a PDF document")),
    ([0x89] + Array("PNG".utf8), .other("a PNG image")),
    ([0xFF, 0xD8, 0xFF], .other("a JPEG image")),
    (Array("GIF8".utf8), .other("a GIF image")),
    ([0x7F] + Array("ELF".utf8), .other("a program")),
    ([0xFF, 0xFE], .utf16), ([0xFE, 0xFF], .utf16),
  ]

  /// A zip archive by the name of its first file.
  private static func archive(_ start: ArraySlice<UInt8>) -> FileKind {
    guard start.count > 30 else { return .npz }
    let size = Int(start[start.startIndex + 26]) | Int(start[start.startIndex + 27]) << 8
    let name = String(decoding: start.dropFirst(30).prefix(size), as: UTF8.self)
    if name.hasSuffix("/data.pkl") || name.hasSuffix("/byteorder")
      || name.hasSuffix("/.format_version")
      || name.hasSuffix("/version") || name.hasSuffix("/constants.pkl")
    {
      return .torch
    }
    if name.contains("/data/") || name.contains("/code/") { return .torch }
    if name == "metadata.json" || name == "config.json" { return .other("a Keras model") }
    if name == "[Content_Types].xml" { return .other("an Office document") }
    if name.hasPrefix("META-INF/") { return .other("a Java archive") }
    return .npz
  }

  private static func text(_ start: ArraySlice<UInt8>) -> FileKind? {
    var rest = start
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    rest = rest.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
    func starts(_ texts: String...) -> Bool {
      texts.contains { text in
        rest.prefix(text.utf8.count).map { $0 | ((0x41...0x5A).contains($0) ? 0x20 : 0) }
          .elementsEqual(text.utf8)
      }
    }
    if starts("<!doctype html", "<html", "<head", "<body", "<script", "<!--") { return .html }
    if starts("<?xml", "<svg", "<error") { return .other("an XML document") }
    if starts("{\"", "{}", "[{", "[[") || rest.first == UInt8(ascii: "{") {
      return .other("a JSON text")
    }
    // The header of a dataset's table, perhaps behind notes.
    if rest.first == UInt8(ascii: "#"),
      isDatasetHeader(rest.dropFirst().prefix { $0 >= 0x20 || $0 == 0x09 })
    {
      return .csv
    }
    while rest.first == UInt8(ascii: "#") || rest.starts(with: "sep=".utf8) {
      rest = rest.drop { $0 != 0x0A && $0 != 0x0D }.drop { $0 == 0x0A || $0 == 0x0D }
    }
    let line = rest.prefix { $0 != 0x0A && $0 != 0x0D }
    guard !start.contains(0), !line.isEmpty, line.allSatisfy({ $0 >= 0x20 || $0 == 0x09 }) else {
      return nil
    }
    return isDatasetHeader(line) ? .csv : nil
  }

  /// Whether a line names the columns of a dataset.
  static func isDatasetHeader(_ line: ArraySlice<UInt8>) -> Bool {
    let names = line.split { CSVRows.separators.contains($0) }.map { field in
      String(decoding: field, as: UTF8.self).lowercased().filter { $0 != "\"" }
    }
    return ["split", "label", "x0"].allSatisfy(names.contains)
  }

  /// "a Git LFS pointer", for a sentence that starts "this is".
  private var name: String {
    switch self {
    case .npz: "a zip archive, like NumPy's .npz"
    case .npy: "one NumPy array (.npy)"
    case .pickle: "a Python pickle"
    case .csv: "a CSV table"
    case .safeTensors: "a safetensors file"
    case .torch: "a file of torch.save"
    case .html: "an HTML page"
    case .lfsPointer: "a Git LFS pointer"
    case .empty: "an empty file"
    case .compressed(let name, _): name
    case .utf16: "text in UTF-16"
    case .other(let name): name
    }
  }

  /// What turns the file into one that can be read, as a clause.
  private func advice(for use: FileUse) -> String {
    switch (self, use) {
    case (.html, _): "the download gave a page in place of the file"
    case (.lfsPointer, _): "`git lfs pull` fetches the file that it stands for"
    case (.empty, _): "nothing was written to it, or a download failed"
    case (.compressed(_, let program), _): "unpack it with \(program) first"
    case (.utf16, _): "save it as UTF-8, or convert it with `iconv -f UTF-16 -t UTF-8`"
    case (_, .idx): "MNIST's files are published with names such as train-images-idx3-ubyte.gz"
    case (_, .cifar10): "cifar-10-binary.tar.gz holds the six batches, such as data_batch_1.bin"
    case (.torch, .weights):
      "in Python, safetensors.torch.save_file(torch.load(\"FILE\", weights_only=True), \"weights.safetensors\") "
        + "makes one of a state_dict"
    case (.npz, .weights):
      "in Python, safetensors.numpy.save_file(dict(numpy.load(\"FILE\")), \"weights.safetensors\") makes one of it"
    case (_, .weights):
      "in Python, safetensors.torch.save_file(model.state_dict(), \"weights.safetensors\") makes one of a model"
    case (.torch, .dataset), (.npy, .dataset), (.other, .dataset):
      "in Python, numpy.savez(\"data.npz\", x=…, y=…, x_test=…, y_test=…) writes a dataset"
    case (_, .dataset):
      "a name that ends in \(asDataset.map { ".\($0.rawValue)" } ?? ".npz") says so"
    }
  }

  /// The format of datasets that is written so.
  var asDataset: DatasetFormat? {
    switch self {
    case .npz: .npz
    case .pickle: .pickle
    case .csv: .csv
    case .safeTensors: .safeTensors
    default: nil
    }
  }

  /// The error of finding this where something else should be.
  func mistaken(for use: FileUse) -> FormatError {
    FormatError("this is \(name), and should be \(use.wanted); \(advice(for: use))")
  }
}

/// What a file is read as.
enum FileUse {
  case weights
  case dataset(DatasetFormat?)
  case idx(IDX.Content)
  case cifar10

  fileprivate var wanted: String {
    switch self {
    case .weights: "a safetensors file"
    case .dataset(.npz): "NumPy's .npz"
    case .dataset(.pickle): "a pickle"
    case .dataset(.csv): "a CSV table"
    case .dataset(.safeTensors): "a safetensors file"
    case .dataset(nil): "a dataset as .npz, .pkl, .csv or .safetensors"
    case .idx(let content): content.name
    case .cifar10: "a binary batch of CIFAR-10"
    }
  }

  private var kinds: [FileKind] {
    switch self {
    case .weights, .dataset(.safeTensors): [.safeTensors]
    case .dataset(.npz): [.npz]
    case .dataset(.pickle): [.pickle]
    case .dataset(.csv): [.csv]
    case .dataset(nil): [.npz, .pickle, .csv, .safeTensors]
    case .idx, .cifar10: []
    }
  }

  /// - Throws: An error that says what the file is, where its first bytes are those of something else.
  func accept(_ start: ArraySlice<UInt8>) throws(FormatError) {
    switch self {
    case .idx(let content): return try IDX.accept(start, as: content)
    // Pixels may look like any signature.
    case .cifar10: return
    case .weights, .dataset: break
    }
    guard let kind = FileKind(startingWith: start) else {
      switch self {
      case .dataset(nil):
        throw FormatError(
          "what the file holds is not known; it should be a dataset as .npz, .pkl, .csv or .safetensors"
        )
      // A size of eight bytes and the brace of a JSON object would stand first.
      case .weights where start.count > 8, .dataset(.safeTensors) where start.count > 8:
        throw FormatError(
          "this is no safetensors file: it does not start with the size of a header and the header")
      default: return
      }
    }
    guard kinds.contains(kind) else { throw kind.mistaken(for: self) }
  }
}
