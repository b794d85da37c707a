import Foundation
import Runs
import Storage
import Testing

@Suite("A list of runs")
struct RunListingTests {
  let scratch: Scratch
  let output: URL
  init() throws {
    scratch = try Scratch()
    output = scratch.url.appendingPathComponent("runs")
  }

  private func listings() -> [RunListing] {
    RunDirectory.all(in: output).map { directory in
      RunListing(of: directory) { _, json in Toy.changedSettings(stored: json) }
    }
  }

  @Test("says what differs from the study's settings, how many claims hold, and how far a run is")
  func standing() throws {
    var own = Toy.Configuration()
    own.steps = 10
    _ = try scratch.run(own).perform(RunOptions(jobs: 1))
    let part = try scratch.run()
    _ = try part.perform(RunOptions(jobs: 1, shard: Shard("1/2")))
    let runs = listings()
    #expect(runs.count == 2)
    let finished = try #require(runs.first { $0.state == .finished })
    #expect(finished.changed.map(\.key) == ["steps"] && finished.standing == "none tested")
    #expect(finished.size > 1000)
    let unfinished = try #require(runs.first { $0.state != .finished })
    #expect(unfinished.state == .unfinished(trials: 3) && unfinished.changed.isEmpty)
    let table = RunListing.table(of: runs)
    for columns in [60, 80, 120] {
      #expect(
        table.text(columns: columns).split(separator: "\n").allSatisfy { $0.count <= columns })
    }
  }

  @Test("passes over links, pipes and folders of other kinds, and waits for nothing")
  func hostile() throws {
    let run = try scratch.run()
    _ = try run.perform(RunOptions(jobs: 1))
    let study = run.directory.url.deletingLastPathComponent()
    let files = FileManager.default
    try files.createSymbolicLink(
      at: study.appendingPathComponent("0123456789abcdef"), withDestinationURL: run.directory.url)
    let piped = study.appendingPathComponent("fedcba9876543210")
    try files.createDirectory(at: piped, withIntermediateDirectories: true)
    for name in ["config.json", "summary.json", "trials.jsonl"] {
      #expect(mkfifo(piped.appendingPathComponent(name).path, 0o600) == 0)
    }
    try files.createDirectory(
      at: study.appendingPathComponent("notes"), withIntermediateDirectories: true)
    let runs = listings()
    #expect(runs.count == 2)
    guard case .unreadable(let reason)? = runs.first(where: { $0.state != .finished })?.state else {
      Issue.record("a pipe is no run")
      return
    }
    #expect(reason.contains("it is a pipe or a device, and should be a file"))
    // Neither a comparison nor a merge nor a report waits for them.
    let pipe = RunDirectory(piped)
    #expect(throws: RunError.self) { try RunComparison(of: [run.directory, pipe]) }
    #expect(throws: RunError.self) { try RunSummary(reading: pipe) }
    #expect(throws: RunError.self) { try RunExport(reading: pipe) }
    #expect(throws: RunError.self) { try run.merge(from: [pipe]) }
  }

  @Test("loses what is removed to the trash, where it is whole and may be moved back from")
  func removal() throws {
    let run = try scratch.run()
    let summary = try #require(try run.perform(RunOptions(jobs: 1)).summary)
    let first = try run.directory.moveToTrash()
    #expect(first.path.hasSuffix("runs/trash/toy/\(run.directory.url.lastPathComponent)"))
    #expect(listings().isEmpty && RunDirectory.finished(in: output).isEmpty)
    #expect(try RunSummary(reading: RunDirectory(first)) == summary)
    // The same settings again are a new run, and may be removed as well.
    _ = try run.perform(RunOptions(jobs: 1))
    let second = try run.directory.moveToTrash()
    #expect(second.lastPathComponent == first.lastPathComponent + "-2")
    try FileManager.default.moveItem(at: first, to: run.directory.url)
    #expect(listings().map(\.state) == [.finished])
  }

  @Test("loses no run at which a process is at work, no link, and nothing that is no run")
  func safety() throws {
    let run = try scratch.run()
    _ = try run.perform(RunOptions(jobs: 1))
    let lock = try FileLock(guarding: run.directory.url.appendingPathComponent("trials.jsonl"))
    let error = #expect(throws: RunError.self) { try run.directory.moveToTrash() }
    #expect(error?.description.contains("is in use by process") == true)
    withExtendedLifetime(lock) {}
    let study = run.directory.url.deletingLastPathComponent()
    let link = study.appendingPathComponent("0123456789abcdef")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: run.directory.url)
    let empty = study.appendingPathComponent("fedcba9876543210")
    try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
    for folder in [link, empty, study, scratch.url] {
      #expect(throws: RunError.self) { try RunDirectory(folder).moveToTrash() }
      #expect(FileManager.default.fileExists(atPath: folder.path))
    }
    #expect(FileManager.default.fileExists(atPath: run.directory.report.path))
    // A trash that leads elsewhere takes nothing.
    try FileManager.default.removeItem(at: output.appendingPathComponent("trash"))
    let elsewhere = scratch.url.appendingPathComponent("elsewhere")
    try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: output.appendingPathComponent("trash"), withDestinationURL: elsewhere)
    #expect(throws: RunError.self) { try run.directory.moveToTrash() }
    #expect(FileManager.default.fileExists(atPath: run.directory.report.path))
  }
}
