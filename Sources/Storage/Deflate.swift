/// Compression as RFC 1951 describes it, by repetitions and the fixed Huffman code.
package enum Deflate {
  /// The bytes compressed, with the header and the checksum of zlib (RFC 1950): what PNG and PDF hold.
  package static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var (a, b): (UInt32, UInt32) = (1, 0)
    var start = 0
    // So many sums stay below 2^32 before they are reduced.
    while start < bytes.count {
      let end = min(start + 5552, bytes.count)
      for index in start..<end {
        a &+= UInt32(bytes[index])
        b &+= a
      }
      (a, b) = (a % 65_521, b % 65_521)
      start = end
    }
    let checksum = b << 16 | a
    return [0x78, 0x9C] + compressed(bytes)
      + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (24 - 8 * $0)) }
  }

  private static let window = 32_768
  private static let longest = 258
  /// How many earlier places of the same three bytes are tried.
  private static let tries = 24

  /// One block of RFC 1951.
  package static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    var output = BitWriter()
    output.write(1, count: 1)
    output.write(1, count: 2)
    var heads = [Int32](repeating: -1, count: window)
    var earlier = [Int32](repeating: -1, count: window)
    bytes.withUnsafeBufferPointer { bytes in
      func hash(_ index: Int) -> Int {
        let word =
          UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
        return Int((word &* 0x9E37_79B1) >> 17)
      }
      func remember(_ index: Int) {
        guard index + 3 <= bytes.count else { return }
        let place = hash(index)
        earlier[index % window] = heads[place]
        heads[place] = Int32(index)
      }
      var index = 0
      while index < bytes.count {
        let most = min(longest, bytes.count - index)
        var (length, distance) = (2, 0)
        if most >= 3 {
          var candidate = Int(heads[hash(index)])
          var tried = 0
          while candidate >= 0, index - candidate <= window, tried < tries, length < most {
            if bytes[candidate + length] == bytes[index + length] {
              var same = 0
              while same < most, bytes[candidate + same] == bytes[index + same] { same += 1 }
              if same > length { (length, distance) = (same, index - candidate) }
            }
            let next = Int(earlier[candidate % window])
            // A place that has been overwritten leads to a later one.
            guard next < candidate else { break }
            candidate = next
            tried += 1
          }
        }
        guard distance > 0 else {
          output.writeLiteral(bytes[index])
          remember(index)
          index += 1
          continue
        }
        output.writeRepetition(length: length, distance: distance)
        // Of a long run only the beginning is worth finding again.
        for offset in 0..<min(length, 32) { remember(index + offset) }
        index += length
      }
    }
    output.writeSymbol(256)
    return output.finished
  }
}

/// Bits in the order of RFC 1951.
private struct BitWriter {
  private var bytes: [UInt8] = []
  private var bits: UInt64 = 0
  private var count = 0

  mutating func write(_ value: Int, count: Int) {
    bits |= UInt64(value) << UInt64(self.count)
    self.count += count
    while self.count >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
      self.count -= 8
    }
  }

  /// A Huffman code begins with its highest bit.
  private mutating func writeCode(_ code: Int, count: Int) {
    var reversed = 0
    for bit in 0..<count { reversed |= (code >> bit & 1) << (count - 1 - bit) }
    write(reversed, count: count)
  }

  mutating func writeLiteral(_ byte: UInt8) { writeSymbol(Int(byte)) }

  /// A literal, the end, or the class of a length, by the fixed code.
  mutating func writeSymbol(_ symbol: Int) {
    switch symbol {
    case ..<144: writeCode(0x30 + symbol, count: 8)
    case ..<256: writeCode(0x190 + symbol - 144, count: 9)
    case ..<280: writeCode(symbol - 256, count: 7)
    default: writeCode(0xC0 + symbol - 280, count: 8)
    }
  }

  mutating func writeRepetition(length: Int, distance: Int) {
    if length == 258 {
      writeSymbol(285)
    } else {
      let (symbol, bits, rest) = Self.classed(length - 3, perBit: 4)
      writeSymbol(257 + symbol)
      write(rest, count: bits)
    }
    let (symbol, bits, rest) = Self.classed(distance - 1, perBit: 2)
    writeCode(symbol, count: 5)
    write(rest, count: bits)
  }

  /// The class of a length or a distance with its extra bits: so many classes have one bit, then two, and so on.
  private static func classed(_ value: Int, perBit: Int) -> (symbol: Int, bits: Int, rest: Int) {
    guard value >= 2 * perBit else { return (value, 0, 0) }
    let bits = Int.bitWidth - 1 - (value / perBit).leadingZeroBitCount
    let step = value >> bits
    return (perBit * bits + step, bits, value - step << bits)
  }

  var finished: [UInt8] {
    count > 0 ? bytes + [UInt8(truncatingIfNeeded: bits)] : bytes
  }
}
