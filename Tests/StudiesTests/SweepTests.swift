import Figures
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Storage
import Testing

import Studies

@Suite("A sweep")
struct SweepTests {
  private func configuration(_ settings: String...) throws -> Sweep.Configuration {
    let small = ["steps=20", "eval-every=10", "batch-size=50", "dataset.num-samples=500"]
    let own = Set(settings.map { $0.prefix { $0 != "=" } })
    let all = small.filter { !own.contains($0.prefix { $0 != "=" }) } + settings
    let configuration = try Overrides(all).applied(to: Sweep.Configuration())
    try configuration.validate()
    return configuration
  }

  private func results(_ configuration: Sweep.Configuration) throws -> Results<Sweep> {
    Results(
      configuration,
      try Sweep.trials(for: configuration).map { trial in
        TrialResult(
          trial: trial,
          measurement: try Sweep.measure(trial, configuration, in: TrialContext(threads: 1)))
      })
  }

  @Test("trains every combination of all values, under each seed")
  func product() throws {
    let configuration = try configuration(
      "models=mlp,gru", "dataset.corr-noise-scale=linspace(0,1,3)", "hidden=5,7", "seeds=0..3")
    let trials = Sweep.trials(for: configuration)
    #expect(trials.count == 2 * 3 * 2 * 4 && Set(trials).count == trials.count)
    #expect(
      trials[5].description
        == "mlp batch-size=50 dataset.corr-noise-scale=0.5 dataset.num-samples=500 eval-every=10 hidden=5 steps=20 seed 1"
    )
    // Half the noise is an experiment's own no more than 0.25 is; the dataset's own value is left out.
    #expect(trials[0].settings["dataset.corr-noise-scale"] == "0")
    let experiment = try trials[5].experiment()
    #expect(experiment.dataset.corrNoiseScale == 0.5 && experiment.network.hidden == 5)
    #expect(experiment.training.steps == 20 && experiment.dataset.numSamples == 500)
  }

  @Test("trains a kind of network once where it has no such setting")
  func ownSettings() throws {
    let configuration = try configuration(
      "models=mlp,cnn,tcn", "hidden=5,7", "depth=1,2,3", "seeds=1")
    let trials = Sweep.trials(for: configuration)
    #expect(trials.map(\.model) == [.mlp, .mlp, .cnn, .tcn, .tcn, .tcn])
    #expect(trials[2].settings["hidden"] == nil && trials[5].settings["depth"] == "3")
    let table = try #require(Sweep.findings(try results(configuration)).tables.first)
    #expect(table.rows.count == 6)
  }

  @Test("encodes each setting as a list of its own type, and reads it back")
  func coding() throws {
    let configuration = try configuration(
      "optimizer=adamw,sgd", "patience=null,3", "classes=0,1;2,3,4",
      "dataset.padding=36..60;20..30",
      "nesterov=false", "clip-norm=0.5", "x=optimizer", "metric=test-loss")
    let json = try JSON(encoding: configuration)
    #expect(json["optimizer"] == ["adamw", "sgd"] && json["patience"] == [nil, 3])
    #expect(json["classes"] == [[0, 1], [2, 3, 4]] && json["clipNorm"] == [0.5])
    #expect(json["dataset"]?["padding"] == [[36, 60], [20, 30]])
    #expect(json["dataset"]?["numSamples"] == [500] && json["epochs"] == [nil])
    #expect(try json.decode(Sweep.Configuration.self) == configuration)
    let trials = Sweep.trials(for: configuration)
    #expect(trials.count == 4 * 2 * 2 * 2 * 2 * 3)
    #expect(try trials.last?.experiment().dataset.padding == 20...30)
    #expect(try trials.last?.experiment().selection.classes == [2, 3, 4])
    #expect(try trials.last?.experiment().training.patience == 3)
  }

  @Test("measures what a training by the same settings gives, to the bit")
  func measures() throws {
    let configuration = try configuration(
      "models=mlp", "seeds=7", "optimizer=sgd", "momentum=0.9", "order=shuffled", "label-noise=0.2",
      "training-examples=300", "augment-shift=2")
    let measurement = try #require(try results(configuration).all.first?.measurement)
    var dataset = DatasetConfiguration()
    dataset.numSamples = 500
    let data = try Dataset(dataset)
    var selection = ExampleSelection()
    (selection.trainingExamples, selection.labelNoise) = (300, 0.2)
    let learned = try selection.training(
      from: Examples(data.x, data.y), classes: 10, seed: 7)
    var recipe = TrainingRecipe()
    (recipe.steps, recipe.evalEvery, recipe.batchSize) = (20, 10, 50)
    (recipe.optimizer, recipe.momentum, recipe.order) = (.sgd, 0.9, .shuffled)
    recipe.augmentation.shift = 2
    var generator = TorchGenerator(seed: 7)
    let network = BaselineNetwork(.mlp, using: &generator)
    let test = Examples(data.xTest, data.yTest)
    var training = try Training(
      of: network, on: learned, testing: test, by: recipe, using: generator)
    while !training.isFinished { try training.stepAndEvaluate() }
    #expect(measurement.digest == training.model.digest)
    #expect(measurement.testAccuracy == training.model.score(on: test).accuracy)
    #expect(measurement.steps == [0, 10, 20] && measurement.lastStep == 20)
    // The last step counts, also where no evaluation is due there.
    let rare = try self.configuration("models=mlp", "seeds=7", "eval-every=15", "steps=20")
    let last = try #require(try results(rare).all.first?.measurement)
    #expect(last.steps == [0, 15, 20] && last.curve.last == last.testAccuracy)
    #expect(measurement.parameters == 15_210)
  }

  @Test("draws lines along a number, a map of two, bars for kinds, and panels for what is left")
  func figures() throws {
    func figure(_ settings: String...) throws -> String? {
      var all = ["steps=0", "eval-every=1", "models=logistic", "seeds=1"]
      all.removeAll { word in settings.contains { $0.hasPrefix(word.prefix { $0 != "=" }) } }
      let configuration = try Overrides(["dataset.num-samples=500"] + all + settings)
        .applied(to: Sweep.Configuration())
      try configuration.validate()
      return try Sweep.findings(results(configuration)).illustrations.first { $0.name == "sweep" }?
        .svg
    }
    #expect(try figure() == nil)
    let lines = try #require(try figure("learning-rate=0.1,0.01,0.001", "models=logistic,mlp"))
    #expect(lines.contains("Test accuracy by learning-rate") && lines.contains(">MLP<"))
    let map = try #require(try figure("models=mlp", "learning-rate=0.1,0.01", "hidden=3,4,5"))
    #expect(map.contains("Each cell is a mean"))
    let pair = try #require(
      try figure("models=mlp", "learning-rate=0.1,0.01", "hidden=3,4,5", "by=hidden"))
    #expect(!pair.contains("Each cell is a mean") && pair.contains("By hidden"))
    let bars = try #require(
      try figure("models=logistic,mlp", "optimizer=sgd,adam", "metric=train-loss"))
    #expect(bars.contains("training loss") && bars.contains(">adam<"))
    let panels = try #require(
      try figure("models=logistic,mlp", "learning-rate=0.1,0.01", "order=in-order,shuffled"))
    #expect(panels.contains("order shuffled"))
    let chosen = try #require(
      try figure(
        "models=logistic,mlp", "hidden=3,4", "learning-rate=0.1,0.01", "x=hidden", "by=models"))
    #expect(chosen.contains("by hidden") && chosen.contains("learning-rate 0.01"))
  }

  @Test("says which combination does best, and shows each in a table")
  func findings() throws {
    let findings = Sweep.findings(
      try results(configuration("models=logistic", "seeds=1,2", "learning-rate=0.5,1e-9")))
    #expect(findings.claims.isEmpty && findings.notes.count == 1)
    #expect(findings.notes[0].contains("with learning-rate 0.5."))
    let table = try #require(findings.tables.first)
    #expect(
      table.columns == [
        "learning-rate", "test accuracy", "test loss", "train accuracy", "parameters",
      ])
    #expect(table.rows.count == 2 && table.rows[1][0] == .number(1e-9, decimals: 9))
    let losses = Sweep.findings(
      try results(
        configuration("models=logistic", "seeds=1", "learning-rate=0.5,1e-9", "metric=train-loss")))
    #expect(losses.notes[0].hasPrefix("The lowest mean training loss"))
  }

  @Test(
    "that makes no sense is refused, and the combination named",
    arguments: [
      (["seeds=1,2,1"], "seeds lists 1 twice"),
      (["learning-rate=0.1,0.10"], "learning-rate lists 0.1 twice"),
      (["models=mlp,cnn", "depth=2"], "depth is a setting of none of the models mlp, cnn"),
      (["x=seeds"], "they are what means are taken over"), (["by=foo"], "there is no such setting"),
      (["epochs=2"], "steps is 20; it must be absent where epochs are counted"),
      (["models="], "models= cannot be understood"), (["steps="], "steps= cannot be understood"),
      (["x=steps"], "steps cannot be shown along an axis, as it has one value; models has several"),
      (["x=models", "by=models"], "by is models, which is x already"),
      (
        ["models=mlp", "x=hidden"],
        "hidden cannot be shown along an axis, as no setting has several values"
      ),
      (["optimizer=sgd,adam", "momentum=0.9"], "of logistic batch-size=50"),
      (["momentum=0.9"], "momentum is 0.9; it must be 0 for any optimizer but sgd"),
      (["hidden=0"], "hidden is 0; it must be 1 or more"),
      (
        ["label-noise=0.1,2"], "label-noise is 2.0; it must be a probability, 0 to 1"
      ),
      (["classes=3,11"], "classes is [3, 11]; it must be numbers from 0 to 9, not 11"),
      (["training-examples=401"], "it must be 1 to 400, the training examples that there are"),
      (["augment-flip=2"], "augment-flip is 2.0"), (["patience=0"], "patience is 0"),
      (["seeds=-1"], "a seed must be 0 or more"),
      (["seeds=4294967296"], "a seed must be at most 4294967295"),
      (["dataset.train-split=1"], "dataset.train-split is 1.0"),
      (["optimizer=adagrad"], "optimizer takes some of sgd, rmsprop, adam, adamw"),
      (
        ["learning-rate=linspace(0,1)"],
        "learning-rate takes numbers such as 0.1,0.5 or linspace(0,1,9)"
      ),
    ])
  func refused(settings: [String], sentence: String) {
    let error = #expect(throws: (any Error).self) {
      let all = ["steps=20", "eval-every=10", "batch-size=50", "dataset.num-samples=500"]
        .filter { word in !settings.contains { $0.hasPrefix(word.prefix { $0 != "=" } + "=") } }
      try Overrides(all + settings).applied(to: Sweep.Configuration()).validate()
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(sentence))
  }
}
