import Storage

/// Python's pickle files, read without ever executing anything.
///
/// A pickle is a program for a small stack machine that may import and call any Python function.
/// This reader's machine has no such ability: it knows the few constructors that plain values and
/// NumPy arrays need, builds the values itself, and refuses every other name.
package enum Pickle {
  /// Decodes a pickle of protocol 0 to 5, as Python 3 or Python 2 wrote it.
  ///
  /// Where `names` are given, only the entries of dictionaries under these names are wanted. What stands under other
  /// names is left alone and comes as `None`: arrays of texts, objects, dates or complex numbers among it. A function
  /// or type that is refused is refused there, too.
  ///
  /// - Throws: An error that names what the file asks for beyond plain values and NumPy arrays, or
  ///   says where it is damaged. Trailing bytes are an error.
  package static func decode(
    _ bytes: [UInt8], names: [String]? = nil
  ) throws(FormatError) -> PickleValue {
    var machine = PickleMachine(bytes, wanting: names.map(Set.init))
    return try machine.run()
  }

  /// Encodes a value in protocol 3, as the reference implementation does.
  ///
  /// Arrays name NumPy's modules as NumPy 1 did, which every version of NumPy reads. Nothing
  /// depends on memory addresses or hashing: equal values give equal bytes.
  ///
  /// - Throws: An error for an array or a text of 4 GiB or more.
  package static func encode(_ value: PickleValue) throws(FormatError) -> [UInt8] {
    var writer = PickleWriter()
    try writer.write(value)
    return writer.finish()
  }
}

/// The operations of the pickle machine that are known here (CPython's `pickletools`).
enum PickleOperation: UInt8 {
  case proto = 0x80
  case frame = 0x95
  case stop = 0x2E
  case mark = 0x28

  case none = 0x4E
  case newTrue = 0x88
  case newFalse = 0x89
  case binInt = 0x4A
  case binInt1 = 0x4B
  case binInt2 = 0x4D
  case long1 = 0x8A
  case long4 = 0x8B
  case int = 0x49
  case long = 0x4C
  case float = 0x46
  case binFloat = 0x47

  case string = 0x53
  case binString = 0x54
  case shortBinString = 0x55
  case unicode = 0x56
  case binUnicode = 0x58
  case shortBinUnicode = 0x8C
  case binUnicode8 = 0x8D
  case binBytes = 0x42
  case shortBinBytes = 0x43
  case binBytes8 = 0x8E
  case byteArray8 = 0x96

  case pop = 0x30
  case popMark = 0x31
  case duplicate = 0x32
  case emptyTuple = 0x29
  case tuple = 0x74
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case emptyList = 0x5D
  case append = 0x61
  case appends = 0x65
  case list = 0x6C
  case emptyDict = 0x7D
  case dict = 0x64
  case setItem = 0x73
  case setItems = 0x75

  case put = 0x70
  case get = 0x67
  case binPut = 0x71
  case longBinPut = 0x72
  case memoize = 0x94
  case binGet = 0x68
  case longBinGet = 0x6A

  case global = 0x63
  case stackGlobal = 0x93
  case reduce = 0x52
  case build = 0x62
}
