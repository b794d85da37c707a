import ReferenceRandom
import Tensors

extension Training {
  /// The state, to be resumed by ``resume(from:)``.
  public var state: TrainingState {
    var numbers = origin.numbers
    switch length {
    case .steps: numbers["step"] = "\(stepCount)"
    case .epochs:
      numbers["epoch"] = "\(epoch)"
      numbers["epoch.step"] = "\(stepCount % batches.stepsPerEpoch)"
    }
    numbers["optimizer.step"] = "\(optimizer.stepCount)"
    // Unless the optimizer is the one that the training began with.
    if optimizer.stepCount != stepCount {
      numbers[Self.exchangeKey] = "\(stepCount - optimizer.stepCount)"
    }
    let optimizer = ("optimizer", optimizer.namedParameters)
    var series: [(name: String, values: [Double])] = []
    // Where nothing has been drawn, the generator is the one that the training is made with.
    if random != firstRandom {
      let state = random.state
      series.append(("random", state.words.map { Double($0) } + [Double(state.position)]))
      if let normal = state.cachedNormal { numbers["random.cached-normal"] = "\(normal)" }
    }
    guard let evaluator else {
      return TrainingState(
        parts: [("model", model.namedTensors), optimizer], numbers: numbers, series: series)
    }
    let remembered = evaluator.history == .whole ? evaluations : []
    numbers["evaluations.since-best"] = "\(evaluationsSinceBest)"
    numbers["evaluations"] = "\(remembered.count)"
    if let best {
      numbers["best.step"] = "\(best.step)"
      for metric in best.metrics { numbers["best.\(metric.name)"] = "\(metric.value)" }
    }
    if !remembered.isEmpty {
      series.append(("evaluation.step", remembered.map { Double($0.step) }))
      for (position, name) in evaluator.names.enumerated() {
        series.append(("evaluation.\(name)", remembered.map { $0.metrics[position].value }))
      }
    }
    return TrainingState(
      parts: [
        ("model", model.namedTensors), ("best", bestModel.namedTensors), optimizer,
      ], numbers: numbers, series: series)
  }

  /// Resumes a saved state, to the same bits as if the training had never stopped.
  ///
  /// This training may take more steps than the one that was saved was to take, and nothing else may differ.
  ///
  /// - Throws: `TrainingError.mismatch` if the state is that of another training, `TrainingError.checkpoint` if it is
  ///   incomplete or damaged; nothing is changed then.
  public mutating func resume(from state: TrainingState) throws(TrainingError) {
    try origin.require(in: state)
    try state.requireFiniteTensors()
    var resumed = self
    resumed.lastStep = nil
    resumed.stepCount = try stepCount(in: state)
    let updates = try updateCount(in: state, after: resumed.stepCount)
    do {
      try resumed.model.loadTensors(state.part("model"))
      let moments = state.part("optimizer")
      if moments.isEmpty && resumed.stepCount == 0 {
        // It was saved before its first step by a version whose optimizers had no state until then.
        resumed.optimizer = optimizer.mapParameters { .zeros($0.shape) }
      } else {
        try resumed.optimizer.loadParameters(moments)
      }
      resumed.optimizer.stepCount = updates
      if evaluator != nil { try resumed.bestModel.loadTensors(state.part("best")) }
    } catch {
      throw .checkpoint(error.reason)
    }
    for (name, tensor) in resumed.optimizer.namedParameters where name.hasPrefix("second_moment") {
      if let value = tensor.withUnsafeElements({ elements in elements.first { $0 < 0 } }) {
        throw .checkpoint("a second moment is \(value); it must be 0 or more")
      }
    }
    if let evaluator { try resumed.restoreEvaluations(from: state, by: evaluator) }
    resumed.batches = firstBatches
    resumed.batches.skip(resumed.stepCount)
    resumed.random = try random(in: state)
    self = resumed
  }

