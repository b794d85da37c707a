import Foundation
import Runs
import Testing

/// Asks for the end of a run as soon as its first trial is under way.
struct Impatient: RunObserver {
  let interruption: Interruption

  func update(_ progress: RunProgress) {
    if progress.fraction > 0, progress.ended == 0 { interruption.request() }
  }

  func announce(_ sentence: String) {}
  func end() {}
}

/// Interrupts a run of one trial after its first checkpoint, goes on, and expects what a run that was never interrupted
/// gives.
func expectSameBitsAfterInterruption<S: Study>(
  of study: S.Type, _ configuration: S.Configuration
) throws {
  let output = FileManager.default.temporaryDirectory
    .appendingPathComponent("\(S.name)-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: output) }
  let run = try Run(study, configuration: configuration, output: output)
  let options = RunOptions(jobs: 1, threads: 1)
  let interruption = Interruption()
  let first = try run.perform(
    options, interruption: interruption, observer: Impatient(interruption: interruption))
  guard case .interrupted = first else {
    Issue.record("the trial ended before it could be interrupted: \(first)")
    return
  }
  let checkpoints = run.directory.url.appendingPathComponent("checkpoints").path
  #expect(try FileManager.default.contentsOfDirectory(atPath: checkpoints).count == 1)
  guard case .complete(let resumed) = try run.perform(options) else {
    Issue.record("the resumed trial did not end")
    return
  }
  guard case .complete(let whole) = try run.perform(RunOptions(jobs: 1, start: .fresh)) else {
    Issue.record("the whole trial did not end")
    return
  }
  #expect(resumed.digest == whole.digest)
  #expect(resumed.findings == whole.findings)
}
