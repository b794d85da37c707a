import Tensors

/// The complete state of a training: named tensors, numbers and series of numbers, for any file format that holds them.
public struct Checkpoint: Sendable {
  /// The tensors, by name.
  public var tensors: [(name: String, tensor: Tensor)]
  /// The numbers, by name, as text that reads back to the same bits.
  public var numbers: [String: String]

  /// Series of numbers, by name.
  public var series: [(name: String, values: [Double])]

  /// Creates a checkpoint from what a file held.
  public init(
    tensors: [(name: String, tensor: Tensor)], numbers: [String: String],
    series: [(name: String, values: [Double])] = []
  ) {
    self.tensors = tensors
    self.numbers = numbers
    self.series = series
  }

  /// Creates a checkpoint of values whose tensors are told apart by a prefix.
  init(
    parts: [(prefix: String, tensors: [(name: String, tensor: Tensor)])], numbers: [String: String],
    series: [(name: String, values: [Double])] = []
  ) {
    self.init(
      tensors: parts.flatMap { part in
        part.tensors.map { ("\(part.prefix).\($0.name)", $0.tensor) }
      }, numbers: numbers, series: series)
  }

  /// The tensors with a prefix, without it.
  func part(_ prefix: String) -> [(name: String, tensor: Tensor)] {
    tensors.compactMap { entry in
      entry.name.hasPrefix(prefix + ".")
        ? (String(entry.name.dropFirst(prefix.utf8.count + 1)), entry.tensor) : nil
    }
  }

  /// The number called `key`.
  func number<Number: LosslessStringConvertible>(_ key: String) throws(TrainingError) -> Number {
    guard let text = numbers[key] else { throw .checkpoint("it has no \(key)") }
    guard let number = Number(text) else {
      throw .checkpoint("\(key) is '\(text)', which is not a number")
    }
    return number
  }

  /// The number called `key`, which must be finite.
  func finite(_ key: String) throws(TrainingError) -> Double {
    let value: Double = try number(key)
    guard value.isFinite else { throw .checkpoint("\(key) is \(value)") }
    return value
  }

  /// The series called `name`, of finite numbers and as long as it has to be.
  func series(_ name: String, count: Int) throws(TrainingError) -> [Double] {
    guard let values = series.first(where: { $0.name == name })?.values else {
      throw .checkpoint("it has no \(name)")
    }
    guard values.count == count else {
      throw .checkpoint("\(name) holds \(values.count) numbers instead of \(count)")
    }
    if let value = values.first(where: { !$0.isFinite }) {
      throw .checkpoint("\(name) holds \(value)")
    }
    return values
  }

  /// Refuses tensors that hold what no training goes on from.
  func requireFiniteTensors() throws(TrainingError) {
    if let (name, value) = firstNonFinite(tensors) {
      throw .checkpoint("\(name) holds \(value)")
    }
  }
}

extension Training {
  /// The state, to be resumed by ``resume(from:)``.
  public var checkpoint: Checkpoint {
    var numbers = origin.numbers
    numbers["step"] = "\(step)"
    numbers["optimizer.step"] = "\(optimizer.step)"
    numbers["evaluations.since-best"] = "\(evaluationsSinceBest)"
    numbers["evaluations"] = "\(history == .whole ? evaluations.count : 0)"
    if let best {
      numbers["best.step"] = "\(best.step)"
      for (name, score) in best.scores {
        numbers["best.\(name).loss"] = "\(score.loss)"
        numbers["best.\(name).accuracy"] = "\(score.accuracy)"
      }
    }
    return Checkpoint(
      parts: [
        ("model", model.namedParameters), ("best", bestModel.namedParameters),
        ("optimizer", optimizer.namedParameters),
      ], numbers: numbers, series: history == .whole ? evaluations.series() : [])
  }

