import DataFormats
import Storage
import Testing

@Suite("gzip")
struct GZipTests {
  private static func unpack(_ bytes: [UInt8], size: Int) throws(FormatError) -> [UInt8] {
    try GZip.decode(bytes) { _ in size }
  }

  /// A member with the bytes compressed by our own compression.
  private static func member(_ content: [UInt8], size: Int? = nil) -> [UInt8] {
    let trailer = [CRC32.zip.checksum(content), UInt32(truncatingIfNeeded: size ?? content.count)]
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + Deflate.compressed(content)
      + trailer.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  @Test("whatever a header may have, and however many members there are, the content is unpacked")
  func members() throws {
    let golden = try DrawnImages.golden
    let text = Golden.unhex(golden.text)
    for (name, packed) in golden.gzip {
      let content = name.contains("members") ? text + text : text
      let bytes = Golden.unhex(packed)
      #expect(try Self.unpack(bytes, size: content.count) == content, "\(name)")
      for size in [0, content.count - 1, content.count + 1] {
        #expect(throws: FormatError.self, "\(name)") { try Self.unpack(bytes, size: size) }
      }
    }
  }

  @Test("the beginning, from which the size is told, is what the first members hold")
  func beginning() throws {
    let content = DrawnImages.pixels(9000)
    let bytes = Self.member(Array(content[..<10])) + Self.member(Array(content[10...]))
    var start: [UInt8] = []
    let unpacked = try GZip.decode(bytes) { beginning in
      start = Array(beginning)
      return content.count
    }
    #expect(unpacked == content)
    #expect(start.count >= 4096 && start.elementsEqual(content.prefix(start.count)))
  }

  @Test(
    "a file that is cut short, goes on, or has another byte anywhere behind its header is refused")
  func damage() throws {
    let golden = try DrawnImages.golden
    let size = golden.text.utf8.count / 2
    let bytes = Golden.unhex(try #require(golden.gzip["everything"]))
    let headerSize = 10 + 2 + 1 + 6 + 2
    for count in 0..<bytes.count {
      #expect(throws: FormatError.self, "\(count) bytes") {
        try Self.unpack(Array(bytes[..<count]), size: size)
      }
    }
    for extra in [UInt8(0), 0x1F] {
      #expect(throws: FormatError.self) { try Self.unpack(bytes + [extra], size: size) }
    }
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x10
      // The header has a checksum of its own here.
      #expect(throws: FormatError.self, "byte \(index) of \(headerSize)") {
        try Self.unpack(changed, size: size)
      }
    }
  }

  @Test("the message says what is wrong with a file")
  func messages() throws {
    func message(_ bytes: [UInt8], size: Int = 3) -> String {
      do throws(FormatError) {
        return "\(try Self.unpack(bytes, size: size))"
      } catch {
        return error.description
      }
    }
    let good = Self.member([1, 2, 3])
    #expect(message(good) == "[1, 2, 3]")
    #expect(message(Array(good.dropLast(9))) == "the compressed data are cut short")
    #expect(message(good + [0]) == "1 bytes follow the end of the compressed data")
    #expect(message(Self.member([1, 2, 3], size: 4)).contains("another size"))
    var changed = good
    changed[changed.count - 5] ^= 1
    #expect(message(changed) == "the unpacked data do not match their checksum")
    changed = good
    changed[2] = 7
    #expect(message(changed) == "the header of gzip is damaged")
    #expect(message(good, size: 2).contains("more than the 2 bytes"))
    #expect(message(good, size: 4).contains("unpacks to 3 bytes, and should to 4"))
  }

  @Test("a size that cannot be in the file takes no memory")
  func bombs() {
    let good = Self.member([1, 2, 3])
    for size in [1 << 20, 1 << 30, 1 << 40, .max] {
      #expect(throws: FormatError.self) { try Self.unpack(good, size: size) }
    }
    // 10 MB of zeros, of which the beginning says that they are 100 bytes.
    let bomb = Self.member([UInt8](repeating: 0, count: 10_000_000))
    #expect(bomb.count < 100_000)
    #expect(throws: FormatError.self) { try Self.unpack(bomb, size: 100) }
  }
}
