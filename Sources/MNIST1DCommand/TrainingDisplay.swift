import NeuralNetworks
import Runs

/// How far a training is, and how long it still takes: a bar on a terminal, and a line for each evaluation.
struct TrainingDisplay {
  private let hasBar = ProgressDisplay.Medium.standardError != .lines
  private var display = ProgressDisplay.standardError()
  private let name: String
  private let first: Int
  private let planned: Int
  private let start = ContinuousClock.now
  private var isOpen = true

  /// Shows a training that goes on after so many steps.
  init(of model: Architecture, from first: Int, steps planned: Int) {
    name = model.rawValue
    self.first = first
    self.planned = planned
  }

  /// So many steps are done. A step may take microseconds, so not each of them is looked at.
  mutating func show(_ done: Int) {
    if hasBar, done % 32 == 0 { display.update(progress(done)) }
  }

  /// The training was told to stop, and this is how far it came.
  mutating func stop(after done: Int) {
    var progress = progress(done)
    progress.isInterrupted = true
    if hasBar { display.update(progress) }
    end()
  }

  /// Says something, and after it how long the rest takes.
  mutating func announce(_ sentence: String, after done: Int) {
    let left = done < planned ? progress(done).timeLeft.map { ", \($0) left" } : nil
    display.announce(sentence + (left ?? ""))
  }

  mutating func end() {
    if isOpen { display.end() }
    isOpen = false
  }

  private func progress(_ done: Int) -> RunProgress {
    let elapsed = start.duration(to: .now) / .seconds(1)
    let rate = elapsed > 0 ? Double(done - first) / elapsed : 0
    var progress = RunProgress(
      study: name, planned: planned, ended: done, fraction: Double(done) / Double(max(planned, 1)),
      elapsed: elapsed, rate: rate > 0 ? rate : nil,
      secondsLeft: rate > 0 ? Double(planned - done) / rate : nil)
    progress.unit = "steps"
    return progress
  }
}
