import NeuralNetworks
import Runs
import StudyModels

extension Published {
  /// The settings; what is computed, and from which seeds, is the notebooks'.
  package struct Configuration: StudyConfiguration {
    package var parts = Part.allCases
    package var sizes = Pooling.Configuration().sizes
    package var outerSteps = 31
    package var twins = 8
    package var longTwins = 2

    package static let meanings = [
      "parts": "Which notebooks are computed anew.",
      "sizes": "How many examples the networks with pooling learn from.",
      "outerSteps": "How many of the outer steps that learn an activation function are computed.",
      "twins": "How many twins a computation has.",
      "longTwins":
        "How many twins those that take longer have: pooling, and the learned activation function.",
    ]

    /// All that a seed fixes.
    package init() {}

    /// One twin each, the smallest size and the first outer steps.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.sizes = [1000]
      quick.outerSteps = 6
      (quick.twins, quick.longTwins) = (1, 1)
      return quick
    }

    /// What is computed, in the order of the parts.
    var computations: [Computation] {
      parts.flatMap { part -> [Computation] in
        switch part {
        case .quickstart:
          Architecture.paper.map { .quickstart(model: $0) }
            + [.doublePrecision(model: .logistic), .doublePrecision(model: .mlp)]
        case .learningRate:
          [4000, 8000].flatMap { examples in
            [1.5, 0.15].map { .learningRate(start: $0, examples: examples) }
          }
        case .activation:
          MetalearnActivation.Configuration().baselines.map { .activation(function: $0) }
            + [.learnedActivation]
        case .pooling:
          sizes.flatMap { size in
            PoolingMethod.allCases.map { .pooling(method: $0, examples: size) }
              + (size == 1000 ? PoolingMethod.allCases.map { .coarsePooling(method: $0) } : [])
          }
        case .human: [.quizzes]
        case .neighbors: [.neighbors]
        }
      }
    }

    func twins(of computation: Computation) -> Int {
      switch computation {
      case .quickstart, .learningRate, .activation: twins
      case .learnedActivation, .pooling, .coarsePooling: longTwins
      case .doublePrecision, .quizzes, .neighbors: 0
      }
    }

    package func validate() throws {
      try requireValues([("parts", parts.isEmpty), ("sizes", sizes.isEmpty)])
      try requireCounts([("twins", twins), ("long-twins", longTwins)], from: 0, to: 1000)
      let printed = Pooling.Configuration().sizes
      if let size = sizes.first(where: { !printed.contains($0) }) {
        throw SettingError(
          "sizes holds \(size); the notebook printed \(printed.map(String.init).joined(separator: ", "))"
        )
      }
      let most = Printout.learnedActivation[0].rows.count
      guard (1...most).contains(outerSteps) else {
        throw SettingError("outer-steps is \(outerSteps); it must be between 1 and \(most)")
      }
    }
  }

  /// A notebook, or what a few of them have in common.
  package enum Part: String, Codable, Sendable, CaseIterable {
    /// The four baselines.
    case quickstart
    /// The searches for a learning rate.
    case learningRate = "learning-rate"
    /// Trainings with six activation functions, and the first steps of learning one.
    case activation
    /// Five ways of pooling, learned from six numbers of examples.
    case pooling
    /// The quizzes.
    case human
    /// Nearest neighbours among the signals.
    case neighbors
  }
}
