import Tensors

/// What a model came to after a step.
public struct Evaluation: Hashable, Sendable {
  /// One number, with the name that its ``Evaluator`` gives it.
  public struct Metric: Hashable, Sendable {
    /// The name, such as `test.accuracy`.
    public var name: String
    /// The number.
    public var value: Double
  }

  /// The step whose update came before.
  public var step: Int
  /// The numbers, in the evaluator's order.
  public var metrics: [Metric]

  /// The number of that name.
  public subscript(name: String) -> Double? { metrics.first { $0.name == name }?.value }

  /// Of a classifier: the score on the training examples.
  public var train: Score { required("train") }
  /// Of a classifier: the score on the held-out examples, if there are any.
  public var validation: Score? { score("validation") }
  /// Of a classifier: the score on the test examples.
  public var test: Score { required("test") }

  private func score(_ examples: String) -> Score? {
    guard let loss = self["\(examples).loss"], let accuracy = self["\(examples).accuracy"] else {
      return nil
    }
    return Score(loss: loss, accuracy: accuracy)
  }

  private func required(_ examples: String) -> Score {
    guard let score = score(examples) else {
      preconditionFailure(
        "an evaluation of \(metrics.map { $0.name }.joined(separator: ", ")) has no \(examples) score"
      )
    }
    return score
  }
}

/// How a model is evaluated on its way through a training, and which evaluation is the best.
///
///     let evaluator = Evaluator<Curve>(every: 100, of: ["rmse"], selecting: .lowest("rmse")) { curve in
///       [rootMeanSquaredError(of: curve, on: heldOut)]
///     }
public struct Evaluator<Model>: Sendable {
  /// What makes an evaluation better than another.
  public enum Selection: Hashable, Sendable {
    /// A higher number of this name.
    case highest(String)
    /// A lower number of this name.
    case lowest(String)
  }

  /// Which evaluations a training remembers.
  public enum History: Hashable, Sendable {
    /// All of them.
    case whole
    /// The best one alone, so that neither the memory nor a checkpoint grows with the steps.
    case best
  }

  /// How many steps lie between evaluations.
  public var interval: Int
  /// The first step that is followed by one: 0, or `interval − 1` for evaluations at the end of each interval.
  public var firstStep: Int
  /// The names of the numbers.
  public let names: [String]
  /// What makes an evaluation better than another.
  public var selection: Selection
  /// After how many evaluations in a row without a better one the training stops; nil trains to the end.
  public var patience: Int?
  /// Which evaluations are remembered.
  public var history: History
  private let measure: @Sendable (Model) -> [Double]
  /// What tells the numbers from others.
  private var kind: TrainingOrigin.Part
  /// The examples that they are of, as far as a checkpoint can know.
  private(set) var examples: [TrainingOrigin.Part] = []

  /// Evaluates models by a function.
  ///
  /// - Parameters:
  ///   - interval: how many steps lie between evaluations.
  ///   - firstStep: the first step that is followed by one.
  ///   - names: the names of the numbers.
  ///   - selection: what makes an evaluation better than another, by one of those names.
  ///   - patience: after how many evaluations in a row without a better one the training stops.
  ///   - history: which evaluations are remembered.
  ///   - measure: one finite number for each name. A checkpoint does not know this function, only the names.
  public init(
    every interval: Int, from firstStep: Int = 0, of names: [String],
    selecting selection: Selection,
    patience: Int? = nil, remembering history: History = .whole,
    measure: @escaping @Sendable (Model) -> [Double]
  ) {
    self.interval = interval
    self.firstStep = firstStep
    self.names = names
    self.selection = selection
    self.patience = patience
    self.history = history
    self.measure = measure
    kind = TrainingOrigin.Part("metrics", names.joined(separator: " "))
  }

  /// Whether the model is evaluated after a step.
  func isDue(after step: Int) -> Bool { step >= firstStep && (step - firstStep) % interval == 0 }

  /// The model's evaluation after a step.
  func evaluation(of model: Model, after step: Int) -> Evaluation {
    let values = measure(model)
    precondition(
      values.count == names.count, "\(values.count) numbers were measured for the names \(names)")
    return Evaluation(
      step: step, metrics: zip(names, values).map { Evaluation.Metric(name: $0, value: $1) })
  }

  /// Whether one evaluation is better than another.
  func isBetter(_ a: Evaluation, than b: Evaluation) -> Bool {
    func values(_ name: String) -> (Double, Double) {
      guard let first = a[name], let second = b[name] else {
        preconditionFailure("'\(name)', by which to select, is none of \(names)")
      }
      return (first, second)
    }
    switch selection {
    case .highest(let name):
      let (first, second) = values(name)
      return first > second
    case .lowest(let name):
      let (first, second) = values(name)
      return first < second
    }
  }

  /// What decides when a training ends, and which model is its best.
  var origin: [TrainingOrigin.Part] {
    let selected =
      switch selection {
      case .highest(let name): "highest \(name)"
      case .lowest(let name): "lowest \(name)"
      }
    let held = names.contains("validation.accuracy") ? "validation" : "test"
    return [
      .init("eval-every", "\(interval)" + (firstStep == 0 ? "" : " from \(firstStep)")),
      .init("patience", patience.map { "\($0)" } ?? "none"),
      kind, .init("selection", selected, standard: "highest \(held).accuracy"),
    ]
  }

  /// Says what is wrong with the settings.
  func validate() throws(TrainingError) {
    guard interval > 0 else { throw .setting("eval-every", "\(interval)", "1 or more") }
    guard firstStep >= 0 else {
      throw .setting("the first step to evaluate after", "\(firstStep)", "0 or more")
    }
    if let patience, patience < 1 { throw .setting("patience", "\(patience)", "1 or more") }
    let name =
      switch selection {
      case .highest(let name), .lowest(let name): name
      }
    guard Set(names).count == names.count, !names.contains("step") else {
      throw .setting("an evaluator's names", "\(names)", "different, and none of them 'step'")
    }
    guard names.contains(name) else {
      throw .setting("what evaluations are selected by", name, "one of \(names)")
    }
  }
}

extension Evaluator where Model: Classifier {
  /// The evaluation of a classifier: loss and accuracy on training, held-out and test examples, selected by the accuracy
  /// on those held out, or on the test set where there are none.
  public static func scores(
    every interval: Int, from firstStep: Int = 0, training: Examples, validation: Examples? = nil,
    test: Examples, patience: Int? = nil, remembering history: History = .whole
  ) -> Evaluator {
    var sets = [("train", training), ("test", test)]
    if let validation { sets.insert(("validation", validation), at: 1) }
    let names = sets.flatMap { ["\($0.0).loss", "\($0.0).accuracy"] }
    var evaluator = Evaluator(
      every: interval, from: firstStep, of: names,
      selecting: .highest(validation == nil ? "test.accuracy" : "validation.accuracy"),
      patience: patience, remembering: history
    ) { [sets] model in
      sets.flatMap { set in
        let score = model.score(on: set.1)
        return [score.loss, score.accuracy]
      }
    }
    evaluator.kind = .init("validation", validation.map { "\($0.count)" } ?? "none")
    evaluator.examples = [
      .init("validation examples", validation?.identity ?? "none"),
      .init("test examples", test.identity),
    ]
    return evaluator
  }
}
