import Storage
import Foundation
import Runs
import Testing

@Suite("A run on a machine that fails", .serialized)
struct FaultTests {
  let scratch: Scratch
  let bits: String

  init() throws {
    scratch = try Scratch()
    let undisturbed = try scratch.run(in: "undisturbed")
    _ = try undisturbed.perform(RunOptions(jobs: 2))
    bits = try undisturbed.bits()
  }

  @Test("whose disk fills up at any moment keeps what ended, says so, and goes on to the same bits")
  func diskFillsUp() async throws {
    let output = scratch.url.path
    await #expect(processExitsWith: .exitCode(0)) {
      [output = output as String, bits = bits as String] in
      signal(SIGXFSZ, SIG_IGN)
      var failures = 0
      for size in stride(from: 100, to: 12_000, by: 300) {
        let folder = URL(fileURLWithPath: "\(output)/\(size)")
        let run = try Run(Toy.self, output: folder)
        limitFiles(to: size)
        do {
          _ = try run.perform(RunOptions(jobs: 1))
        } catch let error as RunError {
          failures += 1
          guard error.exitStatus == .inputOutput, error.description.hasSuffix(" is kept") else {
            fatalError("\(size): \(error)")
          }
        }
        limitFiles(to: nil)
        _ = try run.perform(RunOptions(jobs: 1))
        guard try run.bits() == bits else { fatalError("\(size): other bits") }
      }
      exit(failures > 10 ? 0 : 1)
    }
  }

  @Test("whose store is removed under it says so, and does again what was lost")
  func removedStore() throws {
    var slow = Toy.Configuration()
    slow.pause = 2000
    let run = try scratch.run(slow, in: "removed")
    let store = run.directory.url.appendingPathComponent("trials.jsonl").path
    let remover = Thread {
      while unlink(store) != 0 { usleep(1000) }
    }
    remover.start()
    #expect(throws: RunError.removed(store)) { try run.perform(RunOptions(jobs: 1)) }
    let again = try run.perform(RunOptions(jobs: 1))
    #expect(again.summary?.trials == 6)
  }

  @Test("names the folder that cannot be written, and touches nothing in it")
  func readOnlyFolder() async throws {
    let run = try scratch.run(in: "read-only")
    _ = try run.perform(RunOptions(jobs: 1, shard: Shard("1/2")))
    let folder = run.directory.url.path
    let output = scratch.url.appendingPathComponent("read-only").path
    chmod(folder, 0o555)
    await #expect(processExitsWith: .exitCode(73)) { [output = output as String] in
      // The superuser may write everywhere.
      if geteuid() == 0 { seteuid(65534) }
      do {
        _ = try Run(Toy.self, output: URL(fileURLWithPath: output)).perform()
      } catch let error as RunError {
        guard error.description.hasSuffix(" cannot be created: Permission denied") else { exit(1) }
        exit(error.exitStatus.rawValue)
      }
    }
    chmod(folder, 0o755)
    _ = try run.perform(RunOptions(jobs: 1))
    #expect(try run.bits() == bits)
  }

  @Test("refuses a second process, names the first, and neither loses anything")
  func twoProcesses() async throws {
    var slow = Toy.Configuration()
    slow.pause = 3000
    let run = try scratch.run(slow, in: "shared")
    let first = Task.detached { try run.perform(RunOptions(jobs: 1)).summary }
    let lock = run.directory.url.appendingPathComponent(".trials.jsonl.lock").path
    while (try? Data(contentsOf: URL(fileURLWithPath: lock)).isEmpty) ?? true { usleep(1000) }
    let output = scratch.url.appendingPathComponent("shared").path
    await #expect(processExitsWith: .exitCode(73)) { [output = output as String] in
      var slow = Toy.Configuration()
      slow.pause = 3000
      do {
        _ = try Run(Toy.self, configuration: slow, output: URL(fileURLWithPath: output)).perform()
      } catch let error as RunError {
        guard error.description.contains(" is in use by process ") else { exit(1) }
        exit(error.exitStatus.rawValue)
      }
    }
    let summary = try await first.value
    #expect(summary?.trials == 6)
    #expect(try String(contentsOf: run.store, encoding: .utf8).split(separator: "\n").count == 7)
  }

  @Test("lets its shards work in one folder at once")
  func shardsAtOnce() async throws {
    let run = try scratch.run(in: "shards")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...3 {
        group.addTask {
          _ = try run.perform(RunOptions(jobs: 1, shard: Shard(number: number, count: 3)))
        }
      }
      try await group.waitForAll()
    }
    _ = try run.merge()
    #expect(try run.bits() == bits)
  }

  @Test("removes what killed processes left half-written, and nothing that is being written")
  func leftovers() throws {
    let run = try scratch.run(in: "leftovers")
    _ = try run.perform(RunOptions(jobs: 1))
    let folder = run.directory.url
    let names = [".mnist1d.31-4159", "tables/.mnist1d.2-7182", "figures/.mnist1d.1-61803"]
    let others = [".mnist1d.31", ".hidden", "tables/.notes.31-4159", ".mnist1d.14-1421"]
    for name in names + others { try Data([1]).write(to: folder.appendingPathComponent(name)) }
    // Somebody is at work on the last one.
    let writer = open(folder.appendingPathComponent(others[3]).path, O_RDWR)
    defer { close(writer) }
    #expect(flock(writer, LOCK_EX | LOCK_NB) == 0)
    _ = try run.perform(RunOptions(jobs: 1))
    for name in names { #expect(access(folder.appendingPathComponent(name).path, F_OK) != 0) }
    for name in others { #expect(access(folder.appendingPathComponent(name).path, F_OK) == 0) }
    flock(writer, LOCK_UN)
    _ = try run.merge()
    #expect(access(folder.appendingPathComponent(others[3]).path, F_OK) != 0)
  }

  @Test("retries a failed trial when asked, and then has the bits of a run without failures")
  func retry() throws {
    let run = try scratch.run(in: "failed")
    _ = try run.perform(RunOptions(jobs: 1))
    let lines = try String(contentsOf: run.store, encoding: .utf8).split(separator: "\n")
    var object = try JSON(reading: String(lines[1]))
    object["check"] = nil
    object["measurement"] = nil
    object["status"] = "failed"
    object["reason"] = "out of memory"
    let failed = Seal.line(of: object, in: run.identity).dropLast()
    let store = ([lines[0], Substring(failed)] + lines[2...]).joined(separator: "\n") + "\n"
    try Data(store.utf8).write(to: run.store)

    let kept = try #require(try run.perform(RunOptions(jobs: 1)).summary)
    #expect(kept.failures.map(\.reason) == ["out of memory"])
    #expect(try String(contentsOf: run.store, encoding: .utf8) == store)
    let listener = Listener()
    let retried = try #require(
      try run.perform(RunOptions(jobs: 1, failures: .retry), observer: listener).summary)
    #expect(listener.sentences == ["going on with 1 of 6 trials; the others are done"])
    #expect(retried.failures.isEmpty)
    #expect(try run.bits() == bits)
    #expect(try run.perform(RunOptions(jobs: 1)).summary == retried)
  }
}

