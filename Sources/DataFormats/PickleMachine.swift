import Storage

/// The stack machine of the pickle format, for plain values and NumPy arrays only.
///
/// Containers live in `objects` and refer to each other by index: so the file can share values and
/// nest them as deeply as it likes without the machine recursing or leaking.
struct PickleMachine {
  /// A value on the stack or in the memo.
  enum Item {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    case bytes(ArraySlice<UInt8>)
    /// A string of Python 2, which is a text or the bytes of an array.
    case oldString(ArraySlice<UInt8>)
    case global(Global)
    case object(Int)
  }

  /// A value that others may refer to, and that may still change.
  enum Object {
    case tuple([Item])
    case list([Item])
    case dictionary(NamedValues<Item>)
    case type(NumPyType)
    case array(NumericArray?)
    /// An element type that is no number, with the error of whoever wants its arrays.
    case otherType(FormatError)
    /// An array of such elements, of which nothing is kept.
    case otherArray(FormatError)
  }

  /// The most objects, and the most stack and memo entries, that a file may ask for.
  private static let largestCount = 1 << 20
  /// The deepest that containers may nest.
  private static let largestDepth = 100

  var reader: ByteReader
  private(set) var objects: [Object] = []
  private var stack: [Item] = []
  private var marks: [Int] = []
  private var memo: [Int: Item] = [:]
  /// The finished objects, with what each comes to where it is written out.
  private var decoded: [Int: (value: PickleValue, extent: Extent)] = [:]
  private var extent = Extent()
  private let largestExtent: Extent
  private var budget: Int
  /// The keys of dictionaries whose values are wanted; nil where all are.
  private let wanted: Set<String>?

  init(_ bytes: [UInt8], wanting names: Set<String>?) {
    wanted = names
    reader = ByteReader(bytes[...])
    budget = 3 * bytes.count
    largestExtent = Extent(values: 1 << 22, bytes: 4 * bytes.count + 1 << 20)
  }

  /// Runs the whole program and gives its one result.
  mutating func run() throws(FormatError) -> PickleValue {
    while true {
      let code = try reader.byte()
      guard let operation = PickleOperation(rawValue: code) else {
        throw FormatError(
          "the pickle uses operation 0x\(String(code, radix: 16)), "
            + "which no dictionary of NumPy arrays needs")
      }
      if operation == .stop { break }
      try execute(operation)
      guard stack.count <= Self.largestCount, objects.count <= Self.largestCount,
        memo.count <= Self.largestCount, marks.count <= Self.largestCount
      else {
        throw FormatError("the pickle holds more than \(Self.largestCount) values")
      }
    }
    guard reader.rest.isEmpty else {
      throw FormatError("\(reader.rest.count) bytes follow the end of the pickle")
    }
    let result = try pop()
    guard stack.isEmpty, marks.isEmpty else { throw Self.damaged }
    return try value(of: result, depth: 0)
  }

  static let damaged = FormatError("the pickle is damaged: its operations do not fit together")

