import Foundation
import Storage
import Testing

@Suite("JSON")
struct JSONTests {
  struct Everything: Codable, Equatable {
    enum Kind: String, Codable, CaseIterable { case plain, fancy }
    struct Inner: Codable, Equatable { var b = 1.0, a = -0.0 }
    var zeta = 1
    var alpha: Double = 1
    var float: Float = 0.1
    var inner = Inner()
    var kind = Kind.fancy
    var absent: Int?
    var list = [[1, 2], []]
    var names = ["b": 1, "a": 2]
    var members: Set<Int> = [30, 4, 100]
    var bounds = 36...60
    var text = "a \"quote\", \\ \n\u{1} é 🙂"
    var bytes = Data([1, 2, 3])
    var link = URL(string: "https://example.org/a?b")!
  }

  @Test("of a value has sorted members, keeps 1 apart from 1.0 and spells what is absent")
  func canonicalForm() throws {
    #expect(
      try JSON(encoding: Everything()).canonical == """
        {"absent":null,"alpha":1.0,"bounds":[36,60],"bytes":"AQID","float":0.1,\
        "inner":{"a":-0.0,"b":1.0},"kind":"fancy","link":"https://example.org/a?b",\
        "list":[[1,2],[]],"members":[100,30,4],"names":{"a":2,"b":1},\
        "text":"a \\"quote\\", \\\\ \\n\\u0001 é 🙂","zeta":1}
        """)
  }

  @Test("decodes to the value that it encodes")
  func roundTrip() throws {
    let json = try JSON(encoding: Everything())
    #expect(try json.decode(Everything.self) == Everything())
    #expect(try JSON(reading: json.canonical).decode(Everything.self) == Everything())
    #expect(try JSON(reading: json.pretty) == json)
  }

  @Test("keeps every bit of a Float and a Double")
  func numbersKeepTheirBits() throws {
    var generator = SystemRandomNumberGenerator()
    var floats: [Float] = [0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity]
    var doubles: [Double] = [
      0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.infinity, 1e22, 1e16, 5,
    ]
    for _ in 0..<2000 {
      let float = Float(bitPattern: UInt32.random(in: 0 ... .max, using: &generator))
      let double = Double(bitPattern: UInt64.random(in: 0 ... .max, using: &generator))
      if !float.isNaN { floats.append(float) }
      if !double.isNaN { doubles.append(double) }
    }
    let readFloats = try JSON(reading: JSON(encoding: floats).canonical).decode([Float].self)
    #expect(readFloats.map(\.bitPattern) == floats.map(\.bitPattern))
    let readDoubles = try JSON(reading: JSON(encoding: doubles).canonical).decode([Double].self)
    #expect(readDoubles.map(\.bitPattern) == doubles.map(\.bitPattern))
    #expect(try JSON(encoding: [Double.nan]).decode([Double].self)[0].isNaN)
  }

  @Test("refuses a whole number beyond 64 bits instead of rounding it")
  func hugeNumber() {
    #expect(throws: EncodingError.self) { try JSON(encoding: [UInt128.max]) }
  }

  @Test(
    "that is malformed is refused",
    arguments: [
      "", "{", "[1,]", "[1 2]", "{\"a\" 1}", "{a:1}", "01", "1.", "-", "1e", "1e999", "tru",
      "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"",
      "\"\n\"", "\"", "nul", "[1]]", "NaN", "'a'",
    ])
  func malformed(text: String) {
    #expect(throws: JSON.SyntaxError.self) { try JSON(reading: text) }
  }

  @Test("that is not UTF-8 or nested without end is refused")
  func hostile() {
    #expect(throws: JSON.SyntaxError.self) { try JSON(reading: [0x22, 0xC3, 0x22]) }
    let nested = #expect(throws: JSON.SyntaxError.self) {
      try JSON(reading: String(repeating: "[", count: 1_000_000))
    }
    #expect(nested?.description == "expected at most 128 levels of nesting at byte 128")
  }

  @Test("reads every escape")
  func escapes() throws {
    #expect(
      try JSON(reading: #"  [ "\"\\\/\b\f\n\r\t\u0041\ud83d\ude42" ] "#)
        == ["\"\\/\u{8}\u{c}\n\r\tA🙂"])
  }

  @Test("for people keeps the order of its members and breaks long lines")
  func pretty() {
    let json: JSON = [
      "study": "toy", "list": [1, 2.5, nil, true],
      "long": .array((0..<40).map { .integer(1000 + $0) }),
    ]
    let lines = json.pretty.split(separator: "\n")
    #expect(lines[0] == "{")
    #expect(lines[1] == "  \"study\": \"toy\",")
    #expect(lines[2] == "  \"list\": [1, 2.5, null, true],")
    #expect(lines.allSatisfy { $0.count <= 100 })
  }
}

@Suite("SHA-256")
struct SHA256Tests {
  // FIPS 180-4's examples, and one that fills its blocks exactly.
  @Test(
    "agrees with the standard",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 64),
        "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"
      ),
      (
        String(repeating: "a", count: 55),
        "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"
      ),
    ])
  func standard(message: String, digest: String) {
    #expect(SHA256.hexadecimal(message.utf8) == digest)
  }
}
