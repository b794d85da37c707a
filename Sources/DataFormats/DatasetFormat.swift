import Storage

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

  /// The format of a file that starts so, whatever its name says; nil where it is no dataset.
  package init?(recognizing start: ArraySlice<UInt8>) {
    guard let format = FileKind(startingWith: start)?.asDataset else { return nil }
    self = format
  }

  /// Decodes a file of this format.
  public func decode(_ bytes: [UInt8]) throws(FormatError) -> DatasetArrays {
    switch self {
    case .npz:
      return try DatasetArrays(
        named: NPZ.decode(bytes, names: Self.names), of: NPZ.names(in: bytes))
    case .pickle: return try DatasetArrays(pickle: Pickle.decode(bytes, names: Self.pickleNames))
    case .csv: return try DatasetArrays(csv: bytes)
    case .safeTensors:
      let (file, names) = try SafeTensors.decode(bytes, only: Self.names)
      return try DatasetArrays(named: file.tensors, of: names)
    }
  }

  private static let names = DatasetArrays.exampleNames + DatasetArrays.templateNames
  /// The names in the reference's dictionary and in the one of its templates.
  private static let pickleNames = DatasetArrays.exampleNames + ["templates"]

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
  /// Reads a dataset file in the format that its extension names; a pipe, or a file whose name has no extension that
  /// is known, in the format that its first bytes show.
  ///
  /// The times of a CSV file are read from the file beside it that ``write(to:precision:)`` writes, where it is there.
  public static func read(from path: String) throws(FileError) -> DatasetArrays {
    let named = try? DatasetFormat(path: path)
    if named == nil, !InputFile.hasUnnamedContent(path) { _ = try DatasetFormat(path: path) }
    var found = named
    let arrays = try InputFile.read(
      path,
      accepting: { start throws(FormatError) in
        try FileUse.dataset(named).accept(start)
        found = named ?? DatasetFormat(recognizing: start)
      },
      { bytes throws(FormatError) in
        guard let found else { throw FileKind.empty.mistaken(for: .dataset(nil)) }
        return try found.decode(bytes)
      })
    guard found == .csv, let times = timesPath(besides: path), InputFile.exists(times) else {
      return arrays
    }
    return try InputFile.read(times) { bytes throws(FormatError) in
      try arrays.withTimes(csv: bytes)
    }
  }

  /// Writes a dataset file in the format that its extension names, whole or not at all.
  ///
  /// The times of `data.csv` go into a file of their own, `data.t.csv`: as a row without a label they would make every
  /// label a float where pandas reads the table.
  public func write(
    to path: String, precision: FloatPrecision = .float64
  ) throws(FileError) {
    let format = try DatasetFormat(path: path)
    let timesPath = format == .csv ? Self.timesPath(besides: path) : nil
    let bytes: [UInt8]
    let times: [UInt8]
    do throws(FormatError) {
      bytes = try format.encode(self, precision: precision)
      times = timesPath == nil ? [] : try timesTable(precision: precision).encode()
    } catch {
      throw .invalid(path: path, error)
    }
    try OutputFile.write(bytes, to: path)
    if let timesPath { try OutputFile.write(times, to: timesPath) }
  }

  /// `data.t.csv` for `data.csv`; nil for what is no name of a CSV file.
  private static func timesPath(besides path: String) -> String? {
    path.lowercased().hasSuffix(".csv") ? "\(path.dropLast(4)).t.csv" : nil
  }
}
