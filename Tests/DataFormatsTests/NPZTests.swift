import Storage
import DataFormats
import Testing

@Suite("NPZ")
struct NPZTests {
  @Test(
    "what NumPy writes is read bit for bit",
    arguments: ["numpy.npz", "streamed.npz", "written.npz"])
  func readsNumPy(_ name: String) throws {
    #expect(try NPZ.decode(Golden.bytes(name)).exact == Golden.arrays("arrays.json"))
  }

  @Test("what NumPy compresses is read bit for bit")
  func readsCompressed() throws {
    var expected = try Golden.arrays("arrays.json")
    expected["long"] = ExactArray(NumericArray((0..<700).map { $0 % 9 }))
    #expect(try NPZ.decode(Golden.bytes("numpy_compressed.npz")).exact == expected)
  }

  @Test("other element types, byte orders and column-major arrays are converted without loss")
  func widens() throws {
    #expect(
      try NPZ.decode(Golden.bytes("foreign.npz")).exact == Golden.arrays("foreign.json"))
  }

  @Test("arrays are written as the bytes that zipfile and numpy.save give")
  func writesGolden() throws {
    let golden = try Golden.bytes("written.npz")
    #expect(try NPZ.encode(NPZ.decode(golden)) == golden)
  }

  @Test("an archive without arrays is written and read")
  func empty() throws {
    #expect(try NPZ.decode(NPZ.encode([:])).isEmpty)
  }

  @Test("a file that would pass 4 GiB is refused before it is made")
  func largeFiles() throws {
    let arrays: NamedArrays = ["x": NumericArray([0.0, 0.0])]
    let error = #expect(throws: FormatError.self) {
      try NPZ.encode(arrays, largestSize: 1000)
    }
    #expect(error?.description.contains("4 GiB") == true)
  }

  @Test("compressed arrays that together pass the limit are refused before they are unpacked")
  func unpackingLimit() throws {
    let bytes = try Golden.bytes("numpy_compressed.npz")
    _ = try NPZ.decode(bytes, limit: 8000)
    let error = #expect(throws: FormatError.self) { try NPZ.decode(bytes, limit: 6000) }
    #expect(error?.description.contains("unpacks to more than 6000 bytes") == true)
  }

  @Test("two arrays of one name are refused")
  func duplicates() throws {
    let arrays: NamedArrays = ["a": NumericArray([1]), "b": NumericArray([2])]
    var bytes = try NPZ.encode(arrays)
    for index in bytes.indices where bytes[index...].starts(with: "b.npy".utf8) {
      bytes[index] = UInt8(ascii: "a")
    }
    let error = #expect(throws: FormatError.self) { try NPZ.decode(bytes) }
    #expect(error?.description.contains("twice") == true)
  }

  @Test("entries that share their bytes are refused")
  func overlap() throws {
    let arrays: NamedArrays = ["a": NumericArray([1]), "a2": NumericArray([2])]
    var bytes = try NPZ.encode(arrays)
    // Point the second directory record, which ends before the last 22 bytes, at the first entry.
    let offset = bytes.count - 22 - "a2.npy".utf8.count - 4
    for index in 0..<4 { bytes[offset + index] = 0 }
    #expect(throws: FormatError.self) { try NPZ.decode(bytes) }
  }

  @Test("a changed element is found by its checksum")
  func checksum() throws {
    var bytes = try NPZ.encode(["a": NumericArray([1.0])])
    bytes[30 + "a.npy".utf8.count + 128] ^= 1
    let error = #expect(throws: FormatError.self) { try NPZ.decode(bytes) }
    #expect(
      error?.description == "the entry \"a.npy\": the data do not match their checksum")
  }

  @Test("an encrypted array and one of an unknown compression are refused")
  func otherEntries() throws {
    let good = try NPZ.encode(["a": NumericArray([1.0])])
    let record = good.count - 22 - "a.npy".utf8.count - 46
    for (offset, value) in [(8, UInt8(1)), (10, 12)] {
      var bytes = good
      bytes[record + offset] = value
      let error = #expect(throws: FormatError.self) { try NPZ.decode(bytes) }
      #expect(error?.description.contains("stored or deflated") == true)
    }
  }

  @Test("files that are no arrays are left alone")
  func otherFiles() throws {
    let good = try NPZ.encode(["a": NumericArray([1.0])])
    let renamed = good.replacing("a.npy", with: "a.txt").replacing("a.npy", with: "a.txt")
    #expect(try NPZ.decode(renamed).isEmpty)
  }

  @Test("bytes before and after the archive are left alone")
  func surroundings() throws {
    let good = try Golden.bytes("written.npz")
    let expected = try NPZ.decode(good)
    #expect(try NPZ.decode(good + [0]) == expected)
    #expect(try NPZ.decode([0] + good) == expected)
    #expect(try NPZ.decode(Array("PK".utf8) + good + Array("PK\u{5}\u{6}".utf8)) == expected)
  }

  @Test("an array that unpacks to far more than it is packed in is refused by the header alone")
  func bomb() throws {
    let error = #expect(throws: FormatError.self) { try NPZ.decode(Self.bomb(claiming: 300 << 20)) }
    #expect(error?.description.contains("which no signals do") == true)
    let mismatch = #expect(throws: FormatError.self) {
      try NPZ.decode(Self.bomb(claiming: 1 << 20))
    }
    #expect(mismatch?.description.contains("should take") == true)
  }

  /// An archive whose one array has the shape [39321600], 300 MB, and is stored deflated in 320 KB that claim a size.
  private static func bomb(claiming size: Int) throws -> [UInt8] {
    var bytes = try NPZ.encode(["a": NumericArray([Double](repeating: 0, count: 40_000))])
    bytes = bytes.replacing("(40000,), }                ", with: "(39321600,), }             ")
    // One stored block of the header, and what follows does not matter.
    let content = 30 + "a.npy".utf8.count
    let block: [UInt8] = [0, 128, 0, 127, 255]
    bytes.replaceSubrange(
      content..<(content + 133), with: block + bytes[content..<(content + 128)])
    let record = bytes.count - 22 - "a.npy".utf8.count - 46
    for method in [8, record + 10] { bytes[method] = 8 }
    for shift in 0..<4 {
      bytes[record + 24 + shift] = UInt8(truncatingIfNeeded: (size + 128) >> (8 * shift))
    }
    return bytes
  }
}

