import MNIST1D
import NeuralNetworks
import Runs
import StudyModels
import Tensors

/// What the authors' notebooks printed and a seed fixes, computed anew and compared digit by digit.
package enum Published: Study {
  package static let name = "published"
  package static let title = "Digit for digit"
  package static let question =
    "Do the authors' seeds give the numbers that their notebooks printed, and how far can rounding take them?"
  package static let about = """
    The computations start from the notebooks' seeds and draw from their random streams, so that nothing but \
    rounding keeps their numbers from being the printed ones. How far rounding can take them is measured: \
    each computation has twins, which start from weights that differ by one unit in the last place, and go \
    where they go.
    """
  package static let variations = ["twins=2"]

  /// A computation of the notebooks.
  package enum Computation: Codable, Hashable, Sendable, CustomStringConvertible {
    /// A baseline, trained from seed 42.
    case quickstart(model: Architecture)
    /// The first thousand steps of the same in double precision; it is not printed, but what others are held against.
    case doublePrecision(model: Architecture)
    /// A search for a learning rate from seed 0, on the usual dataset or on one of twice the size.
    case learningRate(start: Double, examples: Int)
    /// A training with a well-known activation function, from seed 0.
    case activation(function: Nonlinearity)
    /// The first outer steps in which an activation function is learned, from seed 0.
    case learnedActivation
    /// A training with one way of pooling, from seed 0.
    case pooling(method: PoolingMethod, examples: Int)
    /// The same with 1000 examples, from weights of which each is rounded to eleven significant bits, up or down at
    /// random; it is not printed, but what others are held against.
    case coarsePooling(method: PoolingMethod)
    /// The five quizzes that a person took.
    case quizzes
    /// Ten nearest neighbours among the signals.
    case neighbors

    package var description: String {
      switch self {
      case .quickstart(let model): model.label
      case .doublePrecision(let model): "\(model.label) in double precision"
      case .learningRate(let start, let examples):
        "learning rate from \(start), \(examples) examples"
      case .activation(let function): function.rawValue
      case .learnedActivation: "learned activation function"
      case .pooling(let method, let examples): "\(method.label), \(examples) examples"
      case .coarsePooling(let method): "\(method.label), 1000 examples, coarse weights"
      case .quizzes: "human quizzes"
      case .neighbors: "nearest neighbours"
      }
    }
  }

  /// A computation, or one of its twins.
  package struct Trial: Codable, Hashable, Sendable, CustomStringConvertible {
    /// What is computed.
    package var computation: Computation
    /// 0 for the notebook's own initial weights; 1, 2 … for those of a twin.
    package var twin: Int

    /// Names a computation or a twin of it.
    package init(_ computation: Computation, twin: Int = 0) {
      self.computation = computation
      self.twin = twin
    }

    package var description: String { "\(computation)" + (twin == 0 ? "" : ", twin \(twin)") }
  }

  /// What a computation yields.
  package struct Measurement: Codable, Sendable, Equatable {
    /// The steps at which the notebook printed.
    package var steps: [Int]
    /// What it printed at each of them, in its order.
    package var values: [[Double]]
    /// The loss on the batch at every tenth step; empty where the values say as much.
    package var losses: [Double]

    /// Sets values side by side.
    package init(steps: [Int] = [], values: [[Double]] = [], losses: [Double] = []) {
      self.steps = steps
      self.values = values
      self.losses = losses
    }
  }

  /// Claims about some parts stand where others are left out.
  package static var comparableSettings: [ComparableSetting] {
    [.conditions("parts"), .conditions("sizes")]
  }

  package static func trials(for configuration: Configuration) -> [Trial] {
    configuration.computations.flatMap { computation in
      (0...configuration.twins(of: computation)).map { Trial(computation, twin: $0) }
    }
  }

  /// Measured, in seconds.
  package static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    switch trial.computation {
    case .quickstart(let model): model == .logistic ? 0.1 : model == .mlp ? 1 : 2
    case .doublePrecision(let model): model == .logistic ? 1 : 8
    case .learningRate: 0.5
    case .activation: 0.1
    case .learnedActivation: 0.17 * Double(configuration.outerSteps)
    case .pooling(let method, _), .coarsePooling(let method):
      method == .none ? 2.4 : method == .stride ? 0.8 : 1.6
    case .quizzes, .neighbors: 0.1
    }
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    try Kernels.withThreads(context.threads) {
      switch trial.computation {
      case .quickstart(let model):
        try quickstart(model, twin: trial.twin, in: context)
      case .doublePrecision(let model): try doublePrecision(model, in: context)
      case .learningRate(let start, let examples):
        try learningRate(from: start, examples: examples, twin: trial.twin, in: context)
      case .activation(let function):
        try NotebookActivation(in: context).train(with: function, twin: trial.twin)
      case .learnedActivation:
        try NotebookActivation(in: context)
          .learn(steps: configuration.outerSteps, twin: trial.twin, in: context)
      case .pooling(let method, let examples):
        try pooling(method, examples: examples, in: context) { $0.roundedOtherwise(trial.twin) }
      case .coarsePooling(let method):
        try pooling(method, examples: 1000, in: context) { $0.roundedCoarsely(trial.twin) }
      case .quizzes: try quizzes(in: context)
      case .neighbors: try neighbors(in: context)
      }
    }
  }
}