  /// What the saved training's model was to draw from next.
  private func random(in state: TrainingState) throws(TrainingError) -> TorchGenerator {
    guard state.series.contains(where: { $0.name == "random" }) else { return firstRandom }
    let numbers = try state.series("random", count: 625)
    var words: [UInt32] = []
    for number in numbers {
      guard let word = UInt32(exactly: number) else {
        throw .checkpoint("random holds \(number), which is no word of a generator")
      }
      words.append(word)
    }
    let position = Int(truncatingIfNeeded: words.removeLast())
    let normal =
      state.numbers["random.cached-normal"] == nil ? nil : try state.finite("random.cached-normal")
    do {
      return try TorchGenerator(
        state: GeneratorState(words: words, position: position, cachedNormal: normal))
    } catch {
      throw .checkpoint("random is no state that a generator can be in")
    }
  }

  /// How many steps the saved training had taken.
  private func stepCount(in state: TrainingState) throws(TrainingError) -> Int {
    switch length {
    case .steps:
      let count: Int = try state.number("step")
      guard (0...mostCounted + 1).contains(count) else {
        throw .checkpoint("it counts \(count) steps")
      }
      guard count <= steps else {
        throw .mismatch("steps", saved: "\(count - 1)", given: "\(steps - 1)")
      }
      return count
    case .epochs(let most):
      let perEpoch = batches.stepsPerEpoch
      let epoch: Int = try state.number("epoch")
      guard (0...most).contains(epoch) else {
        throw .checkpoint("it counts \(epoch) epochs; it must be 0 to \(most)")
      }
      guard epoch <= mostCounted / perEpoch else {
        throw .checkpoint(
          "it counts \(epoch) epochs of \(perEpoch) steps, more than \(mostCounted) steps")
      }
      // Whole epochs alone were saved by versions that do not say otherwise.
      let rest: Int = try state.number("epoch.step", or: 0)
      guard (0..<perEpoch).contains(rest) else {
        throw .checkpoint("it counts \(rest) steps of an epoch of \(perEpoch)")
      }
      let count = epoch * perEpoch + rest
      guard count <= steps else {
        throw .checkpoint("it counts \(count) steps of \(steps)")
      }
      return count
    }
  }

  /// The step before which the optimizer took the place of another.
  private static var exchangeKey: String { "optimizer.first-step" }

  /// How many steps the saved training's optimizer had taken.
  private func updateCount(
    in state: TrainingState, after count: Int
  ) throws(TrainingError) -> Int {
    let first: Int = try state.number(Self.exchangeKey, or: 0)
    // Versions that saved whole epochs alone did not say it.
    let whole: Int? = if case .epochs = length { count } else { nil }
    let updates: Int = try state.number("optimizer.step", or: whole)
    let counted = -mostCounted - 1...mostCounted + 1
    guard counted.contains(first), updates >= 0, updates == count - first else {
      throw .checkpoint("it counts \(count) steps and \(updates) updates")
    }
    return updates
  }

  private mutating func restoreEvaluations(
    from state: TrainingState, by evaluator: Evaluator<Model>
  ) throws(TrainingError) {
    evaluationsSinceBest = try state.number("evaluations.since-best")
    let count: Int = try state.number("evaluations")
    guard (0...stepCount).contains(evaluationsSinceBest), (0...stepCount).contains(count) else {
      throw .checkpoint(
        "it counts \(count) evaluations, \(evaluationsSinceBest) since the best, in \(stepCount) steps"
      )
    }
    best = nil
    if state.numbers["best.step"] != nil {
      var evaluation = Evaluation(step: try state.number("best.step"), metrics: [])
      for name in evaluator.names {
        evaluation.metrics.append(.init(name: name, value: try state.finite("best.\(name)")))
      }
      best = evaluation
    }
    guard best.map({ (0..<stepCount).contains($0.step) }) ?? (evaluationsSinceBest == 0) else {
      throw .checkpoint("its best evaluation is none of its \(stepCount) steps")
    }
    evaluations = []
    guard evaluator.history == .whole, count > 0 else { return }
    for step in try state.series("evaluation.step", count: count) {
      guard let step = Int(exactly: step), (0..<stepCount).contains(step) else {
        throw .checkpoint("evaluation.step holds \(step), which is none of its \(stepCount) steps")
      }
      evaluations.append(Evaluation(step: step, metrics: []))
    }
    for name in evaluator.names {
      let values = try state.series("evaluation.\(name)", count: count)
      for (position, value) in values.enumerated() {
        evaluations[position].metrics.append(.init(name: name, value: value))
      }
    }
  }
}
