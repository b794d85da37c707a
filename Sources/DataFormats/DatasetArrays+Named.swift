/// The type that floating-point values have in a file.
public enum FloatPrecision: String, Sendable {
  /// Eight bytes for each value: nothing is lost.
  case float64
  /// Four bytes for each value, rounded to the nearest.
  case float32

  /// The values as an array of this precision.
  ///
  /// - Throws: An error for a value outside the range of float32.
  func array(_ values: [Double], shape: [Int]) throws(FormatError) -> NumericArray {
    let exact = NumericArray(values, shape: shape)
    switch self {
    case .float64: return exact
    case .float32: return NumericArray(try exact.floats(), shape: shape)
    }
  }
}

extension DatasetArrays {
  /// The arrays under the reference's names, with the templates' as `templates_x` and so on.
  public func named(precision: FloatPrecision = .float64) throws(FormatError) -> NamedArrays {
    var arrays = try examples(precision: precision)
    for (name, array) in try templates?.named(precision: precision) ?? [:] {
      _ = arrays.append(array, named: "templates_\(name)")
    }
    return arrays
  }

  /// Takes the dataset from arrays under the reference's names; other names are ignored.
  ///
  /// - Throws: An error that names the array which is missing or has the wrong shape or values.
  public init(named arrays: NamedArrays) throws(FormatError) {
    let names = ["templates_x", "templates_t", "templates_y"]
    let templates =
      names.allSatisfy { arrays[$0] == nil }
      ? nil : try Templates(named: arrays, prefix: "templates_")
    try self.init(named: arrays, templates: templates)
  }

  /// Everything but the templates.
  private func examples(precision: FloatPrecision) throws(FormatError) -> NamedArrays {
    [
      "x": try precision.array(x, shape: [y.count, length]),
      "x_test": try precision.array(xTest, shape: [yTest.count, length]),
      "y": NumericArray(y),
      "y_test": NumericArray(yTest),
      "t": try precision.array(t, shape: [length]),
    ]
  }

  private init(named arrays: NamedArrays, templates: Templates?) throws(FormatError) {
    let t = try arrays.doubles("t", shape: [nil])
    try self.init(
      x: arrays.doubles("x", shape: [nil, t.count]), y: arrays.integers("y"),
      xTest: arrays.doubles("x_test", shape: [nil, t.count]), yTest: arrays.integers("y_test"),
      t: t, templates: templates)
  }
}

extension DatasetArrays.Templates {
  fileprivate func named(precision: FloatPrecision) throws(FormatError) -> NamedArrays {
    [
      "x": try precision.array(x, shape: [y.count, t.count]),
      "t": try precision.array(t, shape: [t.count]),
      "y": NumericArray(y),
    ]
  }

  fileprivate init(named arrays: NamedArrays, prefix: String = "") throws(FormatError) {
    let t = try arrays.doubles(prefix + "t", shape: [nil])
    try self.init(
      x: arrays.doubles(prefix + "x", shape: [nil, t.count]), t: t,
      y: arrays.integers(prefix + "y"))
  }
}

// MARK: - The reference's pickle

extension DatasetArrays {
  /// The dictionary that the reference implementation pickles, with the templates in a dictionary
  /// of their own.
  public func pickleValue(
    precision: FloatPrecision = .float64
  ) throws(FormatError) -> PickleValue {
    var values = PickleValue.dictionary(of: try examples(precision: precision))
    if let templates {
      let dictionary = PickleValue.dictionary(of: try templates.named(precision: precision))
      _ = values.append(.dictionary(dictionary), named: "templates")
    }
    return .dictionary(values)
  }

  /// Takes the dataset from the reference's dictionary; other keys are ignored.
  ///
  /// - Throws: An error that names the entry which is missing or is not what it should be.
  public init(pickle value: PickleValue) throws(FormatError) {
    guard case .dictionary(let values) = value else {
      throw FormatError("the pickle should hold a dictionary, and holds \(value.kind)")
    }
    var templates: Templates?
    switch values["templates"] {
    case nil, .some(.none): break
    case .dictionary(let values):
      do throws(FormatError) {
        templates = try Templates(named: values.arrays(["x", "t", "y"]))
      } catch {
        throw error.inside("templates")
      }
    case .some(let other):
      throw FormatError("templates should be a dictionary, and is \(other.kind)")
    }
    try self.init(named: values.arrays(["x", "y", "x_test", "y_test", "t"]), templates: templates)
  }
}

extension PickleValue {
  fileprivate static func dictionary(of arrays: NamedArrays) -> NamedValues<PickleValue> {
    var values: NamedValues<PickleValue> = [:]
    for (name, array) in arrays { _ = values.append(.array(array), named: name) }
    return values
  }
}

extension NamedValues<PickleValue> {
  /// The entries of these names, which must be arrays where they are there at all.
  fileprivate func arrays(_ names: [String]) throws(FormatError) -> NamedArrays {
    var arrays: NamedArrays = [:]
    for name in names {
      guard let value = self[name] else { continue }
      guard case .array(let array) = value else {
        throw FormatError("the entry \"\(name)\" should be an array, and is \(value.kind)")
      }
      _ = arrays.append(array, named: name)
    }
    return arrays
  }
}

extension NamedArrays {
  /// An array of a shape in which nil stands for any size.
  private func array(_ name: String, shape: [Int?]) throws(FormatError) -> NumericArray {
    guard let array = self[name] else {
      let found = names.isEmpty ? "nothing" : names.joined(separator: ", ")
      throw FormatError("there is no array \"\(name)\"; the file holds \(found)")
    }
    let fits = zip(array.shape, shape).allSatisfy { $0 == $1 ?? $0 }
    guard array.shape.count == shape.count, fits else {
      let wanted = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
      throw FormatError(
        "the array \"\(name)\" should have the shape [\(wanted)], and has \(array.shape)")
    }
    return array
  }

  fileprivate func doubles(_ name: String, shape: [Int?]) throws(FormatError) -> [Double] {
    let array = try array(name, shape: shape)
    do throws(FormatError) {
      return try array.doubles()
    } catch {
      throw error.inside("the array \"\(name)\"")
    }
  }

  fileprivate func integers(_ name: String) throws(FormatError) -> [Int] {
    let array = try array(name, shape: [nil])
    do throws(FormatError) {
      return try array.integers()
    } catch {
      throw error.inside("the array \"\(name)\"")
    }
  }
}
