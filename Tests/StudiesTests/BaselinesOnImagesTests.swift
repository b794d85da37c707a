import DataFormats
import Fixtures
import Foundation
import NeuralNetworks
import ReferenceRandom
import Runs
import Storage
import Studies
import Tensors
import Testing

@Suite("The baselines study on MNIST's files")
struct BaselinesOnImagesTests {
  private func small(_ folder: String) -> Baselines.Configuration {
    var configuration = Baselines.Configuration()
    configuration.seeds = [1, 2, 3]
    configuration.steps = 4
    configuration.evalEvery = 4
    configuration.dataset.numSamples = 200
    configuration.examples = [.all]
    configuration.batchSize = 20
    configuration.learningRate = 0.003
    configuration.mnist = folder
    configuration.mnistSteps = 30
    return configuration
  }

  private func run(_ configuration: Baselines.Configuration, in folder: String) throws -> Run<
    Baselines
  > {
    try Run(
      Baselines.self, configuration: configuration,
      output: URL(fileURLWithPath: folder).appendingPathComponent("runs"))
  }

  private func outcome(
    _ configuration: Baselines.Configuration, in folder: String
  ) throws -> Findings {
    let run = try run(configuration, in: folder)
    guard case .complete(let summary) = try run.perform(RunOptions(jobs: 2, threads: 1)) else {
      throw CancellationError()
    }
    return summary.findings
  }

  @Test(
    "adds the paper's classifiers on as many images as signals, and on all where there are more")
  func trials() throws {
    try DrawnFolders.withFolder(of: DrawnFolders.mnist(training: 170, test: 40)) { folder in
      var configuration = small(folder)
      configuration.models = [.mlp, .tcn]
      let run = try run(configuration, in: folder)
      #expect(run.configuration.mnistImages == [.equal, .whole])
      #expect(
        Baselines.trials(for: run.configuration).compactMap(\.images).count
          == 2 * 1 * 2 * 3, "the tcn reads no images")
      configuration.dataset.numSamples = 220
      #expect(try self.run(configuration, in: folder).configuration.mnistImages == [.equal])
    }
  }

  @Test("leaves the keys of trials on signals as they were")
  func keys() throws {
    let trial = Baselines.Trial(model: .cnn, columns: .ordered, examples: .all, seed: 3)
    #expect(
      try JSON(encoding: trial).canonical
        == #"{"columns":"ordered","examples":"all","model":"cnn","seed":3}"#)
  }

  @Test("trains on the standardised images with their pixels in order and shuffled")
  func measurement() throws {
    try DrawnFolders.withFolder(of: DrawnFolders.mnist(training: 170, test: 45)) { folder in
      let configuration = try run(small(folder), in: folder).configuration
      for columns in Baselines.Columns.allCases {
        var state = NumPyRandomState(seed: 42)
        let order = columns == .shuffled ? state.permutation(144) : nil
        let all = try ImageDataset(mnistIn: folder)
        let split = Split(standardizing: all, order: order)
        var generator = TorchGenerator(seed: 2)
        var recipe = configuration.training(on: .all)
        recipe.steps = 30
        var training = try Training(
          of: BaselineNetwork(.cnn, image: all.shape, using: &generator), on: split.training,
          testing: split.test, by: recipe)
        while !training.isFinished { try training.stepAndEvaluate() }
        let trial = Baselines.Trial(
          model: .cnn, columns: columns, examples: .all, images: .whole, seed: 2)
        let measured = try Baselines.measure(trial, configuration, in: TrialContext())
        #expect(measured.digest == training.model.digest)
        #expect(measured.best > 50, "each class has a place of its own")
        let first = Baselines.Trial(
          model: .cnn, columns: columns, examples: .all, images: .equal, seed: 2)
        #expect(
          try Baselines.measure(first, configuration, in: TrialContext()).digest
            != measured.digest)
      }
    }
  }

  @Test("judges the paper's sentences about MNIST, in a table and a figure of their own")
  func findings() throws {
    try DrawnFolders.withFolder(of: DrawnFolders.mnist(training: 160, test: 40)) { folder in
      let findings = try outcome(small(folder), in: folder)
      let ids = findings.claims.map(\.id)
      #expect(
        ids.suffix(3) == ["mnist-poor", "mnist-1d-differentiates", "mnist-hides-priors"])
      let table = try #require(findings.tables.last)
      #expect(table.name == "table-1-mnist")
      #expect(table.columns == ["pixels", "images", "accuracy", "logistic", "mlp", "cnn", "gru"])
      #expect(table.rows.count == 5)
      #expect(findings.illustrations.map(\.name) == ["figure-2", "figure-8", "mnist"])
    }
  }

  @Test("says in one sentence what the row takes where there are no files")
  func invitation() throws {
    try DrawnFolders.withFolder(of: [:]) { folder in
      let findings = try outcome(small(""), in: folder)
      #expect(findings.notes.contains { $0.contains("mnist=DIR names the folder") })
      #expect(!findings.tables.contains { $0.name == "table-1-mnist" })
    }
  }

  @Test("takes results from a run that read the same images elsewhere")
  func moved() throws {
    var measured: [Baselines.Configuration] = []
    for _ in 0..<2 {
      try DrawnFolders.withFolder(of: DrawnFolders.mnist(training: 160, test: 40)) { folder in
        measured.append(try run(small(folder), in: folder).configuration)
      }
    }
    #expect(measured[0].mnist != measured[1].mnist)
    for trial in Baselines.trials(for: measured[0]) {
      #expect(
        Baselines.settings(measured[0], thatMatterTo: trial)
          == Baselines.settings(measured[1], thatMatterTo: trial))
    }
    var other = measured[0]
    other.mnistSteps += 1
    for trial in Baselines.trials(for: measured[0]) {
      let isSame =
        Baselines.settings(measured[0], thatMatterTo: trial)
        == Baselines.settings(other, thatMatterTo: trial)
      #expect(isSame == (trial.images == nil))
    }
  }

  @Test(
    "refuses a folder without the files, other images than the digest's, and no model for images")
  func refusals() throws {
    try DrawnFolders.withFolder(of: DrawnFolders.mnist(training: 20, test: 10)) { folder in
      var configuration = small(folder + "/nowhere")
      #expect(throws: RunError.self) { try run(configuration, in: folder) }
      configuration = small(folder)
      configuration.mnistDigest = String(repeating: "0", count: 64)
      #expect(throws: RunError.self) { try run(configuration, in: folder) }
      configuration = small("")
      configuration.mnistDigest = String(repeating: "0", count: 64)
      #expect(throws: RunError.self) { try run(configuration, in: folder) }
      configuration = small(folder)
      configuration.models = [.tcn]
      #expect(throws: RunError.self) { try run(configuration, in: folder) }
      for split in [1e300, .infinity, .nan] {
        configuration = small(folder)
        configuration.dataset.trainSplit = split
        #expect(throws: RunError.self) { try run(configuration, in: folder) }
      }
    }
  }
}
