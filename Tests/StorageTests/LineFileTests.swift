import Storage
import Foundation
import Testing

@Suite("A file that grows by lines")
struct LineFileTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lines-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test("goes on from an earlier moment, and drops what came after it")
  func resuming() throws {
    try inFolder { folder in
      let path = "\(folder)/f"
      var extent = LineFile.Extent()
      do {
        let file = try LineFile(at: path)
        try file.append("one")
        extent = file.extent
        try file.append("two")
        try file.flush()
        #expect(try text(path) == "one\ntwo\n")
        // Nobody else writes to it meanwhile.
        #expect(throws: FileError.self) { try LineFile(at: path) }
      }
      do {
        let file = try #require(try LineFile(at: path, from: extent))
        try file.append("2")
        try file.flush()
        #expect(try text(path) == "one\n2\n")
        let copy = try LineFile(at: "\(folder)/copy", copying: file)
        #expect(copy.extent == file.extent)
        #expect(try text("\(folder)/copy") == "one\n2\n")
      }
      // Another beginning, a shorter one, none.
      for content in ["onE\n2\n", "one", ""] {
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        #expect(try LineFile(at: path, from: extent) == nil)
        #expect(try text(path) == content)
      }
      #expect(try LineFile(at: "\(folder)/absent", from: extent) == nil)
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/absent"))
    }
  }

  @Test("two spellings of one file are one place, also before it is there")
  func places() throws {
    try inFolder { folder in
      try FileManager.default.createDirectory(
        atPath: "\(folder)/a/b", withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/link", withDestinationPath: "a/new")
      for (first, second) in [
        ("a/new", "a/b/../new"), ("a/new", "./a//new"), ("link", "a/new"), ("a", "a/"),
        ("a/x/y", "a/./x/y"),
      ] {
        #expect(
          FilePlace("\(folder)/\(first)") == FilePlace("\(folder)/\(second)"),
          "\(first) and \(second)")
      }
      for (first, second) in [("a/new", "a/old"), ("a/new", "a/b/new"), ("a", "a/b")] {
        #expect(FilePlace("\(folder)/\(first)") != FilePlace("\(folder)/\(second)"))
      }
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/circle", withDestinationPath: "circle")
      #expect(FilePlace("\(folder)/circle") == nil)
    }
  }
}