  private mutating func execute(_ operation: PickleOperation) throws(FormatError) {
    switch operation {
    case .proto:
      let version = try reader.byte()
      guard version <= 5 else {
        throw FormatError("the pickle has protocol \(version); protocols 0 to 5 are read")
      }
    case .frame:
      let size = try reader.integer(UInt64.self)
      guard size <= reader.rest.count else {
        throw FormatError("the pickle is cut short: a frame of \(size) bytes should follow")
      }
    case .stop: break
    case .mark: marks.append(stack.count)

    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .binInt: stack.append(.int(Int(try reader.integer(Int32.self))))
    case .binInt1: stack.append(.int(Int(try reader.byte())))
    case .binInt2: stack.append(.int(Int(try reader.integer(UInt16.self))))
    case .long1: stack.append(.int(try long(size: Int(reader.byte()))))
    case .long4: stack.append(.int(try long(size: Int(reader.integer(Int32.self)))))
    case .int: stack.append(try intLine())
    case .long: stack.append(.int(try longLine()))
    case .float:
      let line = try reader.line()
      guard let value = Double(line) else { throw Self.damaged }
      stack.append(.float(value))
    case .binFloat:
      // The one number that pickles store with the highest byte first.
      let bits = try reader.integer(UInt64.self).byteSwapped
      stack.append(.float(Double(bitPattern: bits)))

    case .string: stack.append(.oldString(try quotedLine()))
    case .binString: stack.append(.oldString(try reader.take(reader.integer(Int32.self))))
    case .shortBinString: stack.append(.oldString(try reader.take(reader.byte())))
    case .unicode: stack.append(.string(try unicodeLine()))
    case .binUnicode: stack.append(.string(try reader.text(reader.integer(UInt32.self))))
    case .shortBinUnicode: stack.append(.string(try reader.text(reader.byte())))
    case .binUnicode8: stack.append(.string(try reader.text(reader.integer(UInt64.self))))
    case .binBytes: stack.append(.bytes(try reader.take(reader.integer(UInt32.self))))
    case .shortBinBytes: stack.append(.bytes(try reader.take(reader.byte())))
    case .binBytes8, .byteArray8:
      stack.append(.bytes(try reader.take(reader.integer(UInt64.self))))

    case .pop: if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    case .popMark: _ = try popToMark()
    case .duplicate: stack.append(try top())
    case .emptyTuple: push(.tuple([]))
    case .tuple: push(.tuple(try popToMark()))
    case .tuple1: push(.tuple(try pop(1)))
    case .tuple2: push(.tuple(try pop(2)))
    case .tuple3: push(.tuple(try pop(3)))
    case .emptyList: push(.list([]))
    case .append: try append(pop(1))
    case .appends: try append(popToMark())
    case .list: push(.list(try popToMark()))
    case .emptyDict: push(.dictionary([:]))
    case .dict:
      let items = try popToMark()
      push(.dictionary([:]))
      try setItems(items)
    case .setItem: try setItems(pop(2))
    case .setItems: try setItems(popToMark())

    case .put: memo[try number(reader.line())] = try top()
    case .get: try recall(number(reader.line()))
    case .binPut: memo[Int(try reader.byte())] = try top()
    case .longBinPut: memo[Int(try reader.integer(UInt32.self))] = try top()
    case .memoize: memo[memo.count] = try top()
    case .binGet: try recall(Int(reader.byte()))
    case .longBinGet: try recall(Int(reader.integer(UInt32.self)))

    case .global:
      let module = try reader.line()
      stack.append(.global(try Global(module: module, name: reader.line())))
    case .stackGlobal:
      let names = try pop(2)
      guard let module = text(names[0]), let name = text(names[1]) else { throw Self.damaged }
      stack.append(.global(try Global(module: module, name: name)))
    case .reduce:
      let call = try pop(2)
      guard case .global(let function) = call[0] else { throw Self.damaged }
      try apply(function, to: tuple(call[1]))
    case .build:
      let state = try tuple(pop())
      try build(top(), from: state)
    }
  }

  /// An integer of `size` bytes, of which 64 bits must be enough.
  private mutating func long(size: Int) throws(FormatError) -> Int {
    let bytes = try reader.take(size)
    let negative = (bytes.last ?? 0) >= 0x80
    guard bytes.dropFirst(8).allSatisfy({ $0 == (negative ? 0xFF : 0) }) else {
      throw FormatError("an integer in the pickle does not fit in 64 bits")
    }
    var bits: UInt64 = negative ? .max : 0
    for byte in bytes.prefix(8).reversed() { bits = bits << 8 | UInt64(byte) }
    guard (Int64(bitPattern: bits) < 0) == negative else {
      throw FormatError("an integer in the pickle does not fit in 64 bits")
    }
    return Int(Int64(bitPattern: bits))
  }
}

// MARK: - Stack, memo and containers

extension PickleMachine {
  mutating func push(_ item: Item) {
    stack.append(item)
  }

  mutating func push(_ object: Object) {
    stack.append(.object(objects.count))
    objects.append(object)
  }

  private func top() throws(FormatError) -> Item {
    guard let item = stack.last, stack.count > marks.last ?? 0 else { throw Self.damaged }
    return item
  }

  private mutating func pop() throws(FormatError) -> Item {
    let item = try top()
    stack.removeLast()
    return item
  }

