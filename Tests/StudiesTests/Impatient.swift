import Runs

/// Asks for the end of a run as soon as its first trial is under way.
struct Impatient: RunObserver {
  let interruption: Interruption

  func update(_ progress: RunProgress) {
    if progress.fraction > 0, progress.ended == 0 { interruption.request() }
  }

  func announce(_ sentence: String) {}
  func end() {}
}
