import MNIST1D
import NeuralNetworks
import Runs
import StudyModels

extension Lottery {
  /// The settings; the defaults are the paper's, with three seeds and a thinner control.
  package struct Configuration: StudyConfiguration {
    package var seeds = [42, 43, 44]
    package var networks: [Network] = [.lottery, .random, .dense]
    package var hidden = 500
    package var sparsities = 100
    package var randomEvery = 9
    package var steps = 1501
    package var batchSize = 100
    package var learningRate = 2e-2
    package var evalEvery = 100
    package var ticket = 92
    package var conditions = Condition.allCases
    package var analysisSteps = 6000
    package var analysisBatchSize = 500
    package var analysisEvalEvery = 100
    package var dataset = DatasetConfiguration()
    package var scales: [Scale] = [.paper]
    package var wide = SearchAtScale.wide
    package var pixels = SearchAtScale.pixels
    package var mnist = ""
    package var mnistDigest = ""

    package static let meanings = [
      "seeds": "The seeds of the initial weights; each names a trial of the paper.",
      "networks": "The networks that are compared.",
      "hidden": "How many units each hidden layer has.",
      "sparsities": "How many sparsities are tried, evenly from 0 to 1.",
      "randomEvery":
        "At every how many sparsities the control, which is pruned at random, is trained; from 0.8 on, "
        + "where it falls, at three times as many.",
      "steps": "The number of the last step of a training that searches.",
      "batchSize": "How many examples a step of such a training sees.",
      "learningRate": "Adam's step size, in the search and in the analysis.",
      "evalEvery":
        "Every how many steps of the search an evaluation is due; what is recorded is the last one.",
      "ticket": "Which of the pruned networks is analysed, counted from 1.",
      "conditions": "What the networks are analysed under.",
      "analysisSteps": "The number of the last step of a training in the analysis.",
      "analysisBatchSize": "How many examples a step of the analysis sees.",
      "analysisEvalEvery": "Every how many steps of the analysis a network is evaluated.",
      "dataset": "The dataset of the search; the analysis takes that of the next seed.",
      "scales":
        "The paper's network, or larger ones: a wide one on the same data, and one on the pixels of MNIST.",
      "mnist":
        "The folder with the four IDX files of MNIST, plain or by gzip; adds pixels to the scales.",
      "mnistDigest": "What these files hold, as SHA-256; filled in.",
    ]

    /// The settings of the paper.
    package init() {}

    /// One seed, a narrower network, and a tenth of the trainings and of their steps.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.seeds = [42]
      quick.hidden = 200
      quick.sparsities = 12
      quick.randomEvery = 1
      quick.ticket = 11
      quick.steps = 600
      quick.analysisSteps = 600
      quick.analysisEvalEvery = 20
      for scale in [\Configuration.wide, \.pixels] {
        quick[keyPath: scale].hidden /= 4
        quick[keyPath: scale].steps = 200
        quick[keyPath: scale].analysisSteps = 200
      }
      return quick
    }

    /// The sparsities, which NumPy's `linspace(0, 1, sparsities)` gives.
    package var schedule: [Double] { TicketSearch.sparsities(sparsities) }

    /// The search and the analysis at a scale.
    func plan(for scale: Scale) -> Plan {
      switch scale {
      case .paper: paperPlan
      case .wide: wide.plan(.wide)
      case .pixels: pixels.plan(.pixels)
      }
    }

    private var search: TrainingRecipe {
      TrainingRecipe(
        steps: steps, batchSize: batchSize, learningRate: learningRate, evalEvery: evalEvery)
    }

    private var paperPlan: Plan {
      let schedule = schedule
      return Plan(
        scale: .paper, hidden: hidden, sparsities: schedule, ticket: ticket - 1,
        randomRounds: schedule.enumerated().filter { round, sparsity in
          round % (sparsity < 0.8 ? randomEvery : max(randomEvery / 3, 1)) == 0
        }.map(\.offset),
        search: search, lastEvaluation: steps / evalEvery * evalEvery,
        analysis: .init(
          steps: analysisSteps, batchSize: analysisBatchSize, learningRate: learningRate,
          evalEvery: analysisEvalEvery),
        evalEvery: analysisEvalEvery, conditions: conditions)
    }

    package mutating func resolve() throws {
      try PublishedImages.mnist.resolve(&mnist, digest: &mnistDigest)
      // Whoever names images asks about their pixels.
      if !mnist.isEmpty, !scales.contains(.pixels) { scales.append(.pixels) }
    }

    package func validate() throws {
      try search.validate()
      try requireExamples(of: dataset)
      guard dataset.seed < Int(UInt32.max) else {
        throw SettingError(
          "dataset.seed is \(dataset.seed); it must be less than \(UInt32.max), since the analysis takes the next one"
        )
      }
      try requireValues([
        ("seeds", seeds.isEmpty), ("networks", networks.isEmpty),
        ("conditions", conditions.isEmpty), ("scales", scales.isEmpty),
      ])
      try requireSeeds(seeds)
      try requireCounts([("analysis-steps", analysisSteps)], from: 0)
      try requireCounts([
        ("analysis-batch-size", analysisBatchSize), ("analysis-eval-every", analysisEvalEvery),
      ])
      try requireCounts([("sparsities", sparsities)], to: 10_000)
      try requireCounts([("random-every", randomEvery)])
      try requireWidths([("hidden", hidden)])
      guard (1...sparsities).contains(ticket) else {
        throw SettingError(
          "ticket is \(ticket); it must be 1 to \(sparsities), the number of sparsities")
      }
      try wide.validate("wide")
      try pixels.validate("pixels")
      guard !scales.contains(.pixels) || !mnist.isEmpty else {
        throw SettingError(
          "scales has pixels, and mnist is missing; it must name the folder with the four IDX files of MNIST, plain or "
            + "by gzip")
      }
    }
  }
}
