import Storage
import Foundation
import Runs
import Testing

@Suite("A process that carries out a run", .serialized)
struct KillTests {
  let scratch: Scratch
  let configuration: Toy.Configuration

  init() throws {
    scratch = try Scratch()
    var configuration = Toy.Configuration()
    configuration.pause = 200
    self.configuration = configuration
  }

  @Test("killed at one moment after another and started again ends with the same bits")
  func killed() async throws {
    let undisturbed = try scratch.run(configuration, in: "undisturbed")
    _ = try undisturbed.perform(RunOptions(jobs: 2))
    let run = try scratch.run(configuration, in: "killed")
    let output = scratch.url.appendingPathComponent("killed").path
    let random = (1...4).map { _ in Int.random(in: 0...12_000) }
    for moment in [0, 1500, 3000, 5000, 8000, 11_000] + random {
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [output = output as String, moment = moment as Int] in
        var configuration = Toy.Configuration()
        configuration.pause = 200
        Thread {
          usleep(UInt32(moment))
          kill(getpid(), SIGKILL)
        }.start()
        let url = URL(fileURLWithPath: output)
        let run = try Run(Toy.self, configuration: configuration, output: url)
        _ = try run.perform(RunOptions(jobs: 2))
        // Whether or not it was done in time.
        sleep(60)
      }
    }
    _ = try run.perform(RunOptions(jobs: 2))
    #expect(try run.bits() == undisturbed.bits())
  }

  @Test("ends with 130 after SIGINT and 143 after SIGTERM, and what ended is kept")
  func interrupted() async throws {
    let output = scratch.url.appendingPathComponent("interrupted").path
    await #expect(processExitsWith: .exitCode(130)) { [output = output as String] in
      exit(try interruptedRun(output, SIGINT))
    }
    await #expect(processExitsWith: .exitCode(143)) { [output = output as String] in
      exit(try interruptedRun(output, SIGTERM))
    }
    var stalling = Toy.Configuration()
    stalling.stallsAt = 19
    let run = try scratch.run(stalling, in: "interrupted")
    #expect(try String(contentsOf: run.store, encoding: .utf8).split(separator: "\n").count == 1)
  }
}

/// Sends the signal as soon as the first trials stall; the status with which the command would end.
private func interruptedRun(_ output: String, _ signal: Int32) throws -> Int32 {
  var configuration = Toy.Configuration()
  configuration.stallsAt = 19
  let interruption = Interruption()
  interruption.listen(for: [SIGINT, SIGTERM])
  Thread {
    usleep(50_000)
    kill(getpid(), signal)
  }.start()
  let run = try Run(
    Toy.self, configuration: configuration, output: URL(fileURLWithPath: output))
  return try run.perform(RunOptions(jobs: 2), interruption: interruption).exitStatus
}
