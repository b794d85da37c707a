import Tensors

/// The complete state of a training: named tensors and named numbers, for any file format that holds both.
public struct Checkpoint: Sendable {
  /// The tensors, by name.
  public var tensors: [(name: String, tensor: Tensor)]
  /// The numbers, by name, as text that reads back to the same bits.
  public var numbers: [String: String]

  /// Creates a checkpoint from what a file held.
  public init(tensors: [(name: String, tensor: Tensor)], numbers: [String: String]) {
    self.tensors = tensors
    self.numbers = numbers
  }

  /// Creates a checkpoint of values whose tensors are told apart by a prefix.
  init(
    parts: [(prefix: String, tensors: [(name: String, tensor: Tensor)])], numbers: [String: String]
  ) {
    self.init(
      tensors: parts.flatMap { part in
        part.tensors.map { ("\(part.prefix).\($0.name)", $0.tensor) }
      }, numbers: numbers)
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
}

extension Training {
  /// The state, to be resumed by ``resume(from:)``.
  public var checkpoint: Checkpoint {
    var numbers = [
      "step": "\(step)", "optimizer.step": "\(optimizer.step)",
      "evaluations": "\(evaluations.count)",
    ]
    for (position, evaluation) in evaluations.enumerated() {
      let key = "evaluation.\(position)"
      numbers["\(key).step"] = "\(evaluation.step)"
      for (name, score) in [
        ("train", evaluation.train), ("validation", evaluation.validation),
        ("test", evaluation.test),
      ] {
        guard let score else { continue }
        numbers["\(key).\(name).loss"] = "\(score.loss)"
        numbers["\(key).\(name).accuracy"] = "\(score.accuracy)"
      }
    }
    return Checkpoint(
      parts: [
        ("model", model.namedParameters), ("best", bestModel.namedParameters),
        ("optimizer", optimizer.namedParameters),
      ], numbers: numbers)
  }

  /// Goes on from a saved state, to the same bits as if the training had never stopped.
  ///
  /// - Throws: `TrainingError.checkpoint` if the state is incomplete or of another model; nothing is changed then.
  public mutating func resume(from checkpoint: Checkpoint) throws(TrainingError) {
    var resumed = self
    do {
      try resumed.model.loadParameters(checkpoint.part("model"))
      try resumed.bestModel.loadParameters(checkpoint.part("best"))
    } catch {
      throw .checkpoint(error.reason)
    }
    let moments = try Moments(checkpoint.part("optimizer"), of: resumed.model)
    resumed.optimizer.restore(
      step: try checkpoint.number("optimizer.step"), firstMoments: moments.first,
      secondMoments: moments.second)
    resumed.step = try checkpoint.number("step")
    let count: Int = try checkpoint.number("evaluations")
    guard resumed.step >= 0, resumed.optimizer.step >= 0, count >= 0 else {
      throw .checkpoint("it counts a negative number of steps or evaluations")
    }
    guard resumed.step <= mostCounted, resumed.optimizer.step <= resumed.step else {
      throw .checkpoint(
        "it counts \(resumed.step) steps and \(resumed.optimizer.step) updates")
    }
    resumed.evaluations = []
    resumed.bestIndex = nil
    for position in 0..<count {
      let key = "evaluation.\(position)"
      func score(_ name: String) throws(TrainingError) -> Score {
        Score(
          loss: try checkpoint.number("\(key).\(name).loss"),
          accuracy: try checkpoint.number("\(key).\(name).accuracy"))
      }
      let evaluation = Evaluation(
        step: try checkpoint.number("\(key).step"), train: try score("train"),
        validation: validation == nil ? nil : try score("validation"), test: try score("test"))
      resumed.note(evaluation)
    }
    self = resumed
  }
}

/// The optimizer's moments as a checkpoint names them.
private struct Moments {
  var first: [Tensor] = []
  var second: [Tensor] = []

  init(_ entries: [(name: String, tensor: Tensor)], of model: some Parameterized)
    throws(TrainingError)
  {
    if entries.isEmpty { return }
    let zeros = model.parameters.map { Tensor.zeros($0.shape) }
    var optimizer = Adam()
    optimizer.restore(step: 0, firstMoments: zeros, secondMoments: zeros)
    do {
      try optimizer.loadParameters(entries)
    } catch {
      throw .checkpoint(error.reason)
    }
    first = optimizer.firstMoments
    second = optimizer.secondMoments
  }
}
