import Storage

extension PickleMachine {
  /// The functions and types that a pickle may name. None is ever looked up or called: each stands
  /// for what the machine does in its place.
  enum Global {
    /// `_reconstruct`: an empty array that a later operation fills.
    case reconstruct
    /// `ndarray`, the type that `_reconstruct` is asked for.
    case arrayType
    /// `dtype`: an element type from its code.
    case elementType
    /// `scalar`: one number from its dtype and bytes.
    case scalar
    /// `_frombuffer`: a whole array, in protocol 5.
    case fromBuffer
    /// `encode`: how protocol 2 spells bytes.
    case encode
    /// `bytes`: how protocol 2 spells no bytes.
    case bytes
    /// `bytearray`: bytes, or a text that stands for them.
    case byteArray
    /// `OrderedDict`: a dictionary.
    case dictionary

    init(module: String, name: String) throws(FormatError) {
      switch (module, name) {
      case ("numpy.core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "_reconstruct"):
        self = .reconstruct
      case ("numpy", "ndarray"): self = .arrayType
      case ("numpy", "dtype"): self = .elementType
      case ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"):
        self = .scalar
      case ("numpy.core.numeric", "_frombuffer"), ("numpy._core.numeric", "_frombuffer"):
        self = .fromBuffer
      case ("_codecs", "encode"): self = .encode
      case ("__builtin__", "bytes"), ("builtins", "bytes"): self = .bytes
      case ("__builtin__", "bytearray"), ("builtins", "bytearray"): self = .byteArray
      case ("collections", "OrderedDict"), ("__builtin__", "dict"), ("builtins", "dict"):
        self = .dictionary
      default:
        throw FormatError(
          "the pickle asks for \(module).\(name), which is refused: "
            + "only plain values and NumPy arrays are read")
      }
    }

    /// The name that a message gives.
    var name: String {
      switch self {
      case .reconstruct: "_reconstruct"
      case .arrayType: "numpy.ndarray"
      case .elementType: "numpy.dtype"
      case .scalar: "scalar"
      case .fromBuffer: "_frombuffer"
      case .encode: "_codecs.encode"
      case .bytes: "bytes"
      case .byteArray: "bytearray"
      case .dictionary: "OrderedDict"
      }
    }
  }

  /// Does what calling the function with these arguments would do in Python.
  mutating func apply(_ function: Global, to arguments: [Item]) throws(FormatError) {
    switch function {
    case .reconstruct:
      guard arguments.count == 3, case .global(.arrayType) = arguments[0] else {
        throw Self.damaged
      }
      push(.array(nil))
    case .elementType:
      // dtype(code, align, copy): the byte order follows in the state.
      guard (1...3).contains(arguments.count), let code = text(arguments[0]) else {
        throw Self.damaged
      }
      do throws(FormatError) {
        push(.type(try NumPyType(parsing: code)))
      } catch {
        push(.otherType(error))
      }
    case .scalar:
      guard arguments.count == 2 else { throw Self.damaged }
      push(try array(shape: [], arguments[0], .rowMajor, arguments[1]))
    case .fromBuffer:
      guard arguments.count == 4, let order = text(arguments[3]), order == "C" || order == "F"
      else { throw Self.damaged }
      push(
        try array(
          shape: shape(arguments[2]), arguments[1], order == "C" ? .rowMajor : .columnMajor,
          arguments[0]))
    case .encode:
      push(.bytes(try latin1(arguments)[...]))
    case .bytes:
      guard arguments.isEmpty else { throw Self.damaged }
      push(.bytes([]))
    case .byteArray:
      if arguments.isEmpty {
        push(.bytes([]))
      } else if arguments.count == 1, let content = bytes(arguments[0]) {
        push(.bytes(content))
      } else {
        push(.bytes(try latin1(arguments)[...]))
      }
    case .dictionary:
      guard arguments.isEmpty else { throw Self.damaged }
      push(.dictionary([:]))
    case .arrayType: throw Self.damaged
    }
  }

  /// Gives an element type its byte order, or an array its content.
  mutating func build(_ item: Item, from state: [Item]) throws(FormatError) {
    guard case .object(let index) = item else { throw Self.damaged }
    switch objects[index] {
    case .type(var type):
      // (version, byte order, subarray, names, fields, size, alignment, flags)
      guard state.count >= 5, let order = text(state[1]), "<>|=".contains(order),
        case .none = state[2], case .none = state[3], case .none = state[4]
      else {
        throw FormatError("the pickle has a structured dtype; arrays should hold plain numbers")
      }
      type.byteOrder = order == ">" ? .big : .little
      replace(index, by: .type(type))
    case .otherType: break
    case .array(nil):
      // (version, shape, dtype, whether column-major, content)
      guard state.count == 5, case .int(1) = state[0] else { throw Self.damaged }
      let isColumnMajor: Bool
      switch state[3] {
      case .bool(let flag): isColumnMajor = flag
      case .int(let flag) where flag == 0 || flag == 1: isColumnMajor = flag == 1
      default: throw Self.damaged
      }
      let array = try array(
        shape: shape(state[1]), state[2], isColumnMajor ? .columnMajor : .rowMajor, state[4])
      replace(index, by: array)
    default: throw Self.damaged
    }
  }

  /// An array of numbers, or what stands for one of something else.
  private mutating func array(
    shape: [Int], _ type: Item, _ order: ElementOrder, _ content: Item
  ) throws(FormatError) -> Object {
    guard case .object(let index) = type else { throw Self.damaged }
    if case .otherType(let error) = objects[index] { return .otherArray(error) }
    guard case .type(let type) = objects[index],
      let bytes = self.bytes(content)
    else { throw Self.damaged }
    try spend(bytes.count)
    return .array(
      try NumericArray(
        shape: shape, type: type.element, byteOrder: type.byteOrder, elementOrder: order,
        bytes: bytes))
  }

  private func shape(_ item: Item) throws(FormatError) -> [Int] {
    try tuple(item).map { size throws(FormatError) in
      guard case .int(let size) = size else { throw Self.damaged }
      return size
    }
  }

  /// The bytes of a text, whose encoding is named after it.
  private mutating func latin1(_ arguments: [Item]) throws(FormatError) -> [UInt8] {
    guard arguments.count == 2, let text = self.text(arguments[0]),
      let encoding = self.text(arguments[1]),
      encoding == "latin1" || encoding == "latin-1"
    else { throw Self.damaged }
    try spend(text.utf8.count)
    return try text.unicodeScalars.map { scalar throws(FormatError) in
      guard let byte = UInt8(exactly: scalar.value) else { throw Self.damaged }
      return byte
    }
  }
}
