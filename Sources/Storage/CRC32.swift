/// A cyclic redundancy check of 32 bits, in reversed bits as most formats have it.
package struct CRC32: Sendable {
  /// That of zip archives (ISO 3309).
  package static let zip = CRC32(polynomial: 0xEDB8_8320)
  /// That of TensorFlow's records (Castagnoli, Bräuer and Herrmann 1993).
  package static let castagnoli = CRC32(polynomial: 0x82F6_3B78)

  private let table: [UInt32]

  private init(polynomial: UInt32) {
    table = (0..<256).map { index in
      (0..<8).reduce(UInt32(index)) { value, _ in
        value >> 1 ^ (value & 1 == 1 ? polynomial : 0)
      }
    }
  }

  package func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    // Other modules call this generic function unspecialized, so that each byte would cost a call.
    bytes.withContiguousStorageIfAvailable(checksum(of:))
      ?? Array(bytes).withUnsafeBufferPointer(checksum(of:))
  }

  private func checksum(of bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    table.withUnsafeBufferPointer { table in
      ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }
  }
}
