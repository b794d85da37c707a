import Foundation

/// Hands the inputs of libFuzzer to one reader: `Fuzzing READER [options of libFuzzer] CORPUS`.
///
/// A reader may refuse its input by its own error. It may not trap, loop, or take memory that the input does not fill;
/// and what it accepts must survive being written and read again.
@main
struct Fuzzing {
  static func main() {
    var arguments = CommandLine.arguments
    guard arguments.count > 1, let reader = Reader(rawValue: arguments[1]) else {
      let names = Reader.allCases.map(\.rawValue).joined(separator: "|")
      print("usage: \(arguments[0]) \(names) [options of libFuzzer] corpus")
      return
    }
    if arguments.count == 4, arguments[2] == "--example" {
      guard let bytes = reader.example else { return }
      try? Data(bytes).write(to: URL(fileURLWithPath: arguments[3]))
      return
    }
    arguments.remove(at: 1)
    chosen = reader
    var pointers = arguments.map { argument in
      let bytes = Array(argument.utf8CString)
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
      copy.initialize(from: bytes, count: bytes.count)
      return Optional(copy)
    }
    pointers.append(nil)
    var count = CInt(arguments.count)
    pointers.withUnsafeMutableBufferPointer { buffer in
      var start = buffer.baseAddress
      _ = runDriver(&count, &start) { bytes, count in
        Fuzzing.chosen.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
      }
    }
  }

  /// The callback of libFuzzer is a C function, which captures nothing.
  nonisolated(unsafe) private static var chosen = Reader.json
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
