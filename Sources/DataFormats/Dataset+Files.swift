import Storage
import MNIST1D

extension Dataset {
  /// Reads a dataset that ``write(to:precision:)``, the reference implementation or NumPy has written.
  ///
  /// - Throws: ``FileError`` for a missing file, another extension than those of ``DatasetFormat``, or a file
  ///   that does not hold a dataset.
  public init(reading path: String) throws(FileError) {
    let arrays = try DatasetArrays.read(from: path)
    do {
      try self.init(arrays)
    } catch {
      throw .invalid(path: path, error)
    }
  }

  /// Writes the dataset whole or not at all, in the format that the path's extension names.
  ///
  /// - Throws: ``FileError`` if the extension names no format or the file cannot be written.
  public func write(to path: String, precision: FloatPrecision = .float64) throws(FileError) {
    let arrays: DatasetArrays
    do {
      arrays = try self.arrays()
    } catch {
      throw .invalid(path: path, error)
    }
    try arrays.write(to: path, precision: precision)
  }

  private init(_ arrays: DatasetArrays) throws(FormatError) {
    do {
      let templates = try arrays.templates.map { templates throws(ConfigurationError) in
        try Templates(
          x: Signals(values: templates.x, length: templates.t.count), t: templates.t,
          y: templates.y)
      }
      try self.init(
        x: Signals(values: arrays.x, length: arrays.length), y: arrays.y,
        xTest: Signals(values: arrays.xTest, length: arrays.length), yTest: arrays.yTest,
        t: arrays.t, templates: templates)
    } catch {
      throw FormatError("\(error)")
    }
  }

  private func arrays() throws(FormatError) -> DatasetArrays {
    var written: DatasetArrays.Templates?
    if let templates {
      written = try DatasetArrays.Templates(
        x: templates.x.values, t: templates.t, y: templates.y)
    }
    return try DatasetArrays(
      x: x.values, y: y, xTest: xTest.values, yTest: yTest, t: t, templates: written)
  }
}
