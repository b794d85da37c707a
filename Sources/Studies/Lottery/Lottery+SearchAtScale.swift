import NeuralNetworks
import Runs
import Storage
import StudyModels

extension Lottery {
  /// The settings of a search among larger networks than the paper's, in fewer and shorter trainings, since a step of a
  /// wide network costs many times as much.
  package struct SearchAtScale: Codable, Sendable, Equatable, ExplainedSettings {
    package var hidden: Int
    package var sparsities: [Double]
    package var ticket: Double
    package var steps: Int
    package var batchSize: Int
    package var learningRate: Double
    package var analysisSteps: Int
    package var evalEvery: Int

    package static let meanings = [
      "hidden": "How many units each hidden layer has.",
      "sparsities":
        "What the search prunes, step by step; the control, which is pruned at random, is trained from "
        + "0.8 on, and as a ticket.",
      "ticket": "Which of these sparsities is analysed.",
      "steps": "The number of the last step of a training that searches.",
      "batchSize": "How many examples a step sees.",
      "learningRate": "Adam's step size.",
      "analysisSteps": "The number of the last step of a training in the analysis.",
      "evalEvery": "Every how many steps of the analysis a network is evaluated.",
    ]

    /// Sixteen times the weights of the paper's network, on the same data.
    package static let wide = SearchAtScale(
      hidden: 2000, sparsities: [0, 0.6, 0.8, 0.92, 0.96, 0.98], ticket: 0.92, steps: 500,
      batchSize: 100, learningRate: 5e-3, analysisSteps: 500, evalEvery: 50)

    /// Some twenty times as many inputs as the paper's network has, in two dimensions.
    package static let pixels = SearchAtScale(
      hidden: 500, sparsities: [0, 0.5, 0.75, 0.85, 0.92, 0.96, 0.98, 0.99], ticket: 0.96,
      steps: 500, batchSize: 100, learningRate: 2e-3, analysisSteps: 500, evalEvery: 50)

    func plan(_ scale: Scale) -> Plan {
      let ticket = sparsities.firstIndex(of: ticket) ?? 0
      return Plan(
        scale: scale, hidden: hidden, sparsities: sparsities, ticket: ticket,
        randomRounds: sparsities.indices.filter {
          sparsities[$0] >= TicketSearch.sparseFrom || $0 == ticket
        },
        search: .init(
          steps: steps, batchSize: batchSize, learningRate: learningRate, evalEvery: evalEvery),
        lastEvaluation: steps,
        analysis: .init(
          steps: analysisSteps, batchSize: batchSize, learningRate: learningRate,
          evalEvery: evalEvery),
        evalEvery: evalEvery, conditions: [.ordered, .shuffled])
    }

    /// Refuses what makes no sense; `group` is how the command line calls these settings.
    func validate(_ group: String) throws {
      func key(_ name: String) -> String { "\(group).\(name)" }
      try requireWidths([(key("hidden"), hidden)])
      try requireCounts(
        [(key("steps"), steps), (key("analysis-steps"), analysisSteps)], from: 0)
      try requireCounts([(key("batch-size"), batchSize), (key("eval-every"), evalEvery)])
      try requireMagnitudes([(key("learning-rate"), learningRate)])
      try requireValues([(key("sparsities"), sparsities.isEmpty)])
      guard zip([-1] + sparsities, sparsities).allSatisfy(<), sparsities.first! >= 0,
        sparsities.last! <= 1
      else {
        throw SettingError(
          "\(key("sparsities")) must rise, from 0 or more to 1 or less")
      }
      guard sparsities.contains(ticket) else {
        let known = sparsities.map { "\($0)" }.joined(separator: ", ")
        throw SettingError(
          "\(key("ticket")) is \(ticket); it must be one of the sparsities, \(known)")
      }
    }
  }
}

extension TrainingRecipe {
  init(steps: Int, batchSize: Int, learningRate: Double, evalEvery: Int) {
    self.init()
    self.steps = steps
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.evalEvery = evalEvery
  }
}
