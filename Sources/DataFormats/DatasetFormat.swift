import MNIST1D
import Storage

/// The file formats of a dataset, chosen by the extension of the file's name.
public enum DatasetFormat: String, CaseIterable, Sendable {
  /// NumPy's archive of arrays.
  case npz
  /// The reference implementation's pickle.
  case pickle = "pkl"
  /// One row for each example, as `MNIST1D/Dataset/init(csv:)` describes it.
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

  /// The format of a file that starts so, whatever its name says; nil where it is no dataset.
  package init?(recognizing start: ArraySlice<UInt8>) {
    guard let format = FileKind(startingWith: start)?.asDataset else { return nil }
    self = format
  }

  /// Decodes a file of this format.
  public func decode(_ bytes: [UInt8]) throws(FormatError) -> Dataset {
    switch self {
    case .npz:
      return try Dataset(
        named: NPZ.decode(bytes, names: Self.names), of: NPZ.names(in: bytes))
    case .pickle: return try Dataset(pickle: Pickle.decode(bytes, names: Self.pickleNames))
    case .csv: return try Dataset(csv: bytes)
    case .safeTensors:
      let (file, names) = try SafeTensors.decode(bytes, only: Self.names)
      return try Dataset(named: file.tensors, of: names)
    }
  }

  private static let names = Dataset.exampleNames + Dataset.templateNames
  /// The names in the reference's dictionary and in the one of its templates.
  private static let pickleNames = Dataset.exampleNames + ["templates"]

  /// Encodes a dataset in this format; equal datasets give equal bytes.
  ///
  /// - Throws: An error for labels outside 0…9999 and values that are not finite in the precision.
  public func encode(
    _ dataset: Dataset, precision: FloatPrecision = .float64
  ) throws(FormatError) -> [UInt8] {
    let dataset = try dataset.checked()
    return switch self {
    case .npz: try NPZ.encode(dataset.named(precision: precision))
    case .pickle: try Pickle.encode(dataset.pickleValue(precision: precision))
    case .csv: try dataset.table(precision: precision)
    case .safeTensors: try SafeTensors(tensors: dataset.named(precision: precision)).encode()
    }
  }
}
