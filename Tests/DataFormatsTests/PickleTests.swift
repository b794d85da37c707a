import MNIST1D
import Storage
import DataFormats
import Testing

@Suite("Pickle")
struct PickleTests {
  /// The plain values that the golden pickles hold.
  private static let plain: PickleValue = .dictionary([
    "none": .none,
    "truths": .list([.bool(true), .bool(false)]),
    "integers": .list(
      [
        0, 255, 256, 65535, 65536, -1, -129, 2_147_483_647, 2_147_483_648, -2_147_483_649,
        .max, .min,
      ].map { .int($0) }),
    "float": .float(0.1),
    "texts": .list([.string(""), .string("größe"), .string(String(repeating: "x", count: 300))]),
    "bytes": .list([
      .bytes([]), .bytes([0xFF, 0]), .bytes([UInt8](repeating: UInt8(ascii: "y"), count: 300)),
    ]),
    "tuples": .tuple((0...4).map { count in .tuple((0..<count).map { .int($0 + 1) }) }),
    "lists": .list([.list([]), .list([.list([])]), .list([.none])]),
    "nested": .dictionary(["one": .dictionary(["two": .dictionary([:])])]),
  ])

  private struct Refused: Decodable {
    let hex: String
    let reason: String
  }

  @Test("plain values of protocols 2 to 5 are read", arguments: 2...5)
  func readsPlainValues(_ version: Int) throws {
    #expect(try Pickle.decode(Golden.bytes("values_protocol\(version).pkl")) == Self.plain)
  }

  @Test("scalars, shared, empty and column-major arrays are read", arguments: 2...5)
  func readsArrays(_ version: Int) throws {
    let shared = PickleValue.array(NumericArray([0, 1, 2]))
    let expected: PickleValue = .dictionary([
      "scalars": .list([
        .array(NumericArray([0.1], shape: [])), .array(NumericArray([0.1 as Float], shape: [])),
        .array(NumericArray([-7], shape: [])),
        .array(NumericArray(shape: [], elements: .bool([true]))),
      ]),
      "empty": .array(NumericArray([] as [Double], shape: [0, 3])),
      "big endian": .array(NumericArray([0.1])),
      "column-major": .array(NumericArray([0.0, 1, 2, 3, 4, 5], shape: [2, 3])),
      "twice": .list([shared, shared]),
      "truths": .array(NumericArray(shape: [2], elements: .bool([true, false]))),
    ])
    #expect(try Pickle.decode(Golden.bytes("numpy_protocol\(version).pkl")) == expected)
  }

  @Test(
    "the reference's dictionary is read with the module names of NumPy 1 and 2",
    arguments: 2...5, ["", "_numpy1"])
  func readsDataset(_ version: Int, _ modules: String) throws {
    let bytes = try Golden.bytes("dataset_protocol\(version)\(modules).pkl")
    let dataset = try Dataset(pickle: Pickle.decode(bytes))
    #expect(try dataset.named().exact == Golden.arrays("dataset.json"))
  }

  @Test("the reference's dictionary is written as the bytes that Python's pickler gives")
  func writesDataset() throws {
    let bytes = try Pickle.encode(Golden.dataset().pickleValue())
    #expect(try bytes == Golden.bytes("written_dataset.pkl"))
  }

  @Test("plain values are written as the bytes that Python's pickler gives")
  func writesPlainValues() throws {
    #expect(try Pickle.encode(Self.plain) == Golden.bytes("written_values.pkl"))
  }

