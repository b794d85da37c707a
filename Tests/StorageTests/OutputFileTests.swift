import Foundation
import Storage
import Testing

@Suite("A file that is written whole")
struct OutputFileTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func write(_ text: String, to path: String) throws {
    try OutputFile.write(Array(text.utf8), to: path)
  }

  private func text(of path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func mode(of path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test("has the mode that the umask leaves when it is new", arguments: [0o022, 0o077] as [mode_t])
  func newMode(_ mask: mode_t) throws {
    try inFolder { folder in
      let script = "umask \(String(mask, radix: 8)); touch '\(folder)/touched'"
      let shell = try Process.run(URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", script])
      shell.waitUntilExit()
      let path = "\(folder)/a"
      try write("old", to: path)
      let own = umask(0)
      umask(own)
      #expect(mode(of: path) == 0o666 & ~own)
      #expect(mode(of: "\(folder)/touched") == 0o666 & ~mask)
    }
  }

  @Test("keeps its mode when it is replaced", arguments: [0o600, 0o640, 0o666, 0o755] as [mode_t])
  func keepsMode(_ mode: mode_t) throws {
    try inFolder { folder in
      let path = "\(folder)/a"
      try write("old", to: path)
      #expect(chmod(path, mode) == 0)
      try write("new", to: path)
      #expect(try text(of: path) == "new")
      #expect(self.mode(of: path) == mode)
      #expect(try names(in: folder) == ["a"])
    }
  }

  @Test("is left as it is when nobody may write it, also for root")
  func readOnly() throws {
    try inFolder { folder in
      let path = "\(folder)/a"
      try write("old", to: path)
      #expect(chmod(path, 0o444) == 0)
      let error = #expect(throws: FileError.self) { try write("new", to: path) }
      #expect(error?.exitStatus == .cannotCreate)
      #expect(error?.description == "\(path): cannot be created: it is read-only")
      #expect(try text(of: path) == "old")
      #expect(try names(in: folder) == ["a"])
    }
  }

  @Test("is what a chain of symbolic links ends at, be it there or not; the links stay")
  func links() throws {
    try inFolder { folder in
      let files = FileManager.default
      try files.createDirectory(atPath: "\(folder)/b", withIntermediateDirectories: false)
      try files.createSymbolicLink(atPath: "\(folder)/one", withDestinationPath: "b/two")
      try files.createSymbolicLink(
        atPath: "\(folder)/b/two", withDestinationPath: "\(folder)/b/three")
      for content in ["made", "replaced"] {
        try write(content, to: "\(folder)/one")
        #expect(try text(of: "\(folder)/b/three") == content)
      }
      #expect(try files.destinationOfSymbolicLink(atPath: "\(folder)/one") == "b/two")
      #expect(try names(in: folder) == ["b", "one"])
      #expect(try names(in: "\(folder)/b") == ["three", "two"])
    }
  }

  @Test("is not looked for for ever where links go round in a circle")
  func circle() throws {
    try inFolder { folder in
      let files = FileManager.default
      try files.createSymbolicLink(atPath: "\(folder)/a", withDestinationPath: "b")
      try files.createSymbolicLink(atPath: "\(folder)/b", withDestinationPath: "a")
      #expect(throws: FileError.self) { try write("x", to: "\(folder)/a") }
      #expect(try names(in: folder) == ["a", "b"])
    }
  }

  @Test("may lie behind a link whose target is not UTF-8")
  func foreignNames() throws {
    try inFolder { folder in
      let target: [CChar] =
        "\(folder)/caf".utf8.map { CChar(bitPattern: $0) } + [CChar(bitPattern: 0xE9), 0]
      #expect(symlink(target, "\(folder)/link") == 0)
      try write("x", to: "\(folder)/link")
      var status = stat()
      #expect(stat(target, &status) == 0 && status.st_size == 1)
    }
  }

  @Test("may have a name as long as names can be")
  func longName() throws {
    try inFolder { folder in
      let name = String(repeating: "n", count: 255)
      try write("old", to: "\(folder)/\(name)")
      try write("new", to: "\(folder)/\(name)")
      #expect(try names(in: folder) == [name])
      #expect(throws: FileError.self) { try write("x", to: "\(folder)/\(name)n") }
      #expect(try names(in: folder) == [name])
    }
  }

  @Test("is written to, not replaced, if it is a pipe")
  func pipe() throws {
    try inFolder { folder in
      let path = "\(folder)/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      let reader = open(path, O_RDONLY | O_NONBLOCK)
      defer { close(reader) }
      try write("text", to: path)
      var bytes = [UInt8](repeating: 0, count: 9)
      #expect(read(reader, &bytes, 9) == 4)
      #expect(try names(in: folder) == ["pipe"])
    }
  }

  @Test("goes to the descriptor that /dev/fd names, behind what it has written before")
  func descriptor() throws {
    try inFolder { folder in
      let path = "\(folder)/a"
      let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
      #expect(Foundation.write(descriptor, "one ", 4) == 4)
      try write("two", to: "/dev/fd/\(descriptor)")
      close(descriptor)
      #expect(try text(of: path) == "one two")
      let error = #expect(throws: FileError.self) { try write("x", to: "/dev/fd/999") }
      #expect(error?.exitStatus == .cannotCreate)
    }
  }
}

@Suite("Text for a terminal")
struct PrintableTextTests {
  @Test("spells out what would command the terminal, and nothing else")
  func spellsOut() {
    let name = "a\u{1B}[2Jb\u{7}\u{9B}c\r\n\td\u{202E}é ü 9 ━"
    #expect(name.printable == #"a\u{1B}[2Jb\u{7}\u{9B}c\r\n\td\u{202E}é ü 9 ━"#)
    #expect("a\n\tb\u{1B}".printableLines == "a\n\tb" + #"\u{1B}"#)
  }

  @Test("keeps the beginning and the end of what is too long")
  func abridges() {
    #expect("short".printable(within: 5) == "short")
    #expect(String(repeating: "a", count: 100).printable(within: 30).count == 33)
    #expect("abcdefghij".printable(within: 6) == "abcd … ij")
  }
}
