import Foundation

/// A path as the system takes it: bytes, which need not be UTF-8, with a zero at the end.
struct SystemPath {
  let bytes: [CChar]

  init(_ path: String) { bytes = Array(path.utf8CString) }
  private init(_ path: some Sequence<CChar>) { bytes = Array(path) + [0] }

  private static let slash = CChar(bitPattern: UInt8(ascii: "/"))

  /// What is before the last name, with the slash behind it.
  private var prefix: ArraySlice<CChar> {
    bytes.lastIndex(of: Self.slash).map { bytes[...$0] } ?? []
  }

  /// The path without slashes at its end.
  private var trimmed: ArraySlice<CChar> {
    var rest = bytes.dropLast()
    while rest.count > 1, rest.last == Self.slash { rest.removeLast() }
    return rest
  }

  /// The path as text, of which nothing but messages is made.
  var text: String { Self.text(bytes.dropLast()) }

  private static func text(_ bytes: some Sequence<CChar>) -> String {
    String(decoding: bytes.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The last name.
  var name: String {
    let path = trimmed
    return Self.text(path.lastIndex(of: Self.slash).map { path[($0 + 1)...] } ?? path)
  }

  /// The folder in which the last name is looked up.
  var folder: SystemPath {
    guard let slash = trimmed.lastIndex(of: Self.slash) else { return SystemPath(".") }
    return slash == 0 ? SystemPath("/") : SystemPath(bytes[..<slash])
  }

  /// A new hidden name in the same folder, which no name can be too long for.
  var draft: [CChar] {
    let name = ".mnist1d.\(getpid())-\(UInt32.random(in: 0 ... .max))"
    return Array(prefix) + Array(name.utf8CString)
  }

  /// Where a symbolic link points to; nil if this is none.
  var target: SystemPath? {
    var target = [CChar](repeating: 0, count: 4096)
    let count = readlink(bytes, &target, target.count)
    guard count > 0 else { return nil }
    return SystemPath((target[0] == Self.slash ? [] : Array(prefix)) + target[..<count])
  }

  /// The number of the process's own descriptor that this path names; links are not followed.
  var descriptor: Int32? {
    for folder in ["/proc/self/fd/", "/dev/fd/"] where text.hasPrefix(folder) {
      return Int32(text.dropFirst(folder.count))
    }
    return nil
  }
}
