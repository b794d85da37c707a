import Storage
import Foundation
import Figures
import Runs
import Testing

@Suite("A script for Slurm")
struct ShellTextTests {
  /// Characters that a shell, sbatch or Swift takes for something special, alone and with an accent.
  private static let pieces = [
    "'", "'\u{301}", "\"", "\"\u{308}", "\\", "\\\u{301}", "$", "$(touch PWNED)", "`touch PWNED`",
    ";", "&", "|", "<",
    ">", "#", " ", "!", "~", "*", "?", "{a,b}", "[", "%", "%j", "é", "e\u{301}", "🙂", "\u{200D}",
    "K", "ａ", "a", "-",
    "=", "touch PWNED", "' ; touch PWNED ; '", "\u{A0}",
  ]

  /// Words of random pieces, and of random scalars, the same in every run.
  private static func words(_ count: Int) -> [String] {
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    return (0..<count).map { number in
      if number % 2 == 0 { return (0..<next(8)).map { _ in pieces[next(pieces.count)] }.joined() }
      return (0..<next(12)).compactMap { _ in Unicode.Scalar(UInt32(next(0x3000))) }
        .filter { $0.value != 0 }.map { String($0) }.joined()
    }
  }

  private func bash(_ script: URL, in folder: URL) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [script.path]
    process.currentDirectoryURL = folder
    let output = folder.appendingPathComponent("output")
    try Data().write(to: output)
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Array(try Data(contentsOf: output))
  }

  @Test("quotes every word so that a shell reads the same bytes and does nothing")
  func shellWords() throws {
    let scratch = try Scratch()
    let words = Self.words(2000) + Self.pieces
    let script = scratch.url.appendingPathComponent("script.sh")
    let lines = words.map { "printf '%s\\0' \(ShellText.word($0))\n" }.joined()
    try Data(lines.utf8).write(to: script)
    let expected = Array(words.map { $0 + "\0" }.joined().utf8)
    #expect(try bash(script, in: scratch.url) == expected)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted() == [
        "output", "script.sh",
      ])
  }

  /// What sbatch makes of the options in a line, after `_get_argument` in its source.
  private func read(_ line: String) -> [String]? {
    var (arguments, argument): ([String], [UInt8]) = ([], [])
    var (quote, isEscaped, isOpen): (UInt8?, Bool, Bool) = (nil, false, false)
    for byte in line.utf8 {
      if !isOpen, byte == UInt8(ascii: "#") { break }
      if isEscaped {
        isEscaped = false
        argument.append(byte)
      } else if byte == UInt8(ascii: "\\") {
        (isEscaped, isOpen) = (true, true)
      } else if quote != nil {
        if byte == quote { quote = nil } else { argument.append(byte) }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        (quote, isOpen) = (byte, true)
      } else if byte == UInt8(ascii: "#") {
        break
      } else if byte == UInt8(ascii: " ") || (9...13).contains(byte) {
        if isOpen { arguments.append(String(decoding: argument, as: UTF8.self)) }
        (argument, isOpen) = ([], false)
      } else {
        argument.append(byte)
        isOpen = true
      }
    }
    if isOpen { arguments.append(String(decoding: argument, as: UTF8.self)) }
    return quote == nil && !isEscaped ? arguments : nil
  }

  @Test("writes every option so that sbatch reads the same bytes as one option")
  func options() {
    for word in Self.words(2000) + Self.pieces where word.isPrintable {
      #expect(read(ShellText.option("--output=\(word)")) == ["--output=\(word)"])
    }
  }

  @Test(
    "does nothing but what it should, whatever its folder and its settings are called",
    arguments: [
      "x'\u{301}; touch PWNED; #", "a b", "$(touch PWNED)", "`touch PWNED`", "%j %a %%", "\\",
      "a\\%j\"b", "#c", "\"d",
      "'", "-e",
    ])
  func hostileNames(name: String) throws {
    let scratch = try Scratch()
    let folder = scratch.url.appendingPathComponent(name)
    let program = scratch.url.appendingPathComponent("program")
    try Data("#!/bin/sh\nprintf '%s\\n' \"$@\" >> \(scratch.url.path)/calls\n".utf8).write(
      to: program)
    chmod(program.path, 0o755)
    let plan = RunPlan(
      directory: RunDirectory(folder), trials: 1, pending: [1], secondsPerCost: 1)
    let array = try SlurmArray(
      plan, of: "toy", .tasks(1), largest: 9,
      resources: SlurmArray.Resources(partition: "p;touch", account: "a'b"))
    try array.write(
      program.path, ["toy", "x=\(name)", "--output", folder.path], output: folder.path)
    for script in ["array.sh", "finish.sh"] {
      _ = try bash(array.folder.appendingPathComponent(script), in: scratch.url)
    }
    let words = [
      "reproduce", "toy", "x=\(name)", "--output", folder.path, "--jobs", "1", "--threads", "1",
    ]
    let calls: [String]
    let options = try String(
      contentsOf: array.folder.appendingPathComponent("array.sh"), encoding: .utf8
    ).split(separator: "\n").filter { $0.hasPrefix("#SBATCH ") }.map {
      read(String($0.dropFirst(8)))
    }
    #expect(options.allSatisfy { $0?.count == 1 })
    #expect(options.contains(["--partition=p;touch"]) && options.contains(["--account=a'b"]))
    calls = try String(
      contentsOf: scratch.url.appendingPathComponent("calls"), encoding: .utf8
    ).components(separatedBy: "\n")
    #expect(Array(calls.prefix(words.count)) == words)
    #expect(calls.suffix(4) == ["report", "--output", folder.path, ""])
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.url.path)
    #expect(Set(names) == [name, "calls", "output", "program"])
  }

  @Test(
    "is not written with a control character anywhere, and says where it was",
    arguments: steering + ["\n"])
  func controlCharacters(character: Character) throws {
    let scratch = try Scratch()
    let word = "a\(character)touch PWNED"
    func array(_ resources: SlurmArray.Resources = .init(), in folder: String = "b") throws
      -> SlurmArray
    {
      let directory = RunDirectory(scratch.url.appendingPathComponent(folder))
      let plan = RunPlan(directory: directory, trials: 1, pending: [1], secondsPerCost: 1)
      return try SlurmArray(plan, of: "toy", .tasks(1), largest: 9, resources: resources)
    }
    let attempts: [(String, () throws -> Void)] = [
      ("--partition", { _ = try array(.init(partition: word)) }),
      ("--account", { _ = try array(.init(account: word)) }),
      ("--time", { _ = try array(.init(time: word)) }),
      ("the run's folder", { _ = try array(in: word) }),
      ("--output", { try array().write("mnist1d", [], output: word) }),
      ("the program's path", { try array().write(word, [], output: "c") }),
      ("a word of the command", { try array().write("mnist1d", [word], output: "c") }),
    ]
    // A path ends at a null character before anybody asks.
    for (name, attempt) in attempts where character != "\0" || name != "the run's folder" {
      let error = #expect(throws: RunError.self) { try attempt() }
      #expect(error?.exitStatus == .usage)
      #expect(error?.description.hasPrefix("\(name) is \"") == true, "\(error?.description ?? "")")
      #expect(error?.description.unicodeScalars.contains(character.unicodeScalars.first!) == false)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).isEmpty)
  }

  @Test("takes a time limit as sbatch does, and no other")
  func times() throws {
    for time in [
      "30", "0", "30:00", "1:30:00", "2-12", "2-12:30", "2-12:30:15", "UNLIMITED", "infinite",
    ] {
      try SlurmArray.Resources(time: time).check()
    }
    for time in [
      "abc", "", "-1", "1:2:3:4", "1-", "-", "1-2-3", "1.5", " 30", "30 ", "1:", ":1", "１２", "1h",
      "30m", "99999999",
      "1-2:3:4:5", "--help", "30\u{301}",
    ] {
      let error = #expect(throws: RunError.self) { try SlurmArray.Resources(time: time).check() }
      #expect(error?.exitStatus == .usage)
      #expect(error?.description.hasPrefix("--time is \"") == true)
      #expect(error?.description.contains("days-hours:minutes:seconds, or UNLIMITED") == true)
    }
  }
}
