import Storage

/// The element types that files hold.
///
/// More than `NumericArray.Elements` has: the others are widened on reading and never written.
enum ElementType: CaseIterable {
  case float64, float32, float16, bfloat16
  case int64, int32, int16, int8
  case uint64, uint32, uint16, uint8
  case bool

  /// The size of one element in bytes.
  var size: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// NumPy's kind and size, without the byte order; NumPy itself has no bfloat16.
  var numPyCode: String? {
    switch self {
    case .float64: "f8"
    case .float32: "f4"
    case .float16: "f2"
    case .bfloat16: nil
    case .int64: "i8"
    case .int32: "i4"
    case .int16: "i2"
    case .int8: "i1"
    case .uint64: "u8"
    case .uint32: "u4"
    case .uint16: "u2"
    case .uint8: "u1"
    case .bool: "b1"
    }
  }

  /// The name in a safetensors header.
  var safeTensorsName: String {
    switch self {
    case .float64: "F64"
    case .float32: "F32"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .int64: "I64"
    case .int32: "I32"
    case .int16: "I16"
    case .int8: "I8"
    case .uint64: "U64"
    case .uint32: "U32"
    case .uint16: "U16"
    case .uint8: "U8"
    case .bool: "BOOL"
    }
  }
}

/// The order of the bytes within one element.
enum ByteOrder {
  case little, big
}

/// The order of the elements within an array.
enum ElementOrder {
  /// The last index varies fastest (C).
  case rowMajor
  /// The first index varies fastest (Fortran).
  case columnMajor
}

/// An element type as NumPy writes it, with its byte order: `<f8`, `>i4`, `|b1`.
struct NumPyType {
  var element: ElementType
  var byteOrder: ByteOrder

  /// Parses a type string or a type's name (`<d`, `float64`); a missing order, `=` and `|` stand for little-endian.
  init(parsing text: String) throws(FormatError) {
    let order = text.first.flatMap { "<>=|".contains($0) ? $0 : nil }
    let code = String(order == nil ? text[...] : text.dropFirst())
    guard
      let element = ElementType.allCases.first(where: { $0.numPyCode == code })
        ?? Self.names[code]
    else {
      throw FormatError(
        "the dtype '\(text.prefix(40))' is \(Self.kind(of: code)), which is not supported; it should be "
          + "a number of at most 64 bits or a truth value")
    }
    self.element = element
    byteOrder = order == ">" ? .big : .little
  }

  /// NumPy's other spellings: the names of types and C's one-letter codes.
  private static let names: [String: ElementType] = [
    "d": .float64, "double": .float64, "float": .float64, "float64": .float64, "float_": .float64,
    "f": .float32, "single": .float32, "float32": .float32,
    "e": .float16, "half": .float16, "float16": .float16, "bfloat16": .bfloat16,
    "q": .int64, "l": .int64, "p": .int64, "int": .int64, "int64": .int64, "longlong": .int64,
    "int_": .int64, "intp": .int64, "long": .int64,
    "i": .int32, "int32": .int32, "intc": .int32,
    "h": .int16, "int16": .int16, "short": .int16, "b": .int8, "int8": .int8, "byte": .int8,
    "Q": .uint64, "L": .uint64, "P": .uint64, "uint": .uint64, "uint64": .uint64, "uintp": .uint64,
    "I": .uint32, "uint32": .uint32, "H": .uint16, "uint16": .uint16, "B": .uint8, "uint8": .uint8,
    "ubyte": .uint8, "?": .bool, "bool": .bool, "bool_": .bool, "bool8": .bool,
  ]

  /// What the types are that cannot be read.
  private static func kind(of code: String) -> String {
    switch code.first {
    case "O", "o": "Python objects"
    case "U", "S", "a", "s": "text"
    case "c", "F", "D", "G": "complex numbers"
    case "M", "m", "t": "dates or times"
    case "V", "v": "records or raw bytes"
    case "f", "g", "l": "floating-point numbers of more than 64 bits"
    default: "an unknown type"
    }
  }
}

extension NumericArray.Elements {
  var type: ElementType {
    switch self {
    case .float64: .float64
    case .float32: .float32
    case .int64: .int64
    case .int32: .int32
    case .uint8: .uint8
    case .bool: .bool
    }
  }
}
