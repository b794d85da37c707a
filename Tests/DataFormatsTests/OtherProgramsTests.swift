import MNIST1D
import Storage
import DataFormats
import Testing

@Suite("Datasets of other programs")
struct OtherProgramsTests {
  private static let wanted = [0.5, 1, 2, 3, -4, 5]

  @Test(
    "a table is read as R, NumPy's savetxt and pandas write it",
    arguments: [
      // R's write.csv, write.csv2 and write.table
      "\"\",\"split\",\"label\",\"x0\",\"x1\"\n\"1\",\"train\",3,0.5,1\n\"2\",\"train\",4,2,3\n\"3\",\"test\",5,-4,5\n",
      "\"\";\"split\";\"label\";\"x0\";\"x1\"\n\"1\";\"train\";3;0,5;1\n\"2\";\"train\";4;2;3\n\"3\";\"test\";5;-4;5\n",
      "\"split\" \"label\" \"x0\" \"x1\"\n\"1\" \"train\" 3 0.5 1\n\"2\" \"train\" 4 2 3\n\"3\" \"test\" 5 -4 5\n",
      "\"split\"\t\"label\"\t\"x0\"\t\"x1\"\n\"a\"\t\"train\"\t3\t0.5\t1\n\"b\"\t\"train\"\t4\t2\t3\n\"c\"\t\"test\"\t5\t-4\t5\n",
      // numpy.savetxt
      "# split,label,x0,x1\ntrain,3,5e-01,1\ntrain,4,2,3\ntest,5,-4,5\n",
      "split  label  x0  x1 \ntrain  3  5e-01  1 \ntrain 4   2  3\ntest  5   -4  5\n",
      // A header of comments, some with blanks and separators in them
      "# made by hand; with care, twice\n  \nsplit,label,x0,x1\ntrain,3,0.5,1\ntrain,4,2,3\ntest,5,-4,5\n",
    ])
  func tables(_ text: String) throws {
    let dataset = try DatasetFormat.csv.decode(Array(text.utf8))
    #expect(dataset.x.values + dataset.xTest.values == Self.wanted)
    #expect(dataset.y + dataset.yTest == [3, 4, 5])
  }

  @Test(
    "a table that would lose values is refused",
    arguments: [
      ("split,label,x0,x1 # c\ntrain,3,0.5,1 # c\n", "\"x1 # c\" should be x1"),
      ("split,label,x0,x1\n7,train,3,0.5\n", "line 2: the split \"7\""),
      ("split,label,x0,x1\ntrain,3,0.5,1\ntrain,4,2\n", "line 3: it should have 4 fields"),
      ("split,label,x0,x1\ntrain,3,0.5,1,2\n", "line 2: it should have 4 fields"),
      ("s\0p\0l\0i\0t\0,\0l\0a\0b\0e\0l\0,\0x\0", "UTF-16"),
    ])
  func refusedTables(text: String, reason: String) {
    let error = #expect(throws: FormatError.self) {
      try DatasetFormat.csv.decode(Array(text.utf8))
    }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test("a name that starts with a byte order mark is written so that it stays")
  func byteOrderMark() throws {
    let table = try CSVTable.decode(Array("\u{FEFF}\u{FEFF}a,b\n1,2\n".utf8))
    #expect(table.columns.first?.unicodeScalars.elementsEqual("\u{FEFF}a".unicodeScalars) == true)
    #expect(try CSVTable.decode(table.encode()) == table)
  }

  private static func dictionary(x: PickleValue) -> PickleValue {
    .dictionary([
      "x": x, "y": .tuple([.int(3), .float(4)]),
      "x_test": .list([.array(NumericArray([-4.0, 5]))]), "y_test": .list([.bool(true)]),
    ])
  }

  @Test("a pickle may hold lists and tuples of numbers in the place of arrays")
  func lists() throws {
    let x = PickleValue.list([
      .list([.float(0.5), .int(1)]),
      .tuple([.array(NumericArray(shape: [], elements: .uint8([2]))), .int(3)]),
    ])
    let dataset = try Dataset(pickle: Self.dictionary(x: x))
    #expect(dataset.x.values + dataset.xTest.values == Self.wanted)
    #expect(dataset.y + dataset.yTest == [3, 4, 1])
  }

  @Test("a list that is no array is refused by the place of what does not fit")
  func wrongLists() {
    let row = PickleValue.list([.int(1), .int(2)])
    let cases: [(PickleValue, String)] = [
      (.list([row, .list([.int(1)])]), "x[1] is a list of 1, and should be an array of shape [2]"),
      (.list([row, .list([.int(1), .none])]), "x[1, 1] is None, and should be a number"),
      (.list([row, .string("a")]), "x[1] is a string"),
      (.list([row, row, .list([row, row])]), "x[2, 0] is a list of 2, and should be a number"),
      (.int(1), "\"x\" should be an array, and is an integer"),
    ]
    for (x, reason) in cases {
      let error = #expect(throws: FormatError.self) {
        try Dataset(pickle: Self.dictionary(x: x))
      }
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
  }

  @Test("arrays are found behind the backslashes of Windows, and labels and times in one row")
  func folders() throws {
    let dataset = try DatasetFormat.npz.decode(
      NPZ.encode([
        "data\\x": NumericArray([0.5, 1, 2, 3], shape: [2, 2]),
        "data\\y": NumericArray(shape: [1, 2], elements: .uint8([3, 4])),
        "data\\x_test": NumericArray([-4.0, 5], shape: [1, 2]), "data\\y_test": NumericArray([5]),
        "data\\t": NumericArray([0.0, 1], shape: [1, 2]),
      ]))
    #expect(dataset.x.values + dataset.xTest.values == Self.wanted)
    #expect(dataset.y + dataset.yTest == [3, 4, 5])
  }
}
