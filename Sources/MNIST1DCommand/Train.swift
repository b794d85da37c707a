import Storage
import ArgumentParser
import DataFormats
import Figures
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Studies
import StudyCommands
import Tensors

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train one classifier.",
    discussion: """
      Unless told otherwise: Adam and cross-entropy on batches taken in order, as the paper trains its baselines. The \
      initial weights are those of PyTorch after torch.manual_seed, and the same command gives the same digest on every \
      machine.
      """)

  @OptionGroup var kind: NetworkOptions
  var model: Architecture { kind.model }

  @OptionGroup var hidden: ActivationOptions

  @OptionGroup var data: DataOptions

  @OptionGroup(title: "Training") var options: RecipeOptions

  @OptionGroup(title: "What is learned") var selection: SelectionOptions

  @Option(
    number: ArgumentHelp(
      "The seed of the initial weights, and of whatever else is drawn.", valueName: "n"))
  var seed: UInt64 = 42

  @Option(
    number: ArgumentHelp(
      "Hold the last n training examples out, and select the best evaluation by them.",
      valueName: "n"))
  var validation: Int?

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
      """
      Keep the state here after evaluations, and go on from it if it is there, with more --steps if you like and \
      nothing else changed. The metrics are kept beside it, in a file whose name ends in .metrics.jsonl.
      """,
      valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var checkpoint: String?

  @Option(
    help: ArgumentHelp("Write one line of JSON per step here, while training.", valueName: "file"),
    completion: .file(extensions: ["jsonl"]))
  var metrics: String?

  @Option(
    help: ArgumentHelp(
      "Write the curves here for TensorBoard, while training.", valueName: "folder"),
    completion: .directory)
  var tensorboard: String?

  @Option(
    help: ArgumentHelp("Write the evaluations here, a row for each.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var curves: String?

  @Option(
    help: ArgumentHelp(
      "Draw the evaluations here, as SVG, PNG or PDF by the name's ending.", valueName: "file"),
    completion: .file(extensions: PictureFormat.allCases.map(\.rawValue)))
  var figure: String?

  @Flag(help: "Say first what the network is made of: its parameters with their shapes and counts.")
  var summary = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    try options.recipe.validate()
    try requireOutputs()
    let dataset = try data.completeDataset()
    try model.requireLength(dataset.length)
    let settings = try kind.network(inputs: dataset.length)
    let ticket = try ticket.map { try TicketFile(reading: $0) }
    let weights = try initialWeights.map { try WeightsFile(reading: $0) }
    noteDropped(ticket?.droppedPrefix, from: self.ticket)
    noteDropped(weights?.droppedPrefix, from: initialWeights)
    let classes = ticket?.classes ?? weights?.classes ?? max(10, dataset.labelCount)
    try dataset.requireClasses(classes, of: self.ticket ?? initialWeights)
    var generator = TorchGenerator(seed: seed)
    let activation = try hidden.function(of: model)
    var network = BaselineNetwork(
      model, settings, inputs: dataset.length, hidden: ticket?.hiddenUnits ?? weights?.hiddenUnits,
      classes: classes, activation: activation, using: &generator)
    try weights?.load(into: &network)
    if summary && !json { Terminal.print(parameterTable(of: network)) }
    let state = checkpoint.map { CheckpointFile(at: $0, options: identity(activation, ticket)) }
    let data = try LearnedData(of: dataset, classes: classes, by: self)
    if let ticket {
      let masked = try ticket.masked(network)
      try train(
        initialWeights == nil ? masked : Masked(network, by: masked.mask), on: data, generator,
        state)
    } else {
      try train(network, on: data, generator, state)
    }
  }

  /// The options that the training starts from besides its settings, as they are shown to a person.
  private func identity(
    _ activation: Activation?, _ ticket: TicketFile?
  ) -> [(name: String, value: String)] {
    [
      ("model", ([model.rawValue] + kind.settings).joined(separator: " ")),
      ("data", data.data ?? "none"), ("seed", "\(seed)"),
      ("initial-weights", initialWeights ?? "none"), ("ticket", self.ticket ?? "none"),
      ("activation", (activation ?? .named(.relu)).identity), ("mask", ticket?.digest ?? "none"),
    ] + Self.settings(options.recipe, selection.selection)
  }

  /// Refuses, before anything is read or computed, outputs that could not be written or would destroy something.
  private func requireOutputs() throws {
    var outputs = Outputs()
    try outputs.add("--save", save)
    try outputs.add("--checkpoint", checkpoint, .state)
    try outputs.add("--checkpoint's metrics", journal, .growingFile)
    try outputs.add("--metrics", metrics, .growingFile)
    try outputs.add("--tensorboard", tensorboard, .folder)
    if let curves, !curves.lowercased().hasSuffix(".csv"), !curves.hasPrefix("/dev/") {
      throw Failure.usage("--curves is \(curves); its name must end in .csv")
    }
    if let figure { _ = try PictureFormat(for: "--figure", figure) }
    try outputs.add("--curves", curves)
    try outputs.add("--figure", figure)
    try outputs.require(apartFrom: [
      ("--data", data.data), ("--ticket", ticket), ("--activation", hidden.file),
    ])
    // Weights may be improved in place: they are replaced by weights, at the very end.
    try outputs.require(
      apartFrom: [("--initial-weights", initialWeights)], except: "--save")
  }

  /// The file beside a checkpoint that keeps the metrics of the steps that led to it.
  private var journal: String? { checkpoint.map { $0 + ".metrics.jsonl" } }

  private func train(
    _ network: some Classifier, on data: LearnedData, _ generator: TorchGenerator,
    _ state: CheckpointFile?
  ) throws {
    let interruption = Interruption()
    interruption.listen()
    var training = try Training(
      of: network, on: data.training, validating: data.heldOut, testing: data.test,
      by: options.recipe, using: generator,
      remembering: curves == nil && figure == nil ? .best : .whole)
    let extent = try state?.resume(&training)
    var log = try MetricsLog(metrics, journal: journal, from: extent ?? .start)
    let events = try tensorboard.map { folder throws(FileError) in try EventFile(in: folder) }
    func keep(_ moment: CheckpointFile.Moment) throws {
      try events?.flush()
      try log.flush()
      try state?.save(training, log, moment)
    }
    var logged = training.stepCount - 1
    var display = TrainingDisplay(of: model, from: training.stepCount, steps: training.steps)
    defer { display.end() }
    do {
      while !training.isFinished {
        if let signal = interruption.signal {
          try keep(.last)
          display.stop(after: training.stepCount)
          try stop(training, by: signal)
        }
        let step = try training.stepAndEvaluate()
        try log.append(step)
        logged = step.step
        events?.append(step.scalars, step: step.step)
        display.show(training.stepCount)
        guard let evaluation = step.evaluation else { continue }
        display.announce(
          "step \(step.step) of \(training.steps - 1): test accuracy \(evaluation.test.accuracy.shown(1)) %, "
            + "test loss \(evaluation.test.loss.shown(3)), "
            + "train loss \(evaluation.train.loss.shown(3))", after: training.stepCount)
        try keep(.evaluation)
      }
    } catch let error as TrainingError {
      display.end()
      // The state after the last good evaluation stays as it is. A step may have been taken, and failed by its scores.
      if let last = training.lastStep, last.step > logged {
        try log.append(last)
        events?.append(last.scalars, step: last.step)
      }
      try events?.flush()
      try log.flush()
      if json { MNIST1DCommand.print(json: summary(of: training, divergedBy: error)) }
      throw error
    }
    display.end()
    try keep(.last)
    if let save { try training.model.writeWeights(to: save) }
    if curves != nil || figure != nil {
      let evaluations = training.evaluationsIncludingLast
      if let curves {
        try OutputFile.write(Self.curves(of: training, evaluations).encode(), to: curves)
      }
      if let figure {
        let picture = learningCurves(of: training, evaluations)
        let format = try PictureFormat(for: "--figure", figure)
        try OutputFile.write(picture.file(as: format), to: figure)
      }
    }
    let train = training.model.score(on: training.batches.data)
    let test = training.model.score(on: data.test)
    if json {
      MNIST1DCommand.print(json: summary(of: training, train: train, test: test))
    } else {
      Terminal.print(text(of: training, train: train, test: test))
    }
  }

  /// Says how to resume.
  private func stop(_ training: RecipeTraining<some Classifier>, by signal: Int32) throws -> Never {
    Terminal.note(
      "mnist1d: interrupted with \(training.stepCount) of \(training.steps) steps done; "
        + (checkpoint == nil
          ? "give --checkpoint to be able to go on from there"
          : "the same command goes on from there"))
    throw ExitCode(128 + signal)
  }
}

/// The examples of a training, in their parts.
struct LearnedData {
  /// What is learned.
  let training: Examples
  /// What is held out of it for selection; nil where nothing is.
  let heldOut: Examples?
  /// What is reported on.
  let test: Examples

  /// Takes from a dataset what the options ask for.
  init(of dataset: Dataset, classes: Int, by options: Train) throws {
    let selection = options.selection.selection
    let all = try selection.training(
      from: Examples(dataset.x, dataset.y), classes: classes,
      seed: UInt32(truncatingIfNeeded: options.seed))
    test = try selection.restricted(Examples(dataset.xTest, dataset.yTest), classes: classes)
    guard let count = options.validation else {
      (training, heldOut) = (all, nil)
      return
    }
    guard count > 0, count < all.count else {
      throw Failure.usage(
        "--validation is \(count); it must be 1 to \(all.count - 1), the training examples less one"
      )
    }
    (training, heldOut) = all.holdingOut(count)
  }
}
