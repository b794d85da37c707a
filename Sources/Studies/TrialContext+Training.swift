import NeuralNetworks
import Runs

extension TrialContext {
  /// Takes a training to its end, says how far it is, and ends with it when the run is interrupted.
  ///
  /// - Parameters:
  ///   - training: what to take to its end.
  ///   - share: the part of the trial, from 0 to 1, that the training is.
  ///   - advance: takes the next step, or the next steps, and looks at the model in its own way where it likes.
  ///   - news: what a person wants to read beside the progress.
  /// - Throws: ``TrialCancelled`` where the run is interrupted, and what `advance` throws.
  func train<Model, Rule, Source>(
    _ training: inout Training<Model, Rule, Source>, share: ClosedRange<Double> = 0...1,
    _ advance: (inout Training<Model, Rule, Source>) throws -> Void = { try $0.stepAndEvaluate() },
    news: () -> String? = { nil }
  ) throws {
    while !training.isFinished {
      try checkCancellation()
      let done = Double(training.stepCount) / Double(training.steps)
      report(share.lowerBound + (share.upperBound - share.lowerBound) * done, news())
      try advance(&training)
    }
  }
}
