import Foundation

/// The built command, run as a user runs it.
struct Command {
  struct Outcome {
    let status: Int32
    let output: String
    let messages: String

    /// The output without what no two commands have in common: when they began and ended.
    var timeless: String { output.replacing(/"times": \{[^}]*\}/, with: "") }
  }

  /// Runs `mnist1d` in a folder with these arguments.
  static func run(
    _ arguments: String..., in folder: URL, environment: [String: String] = [:],
    input: String = ""
  ) throws -> Outcome {
    try run(arguments, in: folder, environment: environment, input: input)
  }

  /// Runs `mnist1d`, or another program that was built with it, in a folder with these arguments.
  static func run(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:],
    input: String = "", program: String = "mnist1d"
  ) throws -> Outcome {
    try start(
      arguments, in: folder, environment: environment, input: input, program: program
    ).outcome()
  }

  /// A process that has been started.
  struct Running {
    let process: Process
    /// Standard input, output and error.
    fileprivate let files: [URL]

    /// Waits for the end.
    func outcome() throws -> Outcome {
      process.waitUntilExit()
      defer { for file in files { try? FileManager.default.removeItem(at: file) } }
      return Outcome(
        status: process.terminationStatus,
        output: try String(contentsOf: files[1], encoding: .utf8),
        messages: try String(contentsOf: files[2], encoding: .utf8))
    }
  }

  /// Starts `mnist1d`, or another program, in a folder with these arguments; what is typed later comes through a pipe.
  static func start(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:],
    input: String = "", typing: Pipe? = nil, program: String = "mnist1d"
  ) throws -> Running {
    let process = Process()
    process.executableURL = products.appendingPathComponent(program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files rather than pipes: a pipe that nobody reads fills up.
    let (output, messages) = (
      folder.appendingPathComponent("out-\(UUID())"), folder.appendingPathComponent("err-\(UUID())")
    )
    for file in [output, messages] {
      try Data().write(to: file)
    }
    let typed = folder.appendingPathComponent("in-\(UUID())")
    try Data(input.utf8).write(to: typed)
    process.standardInput = try typing ?? FileHandle(forReadingFrom: typed)
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: messages)
    try process.run()
    return Running(process: process, files: [typed, output, messages])
  }

  /// Where the command is built, beside the tests. On macOS they are a bundle that another program loads.
  #if canImport(Darwin)
    private static let products = Bundle(for: Loaded.self).bundleURL.deletingLastPathComponent()
    private final class Loaded {}
  #else
    private static let products = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0])
      .deletingLastPathComponent()
  #endif

  /// Calls `body` with a new folder that is removed afterwards.
  static func inFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("mnist1d-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
