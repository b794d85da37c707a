import Storage
import StudyCommands
import DataFormats
import Figures
import NeuralNetworks
import Runs
import Studies
import Tensors

extension Train {
  /// What a training came to, for a program.
  func summary(of training: RecipeTraining<some Classifier>, train: Score, test: Score) -> JSON {
    var summary = start(of: training).appending(scores(train: train, test: test))
    summary["best"] = best(training.bestIncludingLast)
    summary["kernels"] = .text(Kernels.current)
    summary["digest"] = .text(training.model.digest)
    return summary
  }

  /// What a training had come to when it diverged, for a program.
  func summary(of training: RecipeTraining<some Classifier>, divergedBy error: TrainingError)
    -> JSON
  {
    var summary = start(of: training)
    summary["diverged"] = .text("\(error)")
    summary["best"] = best(training.best)
    summary["kernels"] = .text(Kernels.current)
    return summary
  }

  private func start(of training: RecipeTraining<some Classifier>) -> JSON {
    [
      "model": .text(model.rawValue), "parameters": .integer(training.model.parameterCount),
      "seed": .whole(seed), "settings": settings,
      "steps": training.stepCount > 0 ? .integer(training.stepCount - 1) : .null,
    ]
  }

  private func best(_ evaluation: Evaluation?) -> JSON? {
    evaluation.map { best in
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
    of training: RecipeTraining<some Classifier>, train: Score, test: Score
  ) -> String {
    var lines = [scoreLines(train: train, test: test)]
    if let best = training.bestIncludingLast {
      lines.append(
        "best   accuracy \(best.test.accuracy.shown(2)) % on the test set at step \(best.step), "
          + "selected by the \(validation == nil ? "test" : "held-out") examples")
    }
    lines.append("digest \(training.model.digest) of \(training.model.parameterCount) parameters")
    return lines.joined(separator: "\n")
  }
}

extension Train {
  /// The settings of a training, as a person writes them.
  static func settings(
    _ recipe: TrainingRecipe, _ selection: ExampleSelection
  ) -> [(name: String, value: String)] {
    (Setting.list(of: recipe) + Setting.list(of: selection)).map { setting in
      (setting.key, setting.value == "null" || setting.value.isEmpty ? "none" : setting.value)
    }
  }

  /// The settings for a program, under the names that JSON has at every door.
  private var settings: JSON {
    let records = [
      kind.json, try? JSON(encoding: options.recipe), try? JSON(encoding: selection.selection),
      [
        "validation": validation.map { .integer($0) } ?? nil,
        "data": data.data.map { .text($0) } ?? nil,
        "initial_weights": initialWeights.map { .text($0) } ?? nil,
        "ticket": ticket.map { .text($0) } ?? nil,
        "activation": hidden.activation.map { .text($0) } ?? nil,
      ] as JSON,
    ]
    return JSON.object(records.flatMap { $0?.members ?? [] }).underscored
  }

  /// The parameters of a network with their shapes and counts.
  func parameterTable(of network: some Classifier) -> String {
    var table = Table(
      "parameters", title: "The \(model.label)'s parameters", columns: ["name", "shape", "count"])
    for (name, tensor) in network.namedParameters {
      table.append([
        .text(name), .text(tensor.shape.map(String.init).joined(separator: " × ")),
        .integer(tensor.count),
      ])
    }
    table.append([.text("all"), .empty, .integer(network.parameterCount)])
    return table.text(columns: Terminal.columns)
  }

  /// The evaluations, one a row: the step and epoch whose end they follow, losses, and accuracies in percent.
  static func curves<Model>(
    of training: RecipeTraining<Model>, _ evaluations: [Evaluation]
  ) -> CSVTable {
    let names = training.evaluator?.names ?? []
    return CSVTable(
      columns: ["step", "epoch"] + names.map { $0.replacing(".", with: "_") },
      rows: evaluations.map { evaluation in
        let epoch = Double(evaluation.step + 1) / Double(training.batches.stepsPerEpoch)
        return ["\(evaluation.step)", "\(epoch)"] + evaluation.metrics.map { "\($0.value)" }
      })
  }

  /// Loss and accuracy along the training.
  func learningCurves<Model>(
    of training: RecipeTraining<Model>, _ evaluations: [Evaluation]
  ) -> Figure {
    let isByEpoch = options.epochs != nil
    let x = evaluations.map { evaluation in
      isByEpoch
        ? Double(evaluation.step + 1) / Double(training.batches.stepsPerEpoch)
        : Double(evaluation.step)
    }
    let axis = Axis(isByEpoch ? "epoch" : "training step")
    func lines(_ value: (Score) -> Double) -> [Mark] {
      let sets: [(String, [Score], Appearance)] = [
        ("training", evaluations.map(\.train), .training),
        ("held out", evaluations.compactMap(\.validation), .heldOut),
        ("test", evaluations.map(\.test), .test),
      ]
      return sets.compactMap { name, scores, appearance in
        scores.isEmpty
          ? nil
          : .line(
            Line(
              name, x: x, y: scores.map(value), color: appearance.color, dash: appearance.dash))
      }
    }
    return Figure(
      title: "The \(model.label) while it is trained", subtitle: "Seed \(seed)",
      caption:
        "Loss and accuracy on the training and the test examples"
        + (evaluations.contains { $0.validation != nil } ? ", and on those held out" : "")
        + ", evaluated \(evaluations.count.shown) times; one seed.",
      panels: [
        Panel(x: axis, y: Axis("loss"), marks: lines { $0.loss }),
        Panel(x: axis, y: Axis("accuracy (%)"), marks: lines { $0.accuracy }),
      ], columns: 2, legend: .below, width: 960, aspect: 0.75)
  }
}

extension StepMetrics {
  /// The metrics under the tags that exported curves have, too.
  var scalars: [EventRecord.Scalar] {
    func scalar(_ name: String, _ value: Float) -> EventRecord.Scalar {
      EventRecord.Scalar(Curve.tag(of: name), value)
    }
    var scalars = [scalar("batch_loss", trainLoss)]
    guard let evaluation else { return scalars }
    for (name, score) in [
      ("train", evaluation.train), ("validation", evaluation.validation), ("test", evaluation.test),
    ] {
      guard let score else { continue }
      scalars.append(scalar("\(name)_loss", Float(score.loss)))
      scalars.append(scalar("\(name)_accuracy", Float(score.accuracy)))
    }
    return scalars
  }
}
