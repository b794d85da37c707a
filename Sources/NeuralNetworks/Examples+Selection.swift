import ReferenceRandom
import Tensors

/// What a network learns from, made of the training examples of a dataset.
public struct ExampleSelection: Hashable, Sendable {
  /// Which classes are learned; empty for all.
  public var classes: [Int] = []
  /// How many examples there are, the first ones; nil for all.
  public var trainingExamples: Int?
  /// The probability with which a label is replaced by one that is drawn from all classes.
  public var labelNoise = 0.0
  /// Whose the labels are.
  public var labels = Labels.own

  /// Whose the labels are.
  public enum Labels: String, CaseIterable, Hashable, Sendable {
    /// Each example has its own.
    case own
    /// The labels are those of other examples, in random order: there is nothing to learn but the examples themselves.
    case permuted
  }

  /// All examples as they are.
  public init() {}

  /// The training examples that are learned from.
  ///
  /// Classes are selected first, then the first examples, and then labels are changed; those of a class that is left
  /// out are not drawn.
  ///
  /// - Parameters:
  ///   - examples: The training examples of a dataset.
  ///   - count: How many classes there are: the labels are less than this.
  ///   - seed: Of NumPy's `RandomState`, which decides about labels: `random_sample()` for each, and `randint` for one
  ///     that is replaced; `permutation` for all.
  /// - Returns: those examples, with those labels.
  /// - Throws: `TrainingError.setting` if nothing is left, or a setting makes no sense.
  public func training(
    from examples: Examples, classes count: Int, seed: UInt32
  ) throws(TrainingError) -> Examples {
    try validate(examples: examples.count, classes: count)
    var selected = try restricted(examples, classes: count)
    if let trainingExamples {
      guard (1...selected.count).contains(trainingExamples) else {
        throw .setting(
          "training-examples", "\(trainingExamples)",
          "1 to \(selected.count), the training examples that there are")
      }
      selected = selected[0..<trainingExamples]
    }
    var random = NumPyRandomState(seed: seed)
    if labels == .permuted {
      selected.labels = random.permutation(selected.count).map { selected.labels[$0] }
    }
    if labelNoise > 0 {
      let known = classes.isEmpty ? Array(0..<count) : classes
      selected.labels = selected.labels.map { label in
        random.randomSample() < labelNoise
          ? Int32(known[random.randomInteger(below: known.count)]) : label
      }
    }
    return selected
  }

  /// Says what is wrong with a selection before there are examples.
  ///
  /// - Parameters:
  ///   - examples: How many training examples there will be, of all classes.
  ///   - count: How many classes.
  /// - Throws: `TrainingError.setting`.
  public func validate(examples: Int, classes count: Int) throws(TrainingError) {
    try requireClasses(of: count)
    if let trainingExamples, !(1...max(1, examples)).contains(trainingExamples) {
      throw .setting(
        "training-examples", "\(trainingExamples)",
        "1 to \(examples), the training examples that there are")
    }
    guard (0...1).contains(labelNoise) else {
      throw .setting("label-noise", "\(labelNoise)", "a probability, 0 to 1")
    }
  }

  private func requireClasses(of count: Int) throws(TrainingError) {
    if let unknown = classes.first(where: { !(0..<count).contains($0) }) {
      throw .setting("classes", "\(classes)", "numbers from 0 to \(count - 1), not \(unknown)")
    }
  }

  /// The examples of the classes that are learned: for testing, too.
  ///
  /// - Throws: `TrainingError.setting` if there are none.
  public func restricted(
    _ examples: Examples, classes count: Int
  ) throws(TrainingError) -> Examples {
    guard !classes.isEmpty else { return examples }
    try requireClasses(of: count)
    let rows = examples.labels.indices.filter { classes.contains(Int(examples.labels[$0])) }
    guard !rows.isEmpty else {
      throw .setting("classes", "\(classes)", "classes of which there are examples")
    }
    return examples.gathered(rows)
  }
}
