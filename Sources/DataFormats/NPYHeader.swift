import Storage

/// The dictionary at the start of an npy file, as in
/// `{'descr': '<f8', 'fortran_order': False, 'shape': (4000, 40), }`.
///
/// NumPy evaluates the text as a Python literal. Only this one dictionary can be right, so this
/// parser knows nothing else.
struct NPYHeader {
  /// The element type, as the file spells it; nil for records.
  let typeName: String?
  let elementOrder: ElementOrder
  let shape: [Int]

  init(parsing bytes: ArraySlice<UInt8>) throws(FormatError) {
    var parser = Parser(rest: bytes)
    var typeName: String??
    var elementOrder: ElementOrder?
    var shape: [Int]?
    try parser.expect("{")
    while !parser.skip("}") {
      let key = try parser.string()
      try parser.expect(":")
      switch key {
      case "descr" where typeName == nil: typeName = .some(try parser.typeString())
      case "fortran_order" where elementOrder == nil:
        elementOrder = try parser.truth() ? .columnMajor : .rowMajor
      case "shape" where shape == nil: shape = try parser.tuple()
      default: throw FormatError("the npy header has the key '\(key)' twice or unexpectedly")
      }
      guard parser.skip(",") else {
        try parser.expect("}")
        break
      }
    }
    try parser.expectEnd()
    guard let typeName, let elementOrder, let shape else {
      throw FormatError("the npy header should have the keys descr, fortran_order and shape")
    }
    self.typeName = typeName
    self.elementOrder = elementOrder
    self.shape = shape
  }

  /// The element type.
  ///
  /// - Throws: An error where the array holds something else than plain numbers.
  var type: NumPyType {
    get throws(FormatError) {
      guard let typeName else {
        throw FormatError("the array has a structured dtype; it should hold plain numbers")
      }
      return try NumPyType(parsing: typeName)
    }
  }

  /// Whether the elements are numbers or truth values.
  var isNumeric: Bool { (try? type) != nil }
}

/// A parser of the few Python literals that the header holds.
private struct Parser {
  var rest: ArraySlice<UInt8>

  private mutating func skipSpaces() {
    rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }

  /// Skips `token`, and spaces before it, where it comes next.
  mutating func skip(_ token: StaticString) -> Bool {
    skipSpaces()
    return token.withUTF8Buffer { text in
      guard rest.starts(with: text) else { return false }
      rest = rest.dropFirst(text.count)
      return true
    }
  }

  mutating func expect(_ token: StaticString) throws(FormatError) {
    guard skip(token) else { throw unexpected("\(token)") }
  }

  mutating func expectEnd() throws(FormatError) {
    skipSpaces()
    guard rest.isEmpty else { throw unexpected("nothing more") }
  }

  mutating func string() throws(FormatError) -> String {
    let quote: UInt8
    // Python 2 and 3 differ in which strings they mark.
    _ = skip("u") || skip("b")
    if skip("'") {
      quote = UInt8(ascii: "'")
    } else {
      try expect("\"")
      quote = UInt8(ascii: "\"")
    }
    guard let end = rest.firstIndex(of: quote) else { throw unexpected("a closing quote") }
    let text = try String(strictUTF8: rest[..<end])
    rest = rest[(end + 1)...]
    return text
  }

  /// The text of a type, or nil for the list that describes a record, which is skipped.
  mutating func typeString() throws(FormatError) -> String? {
    guard skip("[") || skip("(") || skip("{") else { return try string() }
    var depth = 1
    while depth > 0 {
      skipSpaces()
      switch rest.first {
      case UInt8(ascii: "'"), UInt8(ascii: "\""): _ = try string()
      case UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "{"):
        depth += 1
        rest = rest.dropFirst()
      case UInt8(ascii: "]"), UInt8(ascii: ")"), UInt8(ascii: "}"):
        depth -= 1
        rest = rest.dropFirst()
      case nil: throw unexpected("the end of the record's description")
      default: rest = rest.dropFirst()
      }
    }
    return nil
  }

  mutating func truth() throws(FormatError) -> Bool {
    if skip("True") { return true }
    try expect("False")
    return false
  }

  mutating func tuple() throws(FormatError) -> [Int] {
    var sizes: [Int] = []
    try expect("(")
    while !skip(")") {
      sizes.append(try size())
      guard skip(",") else {
        // One value in parentheses is a number in Python, not a tuple.
        guard sizes.count > 1 else { throw unexpected("a comma") }
        try expect(")")
        break
      }
    }
    return sizes
  }

  private mutating func size() throws(FormatError) -> Int {
    skipSpaces()
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let size = Int(String(decoding: digits, as: UTF8.self)) else {
      throw unexpected("a size")
    }
    rest = rest.dropFirst(digits.count)
    // Python 2 spelt a long integer so.
    if rest.first == UInt8(ascii: "L") { rest = rest.dropFirst() }
    return size
  }

  private func unexpected(_ expected: String) -> FormatError {
    let found = String(decoding: rest.prefix(12).filter { (32..<127).contains($0) }, as: UTF8.self)
    return FormatError("the npy header should have \(expected) before \"\(found)\"")
  }
}
