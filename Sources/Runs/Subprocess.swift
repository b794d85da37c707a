import Foundation

/// Another program, run to its end.
enum Subprocess {
  /// How a program ended, and the first of what it wrote.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  /// The most bytes of each stream that are kept.
  private static let most = 1 << 20

  /// Runs a program that the system finds by its name, without input.
  ///
  /// Both of its streams are read as they come: a program that nobody reads stops when a pipe is full.
  ///
  /// - Parameters:
  ///   - command: the program's name and its arguments.
  ///   - patience: the seconds after which it is ended.
  /// - Returns: how it ended.
  /// - Throws: ``RunError/cannotSubmit(reason:)`` if it cannot be started, or does not end in time.
  static func run(_ command: [String], for patience: Double) throws(RunError) -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    let pipes = [Pipe(), Pipe()]
    process.standardOutput = pipes[0]
    process.standardError = pipes[1]
    process.standardInput = FileHandle.nullDevice
    do { try process.run() } catch { throw .cannotSubmit(reason: error.localizedDescription) }
    var texts = [[UInt8](), [UInt8]()]
    let end = ContinuousClock.now + .seconds(patience)
    var open = pipes.indices.map { ($0, pipes[$0].fileHandleForReading.fileDescriptor) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while !open.isEmpty {
      guard ContinuousClock.now < end else {
        process.terminate()
        throw .cannotSubmit(
          reason: "\(command[0]) gave no answer within \(Int(patience.rounded(.up))) seconds; "
            + "squeue says whether it has taken a job")
      }
      var requests = open.map { pollfd(fd: $0.1, events: Int16(POLLIN), revents: 0) }
      _ = poll(&requests, nfds_t(requests.count), 100)
      for (request, (stream, descriptor)) in zip(requests, open) where request.revents != 0 {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { open.removeAll { $0.0 == stream } }
        let room = most - texts[stream].count
        if count > 0, room > 0 { texts[stream] += buffer.prefix(min(count, room)) }
      }
    }
    // It has closed its streams, so it ends at once, or has gone into the background.
    while process.isRunning, ContinuousClock.now < end { usleep(1000) }
    guard !process.isRunning else {
      process.terminate()
      throw .cannotSubmit(
        reason: "\(command[0]) did not end within \(Int(patience.rounded(.up))) seconds")
    }
    return Outcome(
      status: process.terminationStatus, output: String(decoding: texts[0], as: UTF8.self),
      errors: String(decoding: texts[1], as: UTF8.self))
  }
}
