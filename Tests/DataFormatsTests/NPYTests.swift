import Storage
import DataFormats
import Testing

@Suite("NPY")
struct NPYTests {
  private static let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }"

  /// A version 1.0 file with this header and this many bytes of content.
  private func file(_ header: String, content: Int = 16) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + [UInt8](repeating: 0, count: content)
  }

  @Test("versions 2 and 3 are read", arguments: [2, 3])
  func versions(_ version: Int) throws {
    let array = try NPY.decode(Golden.bytes("version\(version).npy"))
    #expect(try ExactArray(array) == Golden.arrays("arrays.json")["f8"])
  }

  @Test("headers are read in any order, with either quote, with and without the last comma")
  func headerSpellings() throws {
    let zeros = NumericArray([0.0, 0.0], shape: [2, 1])
    for header in [
      Self.header,
      "{\"shape\": (2, 1,), \"descr\": \"<f8\", \"fortran_order\": False}",
      "{'fortran_order':False,'shape':(2,1),'descr':'<f8'}   \n",
      "{'descr': u'<d', 'fortran_order': False, 'shape': (2L, 1L), }",
      "{'descr': 'float64',\t'fortran_order': False, 'shape': (2, 1), }\r\n",
      "{'descr': '=f8', 'fortran_order': False, 'shape': (2, 1), }",
    ] {
      #expect(try NPY.decode(file(header)) == zeros)
    }
  }

  @Test(
    "a header that is not exactly the expected dictionary is refused",
    arguments: [
      ("", "{"),
      ("{}", "keys descr"),
      (header + "1", "nothing more"),
      ("{'descr': '<f8', 'descr': '<f8', 'shape': (2,1), }", "twice or unexpectedly"),
      ("{'descr': '<f8', 'fortran_order': False, 'shape': (2,1), 'more': 1}", "unexpectedly"),
      ("{'descr': '<f8', 'fortran_order': 0, 'shape': (2,1), }", "False"),
      ("{'descr': '<f8', 'fortran_order': False, 'shape': (2), }", "a comma"),
      ("{'descr': '<f8', 'fortran_order': False, 'shape': [2, 1], }", "("),
      ("{'descr': '<f8', 'fortran_order': False, 'shape': (-2, -1), }", "a size"),
      ("{'descr': '<f8', 'fortran_order': False, 'shape': (0x2, 1), }", ")"),
      ("{'descr': '<f8', 'fortran_order': False, 'shape': (2, __import__('os')), }", "a size"),
      ("{'descr': '<f8, 'fortran_order': False, 'shape': (2, 1), }", "should have }"),
      ("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2, 1), }", "structured"),
      ("{'descr': '|O', 'fortran_order': False, 'shape': (2, 1), }", "'|O'"),
      ("{'descr': '<M8[s]', 'fortran_order': False, 'shape': (2, 1), }", "'<M8[s]'"),
      ("{'descr': '<c16', 'fortran_order': False, 'shape': (1, 1), }", "'<c16'"),
      ("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 1), }", "24 bytes"),
      ("{'descr': '<f8', 'fortran_order': False, 'shape': (1250000000,), }", "10000000000"),
      ("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "shape"),
      ("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }", "a size"),
    ])
  func badHeaders(_ header: String, _ reason: String) {
    let error = #expect(throws: FormatError.self) { try NPY.decode(file(header)) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test("an array with more axes than NumPy allows is refused")
  func manyAxes() {
    let shape = String(repeating: "1,", count: 65)
    let header = "{'descr': '|u1', 'fortran_order': True, 'shape': (\(shape)), }"
    #expect(throws: FormatError.self) { try NPY.decode(file(header, content: 1)) }
  }

  @Test("trailing bytes, another version and another magic string are refused")
  func damagedFrame() throws {
    let good = file(Self.header)
    _ = try NPY.decode(good)
    #expect(throws: FormatError.self) { try NPY.decode(good + [0]) }
    var other = good
    other[6] = 4
    #expect(throws: FormatError.self) { try NPY.decode(other) }
    other = good
    other[0] = 0x92
    #expect(throws: FormatError.self) { try NPY.decode(other) }
  }

  @Test("a truth value other than 0 and 1 is refused")
  func truthValues() {
    var bytes = NPY.encode(NumericArray(shape: [1], elements: .bool([true])))
    bytes[bytes.count - 1] = 2
    #expect(throws: FormatError.self) { try NPY.decode(bytes) }
  }

  @Test("an unsigned integer beyond int64 is refused")
  func largeIntegers() {
    let header = "{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }"
    let bytes = file(header, content: 0) + [UInt8](repeating: 0xFF, count: 8)
    #expect(throws: FormatError.self) { try NPY.decode(bytes) }
  }
}
