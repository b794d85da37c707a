import CSignals
import Foundation
import Runs
import Storage

/// What the system hands to the program: descriptors, signals, arguments, the current folder.
enum Surroundings {
  /// When the program began.
  static let start = Date.now

  /// Sees to it that no file is opened as standard input, output or error, and that signals end the program tidily.
  static func prepare(_ program: String) {
    _ = start
    // Opened the wrong way round, so that using them is an error and nothing is lost without a word.
    for (descriptor, mode) in [
      (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
    ] where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      _ = open("/dev/null", mode)
    }
    cs_prepare(program)
    // The parser cannot wrap its help to fewer columns than it indents by.
    let columns = min(max(Self.columns ?? TerminalSize(of: STDOUT_FILENO).columns, 40), 200)
    setenv("COLUMNS", "\(columns)", 1)
  }

  /// How many columns the user asks for, where nobody else knows.
  static let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
    .map { max($0, 40) }

  /// The arguments, with every negative number joined to its option: `--shear-scale -1` becomes `--shear-scale=-1`.
  ///
  /// - Throws: `Failure` if one is not UTF-8: Swift would mend it, and the name would be that of another file.
  static func arguments() throws -> [String] {
    var words: [String] = []
    let count = Int(CommandLine.argc) - 1
    guard count <= mostArguments else {
      throw Failure.usage("there are \(count) arguments; \(mostArguments) are the most")
    }
    for index in 1..<max(1, count + 1) {
      guard let bytes = CommandLine.unsafeArgv[index] else { break }
      guard let word = String(validatingCString: bytes) else {
        throw Failure.usage(
          "argument \(index), \(Self.spelling(of: bytes)), is not UTF-8: rename the file, or link to it by another name"
        )
      }
      words.append(word)
    }
    for word in words.prefix(while: { $0 != "--" }) where word.hasPrefix("-") {
      let name = word.utf8.prefix { $0 != UInt8(ascii: "=") }
      guard name.count <= longestOption else {
        throw Failure.usage("there is no option \(word.printable(within: 60))")
      }
    }
    return joiningNegativeNumbers(words)
  }

  /// The parser's time grows with the square of the number of arguments; so many take it two seconds.
  private static let mostArguments = 4096
  /// For a name that is none of its options the parser looks for a similar one, letter by letter.
  private static let longestOption = 255

  private static func joiningNegativeNumbers(_ words: [String]) -> [String] {
    let options = words.prefix { $0 != "--" }
    var joined: [String] = []
    for word in options {
      if let option = joined.last, option.wholeMatch(of: /--[a-z0-9-]+/) != nil,
        word.prefixMatch(of: /-(\.?[0-9]|inf|nan)/.ignoresCase()) != nil
      {
        joined[joined.count - 1] = "\(option)=\(word)"
      } else {
        joined.append(word)
      }
    }
    return joined + words[options.endIndex...]
  }

  /// Refuses a current folder in which a relative path would lead elsewhere.
  static func requireFolder() throws {
    guard let path = getcwd(nil, 0) else {
      throw Failure(
        sentence: "the current folder cannot be used (\(systemReason())): go to another one",
        status: .missingFile)
    }
    defer { free(path) }
    guard String(validatingCString: path) != nil else {
      throw Failure.usage(
        "the path of the current folder, \(spelling(of: path)), is not UTF-8: go to another folder")
    }
  }

  /// A text with the bytes that are not ASCII as numbers.
  private static func spelling(of text: UnsafePointer<CChar>) -> String {
    UnsafeBufferPointer(start: text, count: strlen(text)).map { byte in
      let byte = UInt8(bitPattern: byte)
      return byte < 0x80 ? String(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16)
    }.joined()
  }
}
