import MNIST1D
import Storage
import DataFormats
import Testing

@Suite("DatasetFormat")
struct DatasetFormatTests {
  /// A dataset of two training examples and one test example.
  private func dataset(
    x: [Double] = [1, 2, 3, 4], y: [Int] = [0, 9], xTest: [Double] = [5, 6], yTest: [Int] = [3],
    t: [Double] = [0, 1], templates: Templates? = nil
  ) throws -> Dataset {
    try Dataset(x: x, y: y, xTest: xTest, yTest: yTest, t: t, templates: templates)
  }

  @Test("the reference's dataset comes back from every format bit for bit")
  func roundTrip() throws {
    let original = try Golden.dataset()
    #expect(original.templates != nil)
    for format in DatasetFormat.allCases {
      let copy = try format.decode(format.encode(original))
      var expected = try original.named().exact
      var found = try copy.named().exact
      if format == .csv {
        // A table holds the examples alone.
        expected = expected.filter { $0.key != "t" && !$0.key.hasPrefix("templates") }
        found["t"] = nil
      }
      #expect(found == expected, "\(format)")
    }
  }

  @Test("float32 files hold the values rounded to the nearest, the same in every format")
  func roundTripFloat32() throws {
    let original = try Golden.dataset()
    for format in DatasetFormat.allCases {
      let bytes = try format.encode(original, precision: .float32)
      let copy = try format.decode(bytes)
      #expect(copy.x.values == original.x.values.map { Double(Float($0)) }, "\(format)")
      if format != .csv { #expect(copy.t == original.t.map { Double(Float($0)) }, "\(format)") }
      #expect(copy.y == original.y)
      #expect(try bytes == format.encode(copy, precision: .float32), "\(format)")
    }
    let arrays = try NPZ.decode(DatasetFormat.npz.encode(original, precision: .float32))
    #expect(arrays["x"] == NumericArray(original.x.floats, shape: [16, 5]))
    #expect(arrays["y"] == NumericArray(original.y))
  }

  @Test("a dataset is written as the bytes that NumPy's and Python's writers give")
  func writesGolden() throws {
    let dataset = try Golden.dataset()
    #expect(try DatasetFormat.npz.encode(dataset) == Golden.bytes("dataset.npz"))
    #expect(try DatasetFormat.pickle.encode(dataset) == Golden.bytes("written_dataset.pkl"))
    #expect(try DatasetFormat.csv.encode(dataset) == Golden.bytes("dataset.csv"))
  }

  @Test("extreme values and an empty test split come back from every format")
  func extremes() throws {
    let original = try dataset(
      x: [-0.0, .leastNonzeroMagnitude, Double(Float.greatestFiniteMagnitude), 0.1 + 0.2],
      xTest: [], yTest: [], t: [-5.0 / 6, 5.0 / 6])
    for format in DatasetFormat.allCases {
      let copy = try format.decode(format.encode(original))
      #expect(try copy.named().exact == original.named().exact, "\(format)")
    }
  }

  @Test("sizes that do not match, wrong labels and values that are not finite are refused")
  func validation() throws {
    _ = try dataset()
    let cases: [(String, () throws -> Dataset)] = [
      ("x should hold 2 signals", { try dataset(x: [1, 2, 3]) }),
      ("x should hold 2 signals", { try dataset(x: [1, 2, 3, 4, 5, 6]) }),
      ("x_test should hold 0 signals", { try dataset(yTest: []) }),
      ("at least one value", { try dataset(x: [], y: [], xTest: [], yTest: [], t: []) }),
      ("y[1] is 10000", { try dataset(y: [0, 10000]) }),
      ("y_test[0] is -1", { try dataset(yTest: [-1]) }),
      ("x[1, 0] is nan", { try dataset(x: [1, 2, .nan, 4]) }),
      ("x[1, 1] is 1e+300, which lies beyond float32", { try dataset(x: [1, 2, 3, 1e300]) }),
      ("x_test[0, 0] is inf", { try dataset(xTest: [.infinity, 1]) }),
      ("t[1] is -inf", { try dataset(t: [0, -.infinity]) }),
      (
        "templates_x should hold 1 signals",
        { try dataset(templates: .init(values: [1], t: [1, 2], y: [0])) }
      ),
    ]
    for (reason, make) in cases {
      let error = #expect(throws: FormatError.self) { try make() }
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
  }

  @Test("arrays that are missing or have the wrong shape are named")
  func wrongArrays() throws {
    let cases: [(String, NamedArrays)] = [
      ("and the file holds nothing", [:]),
      ("a dataset holds x, y, x_test and y_test, and the file holds t", ["t": NumericArray([0.0])]),
      (
        "\"x\" should have the shape [any, 1], and has [1, 2]",
        Self.arrays(x: NumericArray([0.0, 0.0], shape: [1, 2]))
      ),
      ("\"x\" should have the shape [any, any], and has [1]", Self.arrays(x: NumericArray([0.0]))),
      ("y[0] is 0.5; it should be a whole number", Self.arrays(y: NumericArray([0.5]))),
    ]
    for (reason, arrays) in cases {
      let error = #expect(throws: FormatError.self) { try Dataset(named: arrays) }
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
  }

  private static func arrays(
    x: NumericArray = NumericArray([0.0], shape: [1, 1]), y: NumericArray = NumericArray([0])
  ) -> NamedArrays {
    [
      "t": NumericArray([0.0]), "x": x, "y": y, "x_test": NumericArray([0.0], shape: [1, 1]),
      "y_test": NumericArray([0]),
    ]
  }

  @Test("a part of the templates is left alone, like every other array that is not needed")
  func partialTemplates() throws {
    var arrays: NamedArrays = [:]
    for (name, array) in try Golden.dataset().named() where name != "templates_t" {
      _ = arrays.append(array, named: name)
    }
    let dataset = try Dataset(named: arrays)
    #expect(try dataset.templates == nil && dataset.x == Golden.dataset().x)
  }

  @Test("a pickle that is no dictionary of arrays is refused")
  func wrongPickles() throws {
    guard case .dictionary(let good) = try Golden.dataset().pickleValue() else {
      Issue.record("a dataset should become a dictionary")
      return
    }
    var listed: NamedValues<PickleValue> = [:]
    for (name, value) in good { _ = listed.append(name == "y" ? .string("7") : value, named: name) }
    let cases: [(String, PickleValue)] = [
      ("holds a list", .list([])),
      ("\"y\" should be an array, and is a string", .dictionary(listed)),
      ("templates should be a dictionary", .dictionary(["templates": .int(1)])),
      ("templates: there is no array", .dictionary(["templates": .dictionary([:])])),
    ]
    for (reason, value) in cases {
      let error = #expect(throws: FormatError.self) { try Dataset(pickle: value) }
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
  }

  @Test("a value outside the range of float32 is not written as float32")
  func float32Range() throws {
    let dataset = try dataset(t: [0, 1e300])
    for format in DatasetFormat.allCases where format != .csv {
      #expect(throws: FormatError.self) { try format.encode(dataset, precision: .float32) }
    }
  }

  @Test(
    "a table that is no dataset is refused",
    arguments: [
      ("", "empty"),
      ("split,label\nt,\n", "no x0"),
      ("split,x0\ntrain,1\n", "no label"),
      ("y,x0\n1,1\n", "no split"),
      ("split,label,x0,x2\nt,,1,2\n", "no x1"),
      ("split,label,x0,x0\ntrain,1,1,2\n", "two columns named \"x0\""),
      ("split,label,x0\nt,,1\nt,,1\n", "line 3"),
      ("split,label,x0\nt,5,1\n", "line 2"),
      ("split,label,x0\ntrain,1\n", "line 2: it should have 3 fields"),
      ("split,label,x0\ntrain,1,2,3\n", "line 2: it should have 3 fields"),
      ("split,label,x0\ntrain,1.5,2\n", "y[0] is \"1.5\""),
      ("split,label,x0\ntrain,-1,2\n", "y[0] is -1"),
      ("split,label,x0\ntrain,10000,2\n", "y[0] is 10000"),
      ("split,label,x0\ntrain,,2\n", "y[0] is empty"),
      ("split,label,x0\nvalid,1,2\n", "line 2: the split \"valid\""),
      ("split,label,x0\ntrain,1,2\ntest,1,0x10\n", "line 3: x_test[0, 0] is \"0x10\""),
      ("split,label,x0\ntrain,1,nan\n", "x[0, 0] is \"nan\""),
      ("split,label,x0\ntrain,1,\n", "x[0, 0] is empty"),
      ("split,label,x0\ntrain,1,1e999\n", "x[0, 0] is inf"),
      ("split,label,x0\ntrain,1,1,5\n", "line 2"),
      ("split;label;x0\ntrain;1;1,5,5\n", "x[0, 0] is \"1,5,5\""),
      ("split,label,x0\ntrain,1,\"2\n", "line 2 opens a quote"),
    ])
  func wrongTables(_ text: String, _ reason: String) {
    let error = #expect(throws: FormatError.self) {
      try DatasetFormat.csv.decode(Array(text.utf8))
    }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }
}
