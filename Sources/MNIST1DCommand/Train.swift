import ArgumentParser
import DataFormats
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Studies
import Tensors

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train one classifier.",
    discussion: """
      Adam and cross-entropy on batches taken in order, as the paper trains its baselines. The initial weights are \
      those of PyTorch after torch.manual_seed, and the same command gives the same digest on every machine.
      """)

  @Option(help: "The kind of classifier.")
  var model: Architecture

  @OptionGroup var hidden: ActivationOptions

  @OptionGroup var data: DataOptions

  @Option(help: ArgumentHelp("The number of the last step.", valueName: "n"))
  var steps = TrainingSettings().steps

  @Option(help: ArgumentHelp("How many examples a step sees.", valueName: "n"))
  var batchSize = TrainingSettings().batchSize

  @Option(help: ArgumentHelp("Adam's step size.", valueName: "x"))
  var learningRate = TrainingSettings().learningRate

  @Option(help: ArgumentHelp("The factor of the L2 penalty's gradient.", valueName: "x"))
  var weightDecay = TrainingSettings().weightDecay

  @Option(help: ArgumentHelp("Every how many steps to evaluate.", valueName: "n"))
  var evalEvery = TrainingSettings().evaluationInterval

  @Option(help: ArgumentHelp("The seed of the initial weights.", valueName: "n"))
  var seed: UInt64 = 42

  @Option(
    help: ArgumentHelp(
      "Hold the last n training examples out, and select the best evaluation by them.",
      valueName: "n"))
  var validation: Int?

  @Option(
    help: ArgumentHelp(
      "Stop after n evaluations in a row without a better one.", valueName: "n"))
  var patience: Int?

  @Option(
    help: ArgumentHelp("Start from these weights.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var initialWeights: String?

  @Option(
    help: ArgumentHelp(
      "Train this lottery ticket, its mask and, unless --initial-weights gives others, its initial weights.",
      valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var ticket: String?

  @Option(
    help: ArgumentHelp("Write the final weights here.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var save: String?

  @Option(
    help: ArgumentHelp(
      "Keep the state here after every evaluation, and go on from it if it is there.",
      valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var checkpoint: String?

  @Option(
    help: ArgumentHelp("Write one line of JSON per step here.", valueName: "file"),
    completion: .file(extensions: ["jsonl"]))
  var metrics: String?

  @Option(
    help: ArgumentHelp(
      "Write the curves here for TensorBoard, while training.", valueName: "folder"),
    completion: .directory)
  var tensorboard: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    try settings.validate()
    let dataset = try data.completeDataset()
    try model.requireLength(dataset.length)
    let ticket = try ticket.map { try TicketFile(reading: $0) }
    let width = try ticket?.hiddenUnits ?? initialWeights.flatMap(MultilayerPerceptron.hiddenUnits)
    var generator = TorchGenerator(seed: seed)
    var network = try hidden.network(
      model, inputs: dataset.length, hidden: width, using: &generator)
    if let initialWeights { try network.loadWeights(from: initialWeights) }
    if let ticket {
      let masked = try ticket.masked(network)
      try train(initialWeights == nil ? masked : Masked(network, by: masked.mask), on: dataset)
    } else {
      try train(network, on: dataset)
    }
  }

  private func train(_ network: some Classifier, on dataset: Dataset) throws {
    let interruption = Interruption()
    interruption.listen()
    var training = try prepare(network, on: dataset)
    var log = MetricsLog()
    if let checkpoint, FileManager.default.fileExists(atPath: checkpoint) {
      let saved = try TrainingFile(reading: checkpoint)
      try training.resume(from: saved.checkpoint)
      log = MetricsLog(lines: saved.metrics)
      Terminal.note("going on from step \(training.step) of \(checkpoint)")
    }
    let events = try tensorboard.map { folder throws(FileError) in try EventFile(in: folder) }
    while !training.isFinished {
      if let signal = interruption.signal {
        try events?.flush()
        try stop(training, log, by: signal)
      }
      let step = try training.advance()
      log.append(step)
      events?.append(step.scalars, step: step.step)
      guard let evaluation = step.evaluation else { continue }
      try events?.flush()
      Terminal.note(
        "step \(step.step) of \(steps): test accuracy \(evaluation.test.accuracy.shown(1)) %, "
          + "test loss \(evaluation.test.loss.shown(3)), "
          + "train loss \(evaluation.train.loss.shown(3))")
      if let checkpoint {
        try TrainingFile(checkpoint: training.checkpoint, metrics: log.lines).write(to: checkpoint)
      }
    }
    try events?.flush()
    if let save { try training.model.writeWeights(to: save) }
    if let metrics { try OutputFile.write(Array(log.lines.utf8), to: metrics) }
    let train = training.model.score(on: training.training)
    let test = training.model.score(on: training.test)
    Terminal.print(
      json
        ? summary(of: training, train: train, test: test).pretty
        : text(of: training, train: train, test: test))
  }

  /// Keeps what there is, and says how to go on.
  private func stop(
    _ training: Training<some Classifier>, _ log: MetricsLog, by signal: Int32
  ) throws -> Never {
    if let checkpoint {
      try TrainingFile(checkpoint: training.checkpoint, metrics: log.lines).write(to: checkpoint)
    }
    if let metrics { try OutputFile.write(Array(log.lines.utf8), to: metrics) }
    Terminal.note(
      "mnist1d: interrupted with \(training.step) of \(steps + 1) steps done; "
        + (checkpoint == nil
          ? "give --checkpoint to be able to go on from there"
          : "the same command goes on from there"))
    throw ExitCode(128 + signal)
  }

  private func prepare<Network: Classifier>(
    _ network: Network, on dataset: Dataset
  ) throws -> Training<Network> {
    let all = Examples(dataset.x, dataset.y)
    var (examples, heldOut): (Examples, Examples?) = (all, nil)
    if let validation {
      guard validation > 0, validation < all.count else {
        throw Failure.usage(
          "--validation is \(validation); it must be 1 to \(all.count - 1), the training examples less one"
        )
      }
      (examples, heldOut) = all.holdingOut(validation)
    }
    return try Training(
      of: network, on: examples, validating: heldOut,
      testing: Examples(dataset.xTest, dataset.yTest), settings: settings)
  }

  private var settings: TrainingSettings {
    var settings = TrainingSettings()
    settings.steps = steps
    settings.batchSize = batchSize
    settings.learningRate = learningRate
    settings.weightDecay = weightDecay
    settings.evaluationInterval = evalEvery
    settings.patience = patience
    return settings
  }

  private func summary(
    of training: Training<some Classifier>, train: Score, test: Score
  ) -> JSON {
    var summary: JSON = [
      "model": .text(model.rawValue), "parameters": .integer(training.model.parameterCount),
      "seed": .integer(Int(clamping: seed)), "steps": .integer(training.step - 1),
    ]
    summary = summary.appending(scores(train: train, test: test))
    if let best = training.best {
      summary["best"] = [
        "step": .integer(best.step), "selected_by": validation == nil ? "test" : "validation",
        "test_accuracy": .number(best.test.accuracy),
      ]
      if let held = best.validation {
        summary["best"]?["validation_accuracy"] = .number(held.accuracy)
      }
    }
    summary["kernels"] = .text(Kernels.current)
    summary["digest"] = .text(training.model.digest)
    return summary
  }

  private func text(
    of training: Training<some Classifier>, train: Score, test: Score
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

extension Training.StepMetrics {
  /// The metrics as TensorBoard groups them: what it compares comes after the slash.
  fileprivate var scalars: [EventRecord.Scalar] {
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

/// The metrics of a training, one line of JSON per step.
private struct MetricsLog {
  private(set) var lines = ""

  init(lines: String = "") { self.lines = lines }

  mutating func append<Network>(_ step: Training<Network>.StepMetrics) {
    var line: JSON = [
      "step": .integer(step.step), "train_loss": .number(shortest(step.trainLoss)),
    ]
    if let evaluation = step.evaluation {
      line["test_loss"] = .number(evaluation.test.loss)
      line["train_accuracy"] = .number(evaluation.train.accuracy)
      line["test_accuracy"] = .number(evaluation.test.accuracy)
      if let held = evaluation.validation {
        line["validation_loss"] = .number(held.loss)
        line["validation_accuracy"] = .number(held.accuracy)
      }
    }
    lines += line.canonical + "\n"
  }

  /// The double with the fewest digits that reads back to the same float.
  private func shortest(_ value: Float) -> Double { Double(value.description) ?? Double(value) }
}