  /// Goes on from a saved state, to the same bits as if the training had never stopped.
  ///
  /// This training may take more steps than the one that was saved was to take, and nothing else may differ.
  ///
  /// - Throws: `TrainingError.mismatch` if the state is that of another training, `TrainingError.checkpoint` if it is
  ///   incomplete or damaged; nothing is changed then.
  public mutating func resume(from checkpoint: Checkpoint) throws(TrainingError) {
    try origin.require(in: checkpoint)
    try checkpoint.requireFiniteTensors()
    var resumed = self
    resumed.lastStep = nil
    resumed.step = try checkpoint.number("step")
    let updates: Int = try checkpoint.number("optimizer.step")
    guard (0...mostCounted + 1).contains(resumed.step), updates == resumed.step else {
      throw .checkpoint("it counts \(resumed.step) steps and \(updates) updates")
    }
    guard resumed.step <= settings.steps + 1 else {
      throw .mismatch("steps", saved: "\(resumed.step - 1)", given: "\(settings.steps)")
    }
    do {
      try resumed.model.loadParameters(checkpoint.part("model"))
      try resumed.bestModel.loadParameters(checkpoint.part("best"))
      resumed.optimizer = Adam(
        for: resumed.model, learningRate: settings.learningRate, weightDecay: settings.weightDecay)
      resumed.optimizer.step = resumed.step
      let moments = checkpoint.part("optimizer")
      // Without moments, the training had been saved before its first step: they are zero.
      if !moments.isEmpty || resumed.step > 0 {
        try resumed.optimizer.loadParameters(moments)
      }
    } catch {
      throw .checkpoint(error.reason)
    }
    for tensor in resumed.optimizer.secondMoments {
      if let value = tensor.withUnsafeElements({ elements in elements.first { $0 < 0 } }) {
        throw .checkpoint("a second moment is \(value); it must be 0 or more")
      }
    }
    try resumed.restoreEvaluations(from: checkpoint)
    self = resumed
  }

  private mutating func restoreEvaluations(from checkpoint: Checkpoint) throws(TrainingError) {
    evaluationsSinceBest = try checkpoint.number("evaluations.since-best")
    let count: Int = try checkpoint.number("evaluations")
    guard (0...step).contains(evaluationsSinceBest), (0...step).contains(count) else {
      throw .checkpoint(
        "it counts \(count) evaluations, \(evaluationsSinceBest) since the best, in \(step) steps")
    }
    best = nil
    if checkpoint.numbers["best.step"] != nil {
      best = try Evaluation(
        step: checkpoint.number("best.step"), hasValidation: validation != nil
      ) { name throws(TrainingError) in
        Score(
          loss: try checkpoint.finite("best.\(name).loss"),
          accuracy: try checkpoint.finite("best.\(name).accuracy"))
      }
    }
    guard best.map({ (0..<step).contains($0.step) }) ?? (evaluationsSinceBest == 0) else {
      throw .checkpoint("its best evaluation is none of its \(step) steps")
    }
    evaluations = []
    if history == .whole, count > 0 {
      evaluations = try [Evaluation](
        checkpoint, count: count, hasValidation: validation != nil, before: step)
    }
  }
}

extension Training.Evaluation {
  /// The scores that there are, by name.
  var scores: [(name: String, score: Score)] {
    var scores = [("train", train), ("test", test)]
    if let validation { scores.append(("validation", validation)) }
    return scores
  }

  fileprivate init(
    step: Int, hasValidation: Bool, _ score: (String) throws(TrainingError) -> Score
  ) throws(TrainingError) {
    self.init(
      step: step, train: try score("train"),
      validation: hasValidation ? try score("validation") : nil, test: try score("test"))
  }
}

extension Array {
  /// The evaluations as one series for each kind of number.
  fileprivate func series<Model>() -> [(name: String, values: [Double])]
  where Element == Training<Model>.Evaluation {
    guard let first else { return [] }
    var series = [(name: "evaluation.step", values: map { Double($0.step) })]
    for (position, (name, _)) in first.scores.enumerated() {
      series.append(("evaluation.\(name).loss", map { $0.scores[position].score.loss }))
      series.append(("evaluation.\(name).accuracy", map { $0.scores[position].score.accuracy }))
    }
    return series
  }

  fileprivate init<Model>(
    _ checkpoint: Checkpoint, count: Int, hasValidation: Bool, before end: Int
  ) throws(TrainingError) where Element == Training<Model>.Evaluation {
    let steps = try checkpoint.series("evaluation.step", count: count)
    func column(_ name: String) throws(TrainingError) -> [Score] {
      let losses = try checkpoint.series("evaluation.\(name).loss", count: count)
      let accuracies = try checkpoint.series("evaluation.\(name).accuracy", count: count)
      return (0..<count).map { Score(loss: losses[$0], accuracy: accuracies[$0]) }
    }
    let (train, test) = (try column("train"), try column("test"))
    let validation = hasValidation ? try column("validation") : nil
    self = []
    reserveCapacity(count)
    for position in 0..<count {
      guard let step = Int(exactly: steps[position]), (0..<end).contains(step) else {
        throw .checkpoint(
          "evaluation.step holds \(steps[position]), which is none of its \(end) steps")
      }
      append(
        .init(
          step: step, train: train[position], validation: validation?[position],
          test: test[position]))
    }
  }
}
