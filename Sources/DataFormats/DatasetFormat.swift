/// The file formats of a dataset, chosen by the extension of the file's name.
public enum DatasetFormat: String, CaseIterable, Sendable {
  /// NumPy's archive of arrays.
  case npz
  /// The reference implementation's pickle.
  case pickle = "pkl"
  /// One row for each example, as `DatasetArrays.table(precision:)` describes it.
  case csv
  /// Hugging Face's format for tensors.
  case safeTensors = "safetensors"

  /// The format that the extension of a path names, in any case of its letters.
  ///
  /// - Throws: `.unknownExtension` for every other extension.
  public init(path: String) throws(FileError) {
    let name = path.split(separator: "/").last ?? ""
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, let format = DatasetFormat(rawValue: parts.last?.lowercased() ?? "")
    else {
      throw .unknownExtension(path: path, known: Self.allCases.map { ".\($0.rawValue)" })
    }
    self = format
  }

  /// Decodes a file of this format.
  public func decode(_ bytes: [UInt8]) throws(FormatError) -> DatasetArrays {
    switch self {
    case .npz: return try DatasetArrays(named: NPZ.decode(bytes))
    case .pickle: return try DatasetArrays(pickle: Pickle.decode(bytes))
    case .csv:
      guard bytes.last == UInt8(ascii: "\n") else {
        throw FormatError("the last line has no end, so the file may be cut short")
      }
      return try DatasetArrays(table: CSVTable.decode(bytes))
    case .safeTensors: return try DatasetArrays(named: SafeTensors.decode(bytes).tensors)
    }
  }

  /// Encodes a dataset in this format; equal datasets give equal bytes.
  public func encode(
    _ dataset: DatasetArrays, precision: FloatPrecision = .float64
  ) throws(FormatError) -> [UInt8] {
    switch self {
    case .npz: try NPZ.encode(dataset.named(precision: precision))
    case .pickle: try Pickle.encode(dataset.pickleValue(precision: precision))
    case .csv: try dataset.table(precision: precision).encode()
    case .safeTensors: try SafeTensors(tensors: dataset.named(precision: precision)).encode()
    }
  }
}

extension DatasetArrays {
  /// Reads a dataset file in the format that its extension names.
  public static func read(from path: String) throws(FileError) -> DatasetArrays {
    let format = try DatasetFormat(path: path)
    return try InputFile.read(path) { bytes throws(FormatError) in try format.decode(bytes) }
  }

  /// Writes a dataset file in the format that its extension names, whole or not at all.
  public func write(
    to path: String, precision: FloatPrecision = .float64
  ) throws(FileError) {
    let format = try DatasetFormat(path: path)
    let bytes: [UInt8]
    do throws(FormatError) {
      bytes = try format.encode(self, precision: precision)
    } catch {
      throw .invalid(path: path, error)
    }
    try OutputFile.write(bytes, to: path)
  }
}
