import Storage
import DataFormats
import NeuralNetworks
import Runs
import Tensors

extension Train {
  /// What a training came to, for a program.
  func summary(of training: PaperTraining<some Classifier>, train: Score, test: Score) -> JSON {
    var summary = start(of: training).appending(scores(train: train, test: test))
    summary["best"] = best(of: training)
    summary["kernels"] = .text(Kernels.current)
    summary["digest"] = .text(training.model.digest)
    return summary
  }

  /// What a training had come to when it diverged, for a program.
  func summary(of training: PaperTraining<some Classifier>, divergedBy error: TrainingError) -> JSON
  {
    var summary = start(of: training)
    summary["diverged"] = .text("\(error)")
    summary["best"] = best(of: training)
    summary["kernels"] = .text(Kernels.current)
    return summary
  }

  private func start(of training: PaperTraining<some Classifier>) -> JSON {
    [
      "model": .text(model.rawValue), "parameters": .integer(training.model.parameterCount),
      "seed": .whole(seed),
      "steps": training.stepCount > 0 ? .integer(training.stepCount - 1) : .null,
    ]
  }

  private func best<Network>(of training: PaperTraining<Network>) -> JSON? {
    training.best.map { best in
      var summary: JSON = [
        "step": .integer(best.step), "selected_by": validation == nil ? "test" : "validation",
        "test_accuracy": .number(best.test.accuracy),
      ]
      if let held = best.validation { summary["validation_accuracy"] = .number(held.accuracy) }
      return summary
    }
  }

  /// What a training came to, for a person.
  func text(
    of training: PaperTraining<some Classifier>, train: Score, test: Score
  ) -> String {
    var lines = [scoreLines(train: train, test: test)]
    if let best = training.best {
      lines.append(
        "best   accuracy \(best.test.accuracy.shown(2)) % on the test set at step \(best.step), "
          + "selected by the \(validation == nil ? "test" : "held-out") examples")
    }
    lines.append("digest \(training.model.digest) of \(training.model.parameterCount) parameters")
    return lines.joined(separator: "\n")
  }
}

extension StepMetrics {
  /// The metrics as TensorBoard groups them: what it compares comes after the slash.
  var scalars: [EventRecord.Scalar] {
    var scalars = [EventRecord.Scalar("loss/batch", trainLoss)]
    guard let evaluation else { return scalars }
    for (name, score) in [
      ("train", evaluation.train), ("validation", evaluation.validation), ("test", evaluation.test),
    ] {
      guard let score else { continue }
      scalars.append(EventRecord.Scalar("loss/\(name)", Float(score.loss)))
      scalars.append(EventRecord.Scalar("accuracy/\(name)", Float(score.accuracy)))
    }
    return scalars
  }
}
