import Foundation

/// The memory that the system would still give to this program.
package enum AvailableMemory {
  /// Less than this is not worth a question.
  private static let smallSize = 1 << 20

  /// Whether so many bytes can be had, within the limits of the process and of the machine.
  package static func has(_ size: Int) -> Bool {
    guard size > smallSize else { return true }
    guard size <= machine else { return false }
    // The system keeps the account of a limit (`ulimit -v`), so it is asked.
    let pages = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | mapAnonymous, -1, 0)
    guard let pages, pages != MAP_FAILED else { return false }
    munmap(pages, size)
    return true
  }

  /// - Throws: An error that says what needs the memory, where there is not so much.
  package static func require(_ size: Int, to purpose: String) throws(FormatError) {
    guard has(size) else {
      throw FormatError(
        "\(purpose) takes about \(ByteCount(size)) of memory, more than the system gives",
        lacksMemory: true)
    }
  }

  #if os(Linux)
    private static let mapAnonymous = Int32(MAP_ANONYMOUS)

    /// What the machine can give without swapping, as the kernel estimates it.
    private static var machine: Int {
      guard let file = fopen("/proc/meminfo", "r") else { return .max }
      defer { fclose(file) }
      var line = [CChar](repeating: 0, count: 256)
      while fgets(&line, Int32(line.count), file) != nil {
        let words = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.split { $0 <= 0x20 }
        guard words.count >= 2, words[0].elementsEqual("MemAvailable:".utf8) else { continue }
        return Int(String(decoding: words[1], as: UTF8.self)).map { $0 << 10 } ?? .max
      }
      return .max
    }
  #else
    private static let mapAnonymous = MAP_ANON
    private static var machine: Int { .max }
  #endif
}

/// A number of bytes as a message gives it: `2.8 GB`.
package struct ByteCount: CustomStringConvertible {
  private let bytes: Int

  package init(_ bytes: Int) { self.bytes = bytes }

  package var description: String {
    for (unit, size) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000)]
    where bytes >= size {
      let tenths = Int((Double(bytes) / Double(size) * 10).rounded())
      return tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
    }
    return "\(bytes) bytes"
  }
}
