import Storage
import Foundation
import Runs
import Testing

@Suite("The trial store")
struct TrialStoreTests {
  let scratch: Scratch
  let configuration: Toy.Configuration
  let run: Run<Toy>
  let whole: Data
  let bits: String

  init() throws {
    scratch = try Scratch()
    var configuration = Toy.Configuration()
    (configuration.seeds, configuration.steps) = ([42], 1)
    self.configuration = configuration
    run = try scratch.run(configuration)
    _ = try run.perform(RunOptions(jobs: 1))
    whole = try Data(contentsOf: run.store)
    bits = try run.bits()
  }

  private func resume() throws -> [String] {
    let listener = Listener()
    _ = try run.perform(RunOptions(jobs: 2), observer: listener)
    return listener.sentences
  }

  @Test("cut at any byte leads to the same bits")
  func cutAnywhere() throws {
    for length in 0..<whole.count {
      try whole.prefix(length).write(to: run.store)
      let sentences = try resume()
      #expect(try run.bits() == bits, "cut to \(length) bytes")
      #expect(!sentences.contains { $0.contains("damaged") }, "cut to \(length) bytes")
    }
  }

  @Test("keeps every trial whose line is whole, even without its end")
  func keepsWholeLines() throws {
    let lines = whole.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    try whole.dropLast().write(to: run.store)
    #expect(try resume() == [])
    #expect(try Data(contentsOf: run.store) == whole)
    try whole.dropLast(lines[lines.count - 2].count / 2).write(to: run.store)
    #expect(try resume() == ["going on with 1 of 3 trials; the others are done"])
  }

  @Test("damaged at any byte leads to the same bits, or is refused by its version")
  func damagedAnywhere() throws {
    for offset in stride(from: 0, to: whole.count, by: 3) {
      var damaged = whole
      damaged[offset] ^= 1 << UInt8(offset % 7)
      try damaged.write(to: run.store)
      do {
        _ = try resume()
        #expect(try run.bits() == bits, "byte \(offset)")
      } catch let error as RunError {
        // Nothing is lost by refusing: the file is as it was.
        #expect(offset < 160, "byte \(offset): \(error)")
        #expect(try Data(contentsOf: run.store) == damaged)
      }
    }
  }

  @Test("names the file and the line that is damaged, and computes that trial again")
  func namesTheDamagedLine() throws {
    var lines = whole.split(separator: UInt8(ascii: "\n"))
    let index = lines[2].startIndex + 20
    lines[2][index] = lines[2][index] ^ 1
    let damaged = Data(lines.joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
    try damaged.write(to: run.store)
    #expect(
      try resume() == [
        "\(run.store.path): line 3 is damaged or edited, so it is left out; reproduce runs again what trials are missing",
        "going on with 1 of 3 trials; the others are done",
      ])
    #expect(try run.bits() == bits)
    #expect(try Data(contentsOf: run.store).starts(with: damaged))
  }

  @Test("of an older or newer version is refused by name and left alone", arguments: [0, 1, 3])
  func otherVersionIsRefused(_ version: Int) throws {
    let other = Data("{\"format\":\"trials\",\"version\":\(version)}\n".utf8)
    try other.write(to: run.store)
    let expected = RunError.unknownStoreVersion(
      file: run.store.path, found: "\(version)", understood: 2)
    #expect(throws: expected) { try resume() }
    #expect(expected.exitStatus == .badData)
    #expect(try Data(contentsOf: run.store) == other)
  }

  @Test("of another run is refused by name")
  func otherRunIsRefused() throws {
    let other = try scratch.run(.quick)
    _ = try other.perform(RunOptions(jobs: 1))
    try Data(contentsOf: other.store).write(to: run.store)
    let error = #expect(throws: RunError.self) { try resume() }
    #expect(error?.description.contains("belongs to the run toy/") == true)
  }

  @Test("is open to one process at a time, and names who has it")
  func isLocked() throws {
    let lock = open(
      run.directory.url.appendingPathComponent(".trials.jsonl.lock").path, O_RDWR)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    let error = #expect(throws: RunError.self) { try resume() }
    guard case .file(.inUse(run.directory.url.path, let owner))? = error else {
      Issue.record("met \(String(describing: error))")
      return
    }
    #expect(owner.hasPrefix("process \(getpid()) on "))
    #expect(error?.exitStatus == .cannotCreate)
    flock(lock, LOCK_UN)
    #expect(try resume() == [])
  }

  @Test("with measurements that the study no longer understands says what to do")
  func outdatedMeasurement() throws {
    var lines = String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init)
    var object = try JSON(reading: lines[1])
    object["check"] = nil
    object["measurement"] = ["accuracy": 1]
    lines[1] = String(Seal.line(of: object, in: run.identity).dropLast())
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: run.store)
    let error = #expect(throws: RunError.self) { try resume() }
    #expect(error?.exitStatus == .badData)
    #expect(error?.description.hasSuffix(": start with --fresh") == true)
  }

  @Test("holds the time of each trial and its status")
  func lineFormat() throws {
    let line = String(decoding: whole, as: UTF8.self).split(separator: "\n")[1]
    let object = try JSON(reading: String(line))
    #expect(object.members?.map(\.key) == ["key", "measurement", "seconds", "status", "check"])
    #expect(object["key"] == ["seed": 42, "size": 3])
    #expect(object["status"] == "completed")
    #expect(try #require(object["seconds"]?.number) > 0)
    #expect(object["measurement"]?["lowest"] == -0.0)
  }
}
