/// The 64-bit FNV-1a hash of bytes: it tells contents apart that differ by accident.
///
/// The core modules, which see nothing of this one, have a hash like it over the bits of parameters.
package struct FNV1a: Hashable, Sendable {
  /// The hash of the bytes so far.
  package private(set) var hash: UInt64

  /// Goes on from the hash of earlier bytes; without one, from none.
  package init(_ hash: UInt64 = 0xcbf2_9ce4_8422_2325) { self.hash = hash }

  /// Lengthens the message.
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }
}
