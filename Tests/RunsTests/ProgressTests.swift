import Runs
import Testing

@Suite("Progress")
struct ProgressTests {
  @Test("foretells nothing before anything was measured")
  func noEstimate() {
    var estimate = TimeEstimate(jobs: 2)
    estimate.running = [.init(cost: 5, seconds: 3, fraction: 0)]
    estimate.waiting = [1]
    #expect(estimate.secondsLeft == nil)
  }

  @Test("plays the rest of the schedule through, the longest trial first")
  func schedule() {
    var estimate = TimeEstimate(jobs: 2)
    estimate.ended = (cost: 10, seconds: 20)
    // Two seconds for each unit: 8, then 3 and 2 and 1 on the other thread.
    estimate.waiting = [4, 1.5, 1, 0.5]
    #expect(estimate.secondsPerCost == 2)
    #expect(estimate.secondsLeft == 8)
    // On one thread all follow each other.
    estimate.jobs = 1
    #expect(estimate.secondsLeft == 14)
  }

  @Test("believes what a trial says of itself more than its cost")
  func fractions() {
    var estimate = TimeEstimate(jobs: 2)
    estimate.ended = (cost: 10, seconds: 10)
    estimate.running = [
      .init(cost: 8, seconds: 6, fraction: 0.25), .init(cost: 5, seconds: 2, fraction: 0),
    ]
    // 10 + 2 units took 16 seconds; the first has 18 to go, the second 5 · 4/3 − 2.
    #expect(estimate.secondsPerCost == 16.0 / 12)
    #expect(estimate.secondsLeft == 18)
    // The trial that waits goes to the thread that is free first.
    estimate.waiting = [12]
    #expect(abs(estimate.secondsLeft! - (5 * 4.0 / 3 - 2 + 16)) < 1e-12)
  }

  @Test("does not foretell less than nothing for a trial that takes longer than its cost says")
  func overdue() {
    var estimate = TimeEstimate(jobs: 1)
    estimate.ended = (cost: 1, seconds: 1)
    estimate.running = [.init(cost: 1, seconds: 50, fraction: 0)]
    #expect(estimate.secondsLeft == 0)
  }

  @Test("does not credit a trial that goes on from a checkpoint with what was done before")
  func resumed() {
    var estimate = TimeEstimate(jobs: 1)
    estimate.running = [.init(cost: 100, seconds: 10, fraction: 0.85, start: 0.8)]
    // A twentieth took ten seconds; three more of them are left.
    #expect(abs(estimate.secondsLeft! - 30) < 1e-9)
    #expect(abs(estimate.secondsPerCost! - 2) < 1e-9)
    // Taken up a moment ago, it has shown nothing, and the pace of others has to do.
    estimate.ended = (cost: 10, seconds: 20)
    estimate.running = [.init(cost: 100, seconds: 1, fraction: 0.8, start: 0.8)]
    #expect(abs(estimate.secondsLeft! - 39) < 1e-9)
  }

  private final class Screen {
    var text = ""
    var time = 0.0
  }

  private func state(_ ended: Int) -> RunProgress {
    RunProgress(
      study: "toy", planned: 24, ended: ended, failed: 1, fraction: Double(ended) / 24,
      elapsed: 10, rate: 0.5, secondsLeft: 75, message: "model cnn, seed 42: step 20")
  }

  @Test("on a terminal is one line that fits and is drawn at most ten times a second")
  func terminal() {
    let screen = Screen()
    var display = ProgressDisplay(.terminal(columns: 80), now: { screen.time }) {
      screen.text += $0
    }
    display.update(state(12))
    let bar = "━━━━━━━━━━━━────────────"
    #expect(
      screen.text == "toy \(bar) 12/24 · 1 failed · 30.0/min · 1:15 left · model c…")
    #expect(screen.text.count == 79)
    screen.time = 0.05
    display.update(state(13))
    #expect(!screen.text.contains("13/24"))
    screen.time = 0.2
    display.update(state(14))
    #expect(screen.text.contains("\r\u{1B}[2Ktoy"))
    display.announce("a warning")
    #expect(screen.text.hasSuffix("\r\u{1B}[2Ka warning\n"))
    display.update(state(24))
    display.end()
    #expect(screen.text.hasSuffix(" 24/24 · 1 failed · 30.0/min · 0:10\n"))
  }

  @Test("of a run that was told to stop shows what is done, and that the rest is left")
  func interrupted() throws {
    let screen = Screen()
    var display = ProgressDisplay(.terminal(columns: 80), now: { screen.time }) {
      screen.text += $0
    }
    var stopped = state(12)
    stopped.isInterrupted = true
    display.update(state(11))
    display.update(stopped)
    display.end()
    #expect(
      screen.text.hasSuffix("━━━━━━━━━━━━──────────── 12/24 · 1 failed · 30.0/min · interrupted\n"))
  }

  @Test("of trials that an interruption takes from the queue does not count them as done")
  func interruptedRun() throws {
    let scratch = try Scratch()
    var configuration = Toy.Configuration()
    configuration.pause = 2000
    let interruption = Interruption()
    let stopping = StoppingListener(interruption)
    let outcome = try scratch.run(configuration).perform(
      RunOptions(jobs: 1), interruption: interruption, observer: stopping)
    guard case .interrupted(_, let ended, let planned) = outcome else {
      Issue.record("the run was not interrupted")
      return
    }
    let last = try #require(stopping.latest)
    #expect(last.isInterrupted && last.ended == ended && ended < planned)
    #expect(last.fraction < 0.9)
  }

  /// Interrupts a run when its first trial has ended.
  private final class StoppingListener: RunObserver {
    private let interruption: Interruption
    private(set) var latest: RunProgress?

    init(_ interruption: Interruption) { self.interruption = interruption }

    func update(_ progress: RunProgress) {
      latest = progress
      if progress.ended > 0 { interruption.request() }
    }
    func announce(_ sentence: String) {}
    func end() {}
  }

  @Test("elsewhere is a plain line every ten seconds and one at the end")
  func plainLines() {
    let screen = Screen()
    var display = ProgressDisplay(.lines, now: { screen.time }) { screen.text += $0 }
    for (time, ended) in [(0.0, 1), (5, 2), (9.9, 3), (10.5, 4), (11, 24)] {
      screen.time = time
      display.update(state(ended))
    }
    display.end()
    #expect(
      screen.text == """
        toy: 1 of 24 trials, 1 failed, 30.0/min, 1:15 left, model cnn, seed 42: step 20
        toy: 4 of 24 trials, 1 failed, 30.0/min, 1:15 left, model cnn, seed 42: step 20
        toy: 24 of 24 trials, 1 failed, 30.0/min

        """)
  }

  @Test("of a run reaches all of its trials, and is told to whoever observes it")
  func observed() throws {
    let scratch = try Scratch()
    let listener = Listener()
    _ = try scratch.run().perform(RunOptions(jobs: 2), observer: listener)
    let latest = try #require(listener.latest)
    #expect((latest.planned, latest.ended, latest.failed, latest.fraction) == (6, 6, 0, 1))
    #expect(listener.hasEnded)
  }
}
