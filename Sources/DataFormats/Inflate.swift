import Storage

/// Decompression of deflated data (RFC 1951), as `numpy.savez_compressed` and gzip write it.
package struct Inflate {
  /// No byte of deflated data gives more than this many.
  static let largestRatio = 1032

  private let input: ArraySlice<UInt8>
  private let size: Int
  /// How many bytes are enough.
  private let wanted: Int
  private var position: Int
  private var bits: UInt64 = 0
  private var bitCount = 0
  private var output: [UInt8] = []

  /// Decompresses data that must give exactly `size` bytes and end where `input` ends.
  package static func decode(_ input: ArraySlice<UInt8>, size: Int) throws(FormatError) -> [UInt8] {
    var inflate = Inflate(input: input, size: size, wanted: .max)
    inflate.output.reserveCapacity(size)
    try inflate.run()
    guard inflate.isComplete else { throw damaged }
    return inflate.output
  }

  /// Decompresses until the first `count` bytes are there, and perhaps some more, or all.
  static func decode(
    _ input: ArraySlice<UInt8>, size: Int, first count: Int
  ) throws(FormatError) -> [UInt8] {
    var inflate = Inflate(input: input, size: size, wanted: count)
    try inflate.run()
    return inflate.output
  }

  /// Decompresses data that end within `input` and give `limit` bytes at most, until the first `count` bytes are there,
  /// and perhaps some more, or all.
  ///
  /// - Returns: what the data give, and what follows them.
  static func decode(
    startOf input: ArraySlice<UInt8>, limit: Int, first count: Int
  ) throws(FormatError) -> (output: [UInt8], rest: ArraySlice<UInt8>) {
    var inflate = Inflate(input: input, size: limit, wanted: count)
    inflate.output.reserveCapacity(min(limit, largestRatio * input.count, count))
    try inflate.run()
    return (inflate.output, input[(inflate.position - inflate.bitCount / 8)...])
  }

  private init(input: ArraySlice<UInt8>, size: Int, wanted: Int) {
    self.input = input
    self.size = size
    self.wanted = wanted
    position = input.startIndex
  }

  private var isComplete: Bool {
    output.count == size && position - bitCount / 8 == input.endIndex
  }

  private mutating func run() throws(FormatError) {
    var isLast = false
    while !isLast, output.count < wanted {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try copyStored()
      case 1: try decodeBlock(Self.fixedLiterals, Self.fixedDistances)
      case 2:
        let (literals, distances) = try dynamicCodes()
        try decodeBlock(literals, distances)
      default: throw Self.damaged
      }
    }
  }

  private static let damaged = FormatError("the compressed data are damaged")
  private static let cutShort = FormatError("the compressed data are cut short")

  /// Refuses to let the output grow by `count` bytes where that is more than there should be.
  private func requireRoom(for count: Int) throws(FormatError) {
    guard count <= size - output.count else {
      throw FormatError("the compressed data give more than the \(size) bytes that they should")
    }
  }

  // MARK: Bits

  /// Makes up to 15 bits ready; beyond the end of the input they read as zeros.
  private mutating func fill() {
    while bitCount <= 48, position < input.endIndex {
      bits |= UInt64(input[position]) << UInt64(bitCount)
      position += 1
      bitCount += 8
    }
  }

  private mutating func drop(_ count: Int) throws(FormatError) {
    guard count <= bitCount else { throw Self.cutShort }
    bits >>= UInt64(count)
    bitCount -= count
  }

  private mutating func take(_ count: Int) throws(FormatError) -> Int {
    fill()
    let value = Int(bits & (1 << UInt64(count) - 1))
    try drop(count)
    return value
  }

  private mutating func symbol(_ code: HuffmanCode) throws(FormatError) -> Int {
    fill()
    let entry = code.entries[Int(bits & UInt64(code.entries.count - 1))]
    guard entry != 0 else { throw Self.damaged }
    try drop(Int(entry & 15))
    return Int(entry >> 4)
  }

  // MARK: Blocks

  private mutating func copyStored() throws(FormatError) {
    try drop(bitCount % 8)
    let count = try take(16)
    guard try take(16) == count ^ 0xFFFF else { throw Self.damaged }
    position -= bitCount / 8
    (bits, bitCount) = (0, 0)
    guard count <= input.endIndex - position else { throw Self.cutShort }
    try requireRoom(for: count)
    output.append(contentsOf: input[position..<position + count])
    position += count
  }

  private mutating func decodeBlock(
    _ literals: HuffmanCode, _ distances: HuffmanCode
  ) throws(FormatError) {
    while output.count < wanted {
      let value = try symbol(literals)
      switch value {
      case 0..<256:
        try requireRoom(for: 1)
        output.append(UInt8(value))
      case 256: return
      case 257..<286:
        let length = Self.lengthBases[value - 257] + (try take(Self.lengthBits[value - 257]))
        let code = try symbol(distances)
        guard code < 30 else { throw Self.damaged }
        let distance = Self.distanceBases[code] + (try take(Self.distanceBits[code]))
        guard distance <= output.count else { throw Self.damaged }
        try requireRoom(for: length)
        // Byte by byte: a copy may overlap what it appends.
        let start = output.count - distance
        for offset in 0..<length { output.append(output[start + offset]) }
      default: throw Self.damaged
      }
    }
  }

  private mutating func dynamicCodes() throws(FormatError) -> (HuffmanCode, HuffmanCode) {
    let literalCount = try take(5) + 257
    let distanceCount = try take(5) + 1
    let codeCount = try take(4) + 4
    guard literalCount <= 286, distanceCount <= 30 else { throw Self.damaged }
    var codeLengths = [UInt8](repeating: 0, count: 19)
    for index in Self.codeOrder.prefix(codeCount) { codeLengths[index] = UInt8(try take(3)) }
    guard let code = HuffmanCode(codeLengths) else { throw Self.damaged }

    var lengths: [UInt8] = []
    while lengths.count < literalCount + distanceCount {
      let value = try symbol(code)
      switch value {
      case 16:
        guard let last = lengths.last else { throw Self.damaged }
        lengths += [UInt8](repeating: last, count: try take(2) + 3)
      case 17: lengths += [UInt8](repeating: 0, count: try take(3) + 3)
      case 18: lengths += [UInt8](repeating: 0, count: try take(7) + 11)
      default: lengths.append(UInt8(value))
      }
    }
    guard lengths.count == literalCount + distanceCount, lengths[256] > 0,
      let literals = HuffmanCode(lengths[..<literalCount]),
      let distances = HuffmanCode(lengths[literalCount...])
    else { throw Self.damaged }
    return (literals, distances)
  }

  // MARK: Tables of RFC 1951, sections 3.2.5 to 3.2.7

  private static let codeOrder = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]
  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBases = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
    2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
  ]
  private static let distanceBits = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
  ]
  private static let fixedLiterals = HuffmanCode(
    [UInt8](repeating: 8, count: 144) + [UInt8](repeating: 9, count: 112)
      + [UInt8](repeating: 7, count: 24) + [UInt8](repeating: 8, count: 8))!
  private static let fixedDistances = HuffmanCode([UInt8](repeating: 5, count: 32))!
}

