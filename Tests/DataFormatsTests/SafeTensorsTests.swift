import Storage
import DataFormats
import Testing

@Suite("SafeTensors")
struct SafeTensorsTests {
  private static let metadata = ["model": "mlp \"small\"\n\u{1} größe"]

  private func file(_ header: String, content: [UInt8] = []) -> [UInt8] {
    let size = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + Array(header.utf8)
      + content
  }

  @Test("what the reference library writes is read bit for bit")
  func reads() throws {
    let content = try SafeTensors.decode(Golden.bytes("written.safetensors"))
    #expect(try content.tensors.exact == Golden.arrays("arrays.json"))
    #expect(content.metadata == Self.metadata)
  }

  @Test("tensors are written as the bytes that the reference library gives")
  func writes() throws {
    let arrays = try NPZ.decode(Golden.bytes("written.npz"))
    let bytes = try SafeTensors(tensors: arrays, metadata: Self.metadata).encode()
    #expect(try bytes == Golden.bytes("written.safetensors"))
  }

  @Test("float16, bfloat16 and small integers are widened without loss")
  func widens() throws {
    let content = try SafeTensors.decode(Golden.bytes("halves.safetensors"))
    #expect(try content.tensors.exact == Golden.arrays("halves.json"))
  }

  @Test("a file without tensors is written and read")
  func empty() throws {
    let empty = SafeTensors(tensors: [:])
    #expect(try SafeTensors.decode(empty.encode()) == empty)
  }

  @Test("metadata of several texts are written in one order")
  func metadataOrder() throws {
    let texts = Dictionary(uniqueKeysWithValues: (0..<20).map { ("key\($0)", "\($0)") })
    let again = Dictionary(uniqueKeysWithValues: (0..<20).reversed().map { ("key\($0)", "\($0)") })
    let bytes = try SafeTensors(tensors: [:], metadata: texts).encode()
    #expect(try bytes == SafeTensors(tensors: [:], metadata: again).encode())
    #expect(try SafeTensors.decode(bytes).metadata == texts)
  }

  @Test("what the reference library refuses is refused")
  func refuses() throws {
    for (name, hex) in try Golden.json("refused_safetensors.json", as: [String: String].self) {
      #expect(throws: FormatError.self, "\(name)") {
        try SafeTensors.decode(Golden.unhex(hex))
      }
    }
  }

  @Test(
    "keys that are there twice are refused",
    arguments: [
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
        + #""a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
      #"{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"__metadata__":{"b":"","\u0062":""}}"#,
    ])
  func duplicates(_ header: String) {
    let error = #expect(throws: FormatError.self) {
      try SafeTensors.decode(file(header, content: [1]))
    }
    #expect(error?.description.contains("twice") == true)
  }

  @Test(
    "a header that is not strict JSON of the known form is refused",
    arguments: [
      "", "{", "[]", " {}", "{}x", #"{"a""#, #"{"a":}"#, #"{"a":1}"#, #"{"a":{}}"#, #"{"a":null}"#,
      #"{"__metadata__":{"a":"\x"}}"#, #"{"__metadata__":{"a":"\ud800"}}"#,
      #"{"__metadata__":{"a":"\u00g0"}}"#, #"{"__metadata__":{"a":"\u+123"}}"#,
      #"{"__metadata__":{"a":"}}"#, #"{"__metadata__":{"a":"b",}}"#,
      "{\"__metadata__\":{\"\n\":\"\"}}",
      #"{"a":{"dtype":"U8","shape":[01],"data_offsets":[0,1]}}"#,
      #"{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}"#,
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}"#,
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,99999999999999999999]}}"#,
      #"{"a":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}"#,
    ])
  func badHeaders(_ header: String) {
    #expect(throws: FormatError.self) { try SafeTensors.decode(file(header, content: [1])) }
  }

  @Test("escapes and surrogate pairs in texts are read")
  func escapes() throws {
    let header = #"{"__metadata__":{"\ud83d\ude00":"\"\\\/\b\f\n\r\t\u00e9"} }"#
    let content = try SafeTensors.decode(file(header))
    #expect(content.metadata == ["😀": "\"\\/\u{8}\u{C}\n\r\té"])
  }

  @Test(
    "a header size beyond the limit or the file is refused",
    arguments: [100_000_001, 10_000_000_000, UInt64.max, 3])
  func headerSize(_ size: UInt64) {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + Array("{}".utf8)
    #expect(throws: FormatError.self) { try SafeTensors.decode(bytes) }
  }

  @Test("tensors that promise 10 GB are refused")
  func largeTensor() {
    let header = #"{"a":{"dtype":"U8","shape":[10000000000],"data_offsets":[0,10000000000]}}"#
    #expect(throws: FormatError.self) { try SafeTensors.decode(file(header)) }
  }

  @Test("a tensor with the name of the metadata is not written")
  func reservedName() {
    let content = SafeTensors(tensors: ["__metadata__": NumericArray([1])])
    #expect(throws: FormatError.self) { try content.encode() }
  }
}