  @Test("what else a pickle may ask for is refused by name")
  func refuses() throws {
    let cases = try Golden.json("refused_pickles.json", as: [String: Refused].self)
    for (name, refused) in cases {
      let error = #expect(throws: FormatError.self, "\(name)") {
        try Pickle.decode(Golden.unhex(refused.hex))
      }
      #expect(error?.description.contains(refused.reason) == true, "\(name): \(error!)")
    }
  }

  @Test("a dataset is read, and entries that hold no numbers are left alone, as in an npz file")
  func extraEntries() throws {
    let files = try Golden.json("extra_entries.json", as: [String: String].self)
    for (name, hex) in files where name != "wanted" {
      let format = name == "npz" ? DatasetFormat.npz : .pickle
      let dataset = try format.decode(Golden.unhex(hex))
      #expect(dataset.x.values == [0.5, 1] && dataset.xTest.values == [-4, 5], "\(name)")
      #expect(dataset.y == [3] && dataset.yTest == [4], "\(name)")
    }
    #expect(files.count == 8)
  }

  @Test("an entry that a dataset needs is refused by its name where it holds no numbers")
  func wantedEntry() throws {
    let files = try Golden.json("extra_entries.json", as: [String: String].self)
    let bytes = try Golden.unhex(#require(files["wanted"]))
    let error = #expect(throws: FormatError.self) { try DatasetFormat.pickle.decode(bytes) }
    #expect(
      error?.description.contains("the entry \"x\": the dtype 'O8' is Python objects") == true)
  }

  @Test("an extra entry may ask for no function either")
  func extraFunction() {
    for name in ["extra", "x"] {
      let program = "}X\(Unicode.Scalar(UInt8(name.utf8.count)))\0\0\0\(name)cos\nsystem\n)Rs."
      let error = #expect(throws: FormatError.self) {
        try DatasetFormat.pickle.decode([0x80, 2] + Array(program.utf8))
      }
      #expect(error?.description.contains("asks for os.system, which is refused") == true)
    }
  }

  @Test(
    "programs that do not fit together are errors",
    arguments: [
      "\u{2}", "\u{2}.", "\u{2}(.", "\u{2}(N.", "\u{2}NN.", "\u{2}t.", "\u{2}0.", "\u{2}h\u{0}.",
      "\u{2}(q\u{0}.", "\u{2}]Na.N", "\u{2}Na.", "\u{2}}Ns.", "\u{2}}(Nu.", "\u{2}}(NNu.",
      "\u{2}NNR.", "\u{2}NNb.", "\u{2}cnumpy\nndarray\n.", "\u{2}cnumpy\nndarray\n)R.",
      "\u{2}cnumpy\ndtype\n)R.", "\u{2}cbuiltins\nbytes\nK\u{1}R.", "\u{6}N.",
    ])
  func damaged(_ program: String) {
    #expect(throws: FormatError.self) { try Pickle.decode([0x80] + Array(program.utf8)) }
  }

  @Test("a key that is there twice is refused")
  func duplicates() {
    let program = "}(X\u{1}\0\0\0aNX\u{1}\0\0\0aNu."
    #expect(throws: FormatError.self) { try Pickle.decode([0x80, 2] + Array(program.utf8)) }
  }

  @Test("bytes that the memo turns into more arrays than the file has room for are refused")
  func amplification() throws {
    // A list of arrays of 200 bytes. The first puts what it is made of into the memo, and the
    // others take it from there.
    let content = [UInt8](repeating: 7, count: 200)
    let shapeAndOrder = Array("K".utf8) + [200, 0x85] + Array("X\u{1}\0\0\0CtR".utf8)
    let first =
      Array("cnumpy.core.numeric\n_frombuffer\nq\0(C".utf8) + [200] + content
      + Array("q\u{2}cnumpy\ndtype\nX\u{2}\0\0\0u1".utf8) + [0x85] + Array("Rq\u{1}".utf8)
      + shapeAndOrder
    let again = Array("h\0(h\u{2}h\u{1}".utf8) + shapeAndOrder
    func program(count: Int) -> [UInt8] {
      [0x80, 3] + Array("](".utf8) + first
        + [[UInt8]](repeating: again, count: count - 1).joined() + Array("e.".utf8)
    }
    let expected = PickleValue.array(NumericArray(shape: [200], elements: .uint8(content)))
    #expect(try Pickle.decode(program(count: 2)) == .list([expected, expected]))
    let error = #expect(throws: FormatError.self) { try Pickle.decode(program(count: 100)) }
    #expect(error?.description.contains("larger than the file") == true)
  }

  @Test("ten thousand nested lists are refused without exhausting the stack")
  func nesting() {
    let lists = [UInt8](repeating: UInt8(ascii: "]"), count: 10_000)
    let appends = [UInt8](repeating: UInt8(ascii: "a"), count: 9_999)
    let error = #expect(throws: FormatError.self) {
      try Pickle.decode([0x80, 2] + lists + appends + Array(".".utf8))
    }
    #expect(error?.description.contains("deep") == true)
  }

  @Test("more values than any dataset has are refused")
  func manyValues() {
    let nones = [UInt8](repeating: UInt8(ascii: "N"), count: (1 << 20) + 1)
    let error = #expect(throws: FormatError.self) {
      try Pickle.decode([0x80, 2] + Array("(".utf8) + nones + Array("t.".utf8))
    }
    #expect(error?.description.contains("1048576") == true)
  }
}