/// A canonical Huffman code as one table, looked up by as many bits as the longest code has.
private struct HuffmanCode {
  /// `symbol << 4 | length` for every continuation of a code; 0 where no code fits.
  let entries: [UInt16]

  /// Builds the code, or gives nil where the lengths describe none.
  ///
  /// As in zlib a code must be complete, except that it may be empty or have one symbol.
  init?(_ lengths: some Collection<UInt8>) {
    var counts = [Int](repeating: 0, count: 16)
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    let longest = counts.lastIndex { $0 > 0 } ?? 0
    var next = [Int](repeating: 0, count: 16)
    var code = 0
    for length in stride(from: 1, through: longest, by: 1) {
      code = (code + counts[length - 1]) << 1
      next[length] = code
    }
    let free = (1 << longest) - (code + counts[longest])
    guard free == 0 || longest <= 1 && free > 0 else { return nil }

    var entries = [UInt16](repeating: 0, count: 1 << longest)
    for (symbol, length) in zip(0..., lengths.map { Int($0) }) where length > 0 {
      // Codes arrive highest bit first, so the index is the code reversed.
      var reversed = 0
      for bit in 0..<length where next[length] >> bit & 1 == 1 {
        reversed |= 1 << (length - 1 - bit)
      }
      next[length] += 1
      for index in stride(from: reversed, to: entries.count, by: 1 << length) {
        entries[index] = UInt16(symbol << 4 | length)
      }
    }
    self.entries = entries
  }
}