@Suite("A checkpoint")
struct CheckpointTests {
  @Test("that is torn or of another trial is left out of account, with a note, and then goes")
  func uselessFiles() throws {
    let scratch = try Scratch()
    let undisturbed = try scratch.run(in: "undisturbed")
    _ = try undisturbed.perform(RunOptions(jobs: 2))
    var stalling = Toy.Configuration()
    stalling.stallsAt = 12
    let other = try scratch.run(stalling)
    let interruption = Interruption()
    interruption.request()
    _ = try other.perform(RunOptions(jobs: 2), interruption: interruption)
    let states = other.directory.url.appendingPathComponent("checkpoints")
    let names = try FileManager.default.contentsOfDirectory(atPath: states.path).sorted()
    try #require(names.count == 2)

    let run = try scratch.run()
    let place = run.directory.url.appendingPathComponent("checkpoints")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let state = try Data(contentsOf: states.appendingPathComponent(names[0]))
    try state.write(to: place.appendingPathComponent(names[0]))
    try state.prefix(90).write(to: place.appendingPathComponent(names[1]))
    let listener = Listener()
    _ = try run.perform(RunOptions(jobs: 2), observer: listener)
    #expect(
      listener.sentences.sorted()
        == names.map {
          "\(place.path)/\($0) is damaged or belongs to another trial: "
            + "the trial starts from its beginning"
        })
    #expect(try run.bits() == undisturbed.bits())
    #expect(access(place.path, F_OK) != 0)
  }

  @Test("damaged at any byte or cut anywhere is never gone on from")
  func damagedAnywhere() throws {
    let scratch = try Scratch()
    let file = scratch.url.appendingPathComponent("state")
    let checkpoint = TrialContext(checkpoint: file).checkpoint
    let state = Data("the state".utf8)
    #expect(checkpoint.load() == nil)
    try checkpoint.save(state)
    #expect(checkpoint.load() == state)
    let whole = try Data(contentsOf: file)
    for index in whole.indices {
      var damaged = whole
      damaged[index] ^= 4
      try damaged.write(to: file)
      #expect(checkpoint.load() == nil, "byte \(index)")
      try whole.prefix(index).write(to: file)
      #expect(checkpoint.load() == nil, "cut to \(index) bytes")
    }
  }

  @Test("of a form that the study no longer knows is left out of account")
  func unknownForm() throws {
    let scratch = try Scratch()
    let checkpoint = TrialContext(checkpoint: scratch.url.appendingPathComponent("s")).checkpoint
    try checkpoint.save(encoding: [1, 2])
    #expect(checkpoint.load([Int].self) == [1, 2])
    #expect(checkpoint.load([String: Int].self) == nil)
    try checkpoint.save(Data("{".utf8))
    #expect(checkpoint.load([Int].self) == nil)
  }
}

/// Makes writes beyond so many bytes of a file fail, as on a full disk.
private func limitFiles(to size: Int?) {
  #if os(Linux)
    let resource = __rlimit_resource_t(1)
  #else
    let resource = RLIMIT_FSIZE
  #endif
  var limit = rlimit()
  getrlimit(resource, &limit)
  limit.rlim_cur = size.map { rlim_t($0) } ?? limit.rlim_max
  setrlimit(resource, &limit)
}
