import MNIST1D
import Storage

extension Dataset {
  /// Reads a dataset that ``write(to:precision:)``, the reference implementation or NumPy has written, in the format
  /// that the file's extension names; a pipe, or a file whose name has no extension that is known, in the format that
  /// its first bytes show.
  ///
  /// The times of a CSV file are read from the file beside it that ``write(to:precision:)`` writes, where it is there.
  ///
  /// - Throws: `FileError` for a missing file, another extension than those of ``DatasetFormat``, or a file
  ///   that does not hold a dataset.
  public init(reading path: String) throws(FileError) {
    let named = try? DatasetFormat(path: path)
    if named == nil, !InputFile.hasUnnamedContent(path) { _ = try DatasetFormat(path: path) }
    var found = named
    self = try InputFile.read(
      path,
      accepting: { start throws(FormatError) in
        try FileUse.dataset(named).accept(start)
        found = named ?? DatasetFormat(recognizing: start)
      },
      { bytes throws(FormatError) in
        guard let found else { throw FileKind.empty.mistaken(for: .dataset(nil)) }
        return try found.decode(bytes)
      })
    guard found == .csv, let times = Self.timesPath(besides: path), InputFile.exists(times) else {
      return
    }
    let dataset = self
    self = try InputFile.read(times) { bytes throws(FormatError) in
      try dataset.withTimes(csv: bytes)
    }
  }

  /// Writes the dataset whole or not at all, in the format that the path's extension names.
  ///
  /// The times of `data.csv` go into a file of their own, `data.t.csv`: as a row without a label they would make every
  /// label a float where pandas reads the table.
  ///
  /// - Throws: `FileError` if the extension names no format or the file cannot be written.
  public func write(to path: String, precision: FloatPrecision = .float64) throws(FileError) {
    let format = try DatasetFormat(path: path)
    let timesPath = format == .csv ? Self.timesPath(besides: path) : nil
    let bytes: [UInt8]
    let times: [UInt8]
    do throws(FormatError) {
      bytes = try format.encode(self, precision: precision)
      times = timesPath == nil ? [] : try timesTable(precision: precision)
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
