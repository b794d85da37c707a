import DataFormats
import Storage
import Testing

@Suite("Deflate")
struct DeflateTests {
  @Test(
    "gives what Inflate takes, whatever the bytes",
    arguments: [0, 1, 2, 3, 257, 258, 259, 600, 32_768, 33_027, 70_000])
  func roundTrip(count: Int) throws {
    var state: UInt64 = 42
    func random() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    let noise = (0..<count).map { _ in random() }
    for bytes in [
      noise, [UInt8](repeating: 7, count: count), noise.map { $0 & 3 },
      (0..<count).map { UInt8(truncatingIfNeeded: $0 / 3) },
      Array((noise.prefix(300) + noise.prefix(300) + noise.prefix(257)).prefix(count)),
    ] {
      #expect(try Inflate.decode(Deflate.compressed(bytes)[...], size: bytes.count) == bytes)
    }
  }

  @Test("writes runs in few bytes, and the checksum of zlib at the end")
  func small() {
    #expect(Deflate.compressed([UInt8](repeating: 0, count: 100_000)).count < 1000)
    // zlib.adler32(b"Wikipedia") is 0x11E60398.
    #expect(Deflate.zlib(Array("Wikipedia".utf8)).suffix(4) == [0x11, 0xE6, 0x03, 0x98])
  }
}