@Suite("Inflate")
struct InflateTests {
  private struct Case: Decodable {
    let plain: String
    let deflated: String
  }

  @Test("stored, fixed and dynamic blocks of zlib give the original back")
  func decodes() throws {
    for (name, example) in try Golden.json("deflate.json", as: [String: Case].self) {
      let plain = Golden.unhex(example.plain)
      let input = Golden.unhex(example.deflated)
      #expect(try Inflate.decode(input[...], size: plain.count) == plain, "\(name)")
    }
  }

  @Test("a size one too small or too large, missing bytes and trailing bytes are errors")
  func sizes() throws {
    for (name, example) in try Golden.json("deflate.json", as: [String: Case].self) {
      let size = example.plain.utf8.count / 2
      let input = Golden.unhex(example.deflated)
      #expect(throws: FormatError.self, "\(name)") {
        try Inflate.decode(input[...], size: size + 1)
      }
      #expect(throws: FormatError.self, "\(name)") {
        try Inflate.decode((input + [0])[...], size: size)
      }
      #expect(throws: FormatError.self, "\(name)") {
        try Inflate.decode(input.dropLast(), size: size)
      }
      if size > 0 {
        #expect(throws: FormatError.self, "\(name)") {
          try Inflate.decode(input[...], size: size - 1)
        }
      }
    }
  }

  @Test(
    "damaged blocks are errors",
    arguments: [
      [0x07],  // the reserved block type
      [0x01, 0x01, 0x00, 0x00, 0x00, 0x2A],  // a length whose complement is wrong
      [0x03, 0x02],  // a distance before the start
      [0x05, 0x00, 0x00, 0x00],  // a dynamic block whose code lengths are all zero
      [0xFD, 0xFF, 0xFF, 0xFF, 0xFF],  // too many literal codes
    ] as [[UInt8]])
  func damaged(_ input: [UInt8]) {
    #expect(throws: FormatError.self) { try Inflate.decode(input[...], size: 1) }
  }
}
