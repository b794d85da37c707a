import MNIST1D

/// What the page reads after a call: the memory of the last answer, or the sentence of the last failure.
///
/// One instance of the module is one thread, with memory of its own.
enum Answer {
  nonisolated(unsafe) private static var memory = UnsafeMutableRawBufferPointer(
    start: nil, count: 0)

  /// Where the elements lie, until the next call.
  static var address: UnsafeRawPointer? { UnsafeRawPointer(memory.baseAddress) }

  /// Keeps elements for the page.
  ///
  /// - Returns: how many there are.
  static func keep<Element: BitwiseCopyable>(_ elements: [Element]) -> Int32 {
    memory.deallocate()
    memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(elements.count * MemoryLayout<Element>.stride, 1), alignment: 16)
    elements.withUnsafeBytes { memory.copyMemory(from: $0) }
    return Int32(elements.count)
  }

  /// Keeps what a call gives.
  ///
  /// - Returns: how many elements there are or, where the call fails, −1 less the bytes of the sentence that is kept then.
  static func keep<Element: BitwiseCopyable>(
    _ call: () throws(LabError) -> [Element]
  ) -> Int32 {
    do throws(LabError) {
      return keep(try call())
    } catch {
      return -1 - keep(Array(error.description.utf8))
    }
  }
}

/// Why the page does not get what it asked for, in one sentence.
package struct LabError: Error, Hashable, CustomStringConvertible {
  /// The sentence.
  package let description: String

  init(_ description: String) {
    self.description = description
  }

  /// What is wrong with a dataset's setting, under the name that the page has for it.
  init(_ error: ConfigurationError) {
    let key = String(
      decoding: error.setting.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 },
      as: UTF8.self)
    self.init("\(key) \(error.requirement), but found \(error.found).")
  }
}