  private mutating func pop(_ count: Int) throws(FormatError) -> [Item] {
    guard stack.count - (marks.last ?? 0) >= count else { throw Self.damaged }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws(FormatError) -> [Item] {
    guard let mark = marks.popLast() else { throw Self.damaged }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func recall(_ index: Int) throws(FormatError) {
    guard let item = memo[index] else { throw Self.damaged }
    stack.append(item)
  }

  private mutating func append(_ items: [Item]) throws(FormatError) {
    guard case .object(let index) = try top(), case .list(var list) = objects[index] else {
      throw Self.damaged
    }
    // Let go of the stored list first, so that appending does not copy it.
    objects[index] = .list([])
    list += items
    objects[index] = .list(list)
  }

  private mutating func setItems(_ items: [Item]) throws(FormatError) {
    guard items.count.isMultiple(of: 2), case .object(let index) = try top(),
      case .dictionary(var dictionary) = objects[index]
    else { throw Self.damaged }
    objects[index] = .dictionary([:])
    for position in stride(from: 0, to: items.count, by: 2) {
      guard let key = text(items[position]) else {
        throw FormatError("a dictionary in the pickle has a key that is no string")
      }
      guard dictionary.append(items[position + 1], named: key) else {
        throw FormatError("a dictionary in the pickle has the key \"\(key)\" twice")
      }
    }
    objects[index] = .dictionary(dictionary)
  }

  func tuple(_ item: Item) throws(FormatError) -> [Item] {
    guard case .object(let index) = item, case .tuple(let items) = objects[index] else {
      throw Self.damaged
    }
    return items
  }

  /// Replaces an object in place, for everyone who refers to it.
  mutating func replace(_ index: Int, by object: Object) {
    objects[index] = object
  }

  /// Takes account of `count` bytes that become an array or another text.
  ///
  /// A real pickle uses its bytes once, or up to three times where protocols 0 to 2 spell them as a text. Without this limit a small file could recall the same
  /// bytes from the memo again and again, and fill the memory.
  mutating func spend(_ count: Int) throws(FormatError) {
    budget -= count
    guard budget >= 0 else {
      throw FormatError("the arrays of the pickle would be larger than the file")
    }
  }
}

// MARK: - Result

extension PickleMachine {
  /// The finished value; shared objects are converted once.
  private mutating func value(of item: Item, depth: Int) throws(FormatError) -> PickleValue {
    if case .object = item {} else { try extend(by: Extent(values: 1)) }
    switch item {
    case .none: return .none
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .float(let value): return .float(value)
    case .string(let value): return .string(value)
    case .oldString(let value):
      try spend(value.count)
      return text(item).map { .string($0) } ?? .bytes(Array(value))
    case .bytes(let value):
      try spend(value.count)
      return .bytes(Array(value))
    case .global(let global):
      throw FormatError("the pickle holds the function or type \(global.name) as a value")
    case .object(let index):
      if let (value, size) = decoded[index] {
        try extend(by: size)
        return value
      }
      let start = extent
      let value = try value(of: objects[index], depth: depth)
      decoded[index] = (
        value, Extent(values: extent.values - start.values, bytes: extent.bytes - start.bytes)
      )
      return value
    }
  }

  /// What a value comes to where everything that is shared is written out.
  private struct Extent {
    var values = 0
    var bytes = 0
  }

  /// Takes account of a value. A list of two equal lists of two equal lists, and so on, is a small file, and would keep
  /// whoever goes through it busy for ever.
  private mutating func extend(by more: Extent) throws(FormatError) {
    extent.values += more.values
    extent.bytes += more.bytes
    guard extent.values <= largestExtent.values, extent.bytes <= largestExtent.bytes else {
      throw FormatError("the pickle repeats values until they are larger than the file")
    }
  }

  private mutating func value(of object: Object, depth: Int) throws(FormatError) -> PickleValue {
    guard depth < Self.largestDepth else {
      throw FormatError("the pickle nests values more than \(Self.largestDepth) deep")
    }
    var bytes = 0
    if case .array(let array?) = object { bytes = array.byteCount }
    try extend(by: Extent(values: 1, bytes: bytes))
    switch object {
    case .tuple(let items): return .tuple(try values(of: items, depth: depth))
    case .list(let items): return .list(try values(of: items, depth: depth))
    case .dictionary(let items):
      var values: NamedValues<PickleValue> = [:]
      for (name, item) in items {
        let isWanted = wanted?.contains(name) ?? true
        if isWanted, case .object(let index) = item, case .otherArray(let error) = objects[index] {
          throw error.inside("the entry \"\(name)\"")
        }
        _ = values.append(
          try value(of: isWanted ? item : .none, depth: depth + 1), named: name)
      }
      return .dictionary(values)
    case .array(let array?): return .array(array)
    case .array(nil): throw FormatError("an array in the pickle has no content")
    case .type, .otherType: throw FormatError("the pickle holds a dtype as a value")
    case .otherArray(let error): throw error
    }
  }

  private mutating func values(
    of items: [Item], depth: Int
  ) throws(FormatError) -> [PickleValue] {
    var values: [PickleValue] = []
    for item in items { values.append(try value(of: item, depth: depth + 1)) }
    return values
  }
}
