/// An MNIST-1D dataset: training and test signals with their labels.
///
/// ```swift
/// let dataset = try Dataset()                    // the published dataset
/// dataset.x.count                                // 4000
/// dataset.x[0]                                   // 40 values
/// dataset.y[0]                                   // 2, a label in 0 ..< 10
/// ```
///
/// A generated dataset equals, to the last bit in single precision, what the reference implementation (`mnist1d`
/// 0.0.2.post1) makes of the same settings; see ``init(_:templates:)``. In double precision the reference's values depend
/// on the machine: with AVX-512 NumPy's exponential differs, which moves 31 % of them by at most 8.9e-16, and so do C
/// libraries' logarithms, which moves one of two thousand. Here both are rounded correctly, and the bits are the same
/// everywhere.
public struct Dataset: Hashable, Sendable {
  /// The training signals, `[training examples, length]`, with mean 0 and standard deviation 1
  /// over training and test signals together.
  public let x: Signals

  /// The labels of the training signals.
  public let y: [Int]

  /// The test signals, `[test examples, length]`.
  public let xTest: Signals

  /// The labels of the test signals.
  public let yTest: [Int]

  /// The positions of a signal's points, in the units of the signals' standard deviation.
  public let t: [Double]

  /// The templates of the classes, where they are known.
  public let templates: Templates?

  /// The settings that make exactly this dataset, where it is known to be generated.
  public let configuration: DatasetConfiguration?

  /// Creates a dataset from its parts, as they come from a file.
  ///
  /// - Throws: ``DatasetError`` when the parts do not fit together.
  public init(
    x: Signals, y: [Int], xTest: Signals, yTest: [Int], t: [Double], templates: Templates? = nil
  ) throws(DatasetError) {
    guard y.count == x.count else { throw .labels("y", y.count, signals: "x", x.count) }
    guard yTest.count == xTest.count else {
      throw .labels("y_test", yTest.count, signals: "x_test", xTest.count)
    }
    guard xTest.length == x.length else { throw .length("x_test", xTest.length, x: x.length) }
    guard t.count == x.length else { throw .length("t", t.count, x: x.length) }
    self.init(
      x: x, y: y, xTest: xTest, yTest: yTest, t: t, templates: templates, configuration: nil)
  }

  init(
    x: Signals, y: [Int], xTest: Signals, yTest: [Int], t: [Double], templates: Templates?,
    configuration: DatasetConfiguration?
  ) {
    self.x = x
    self.y = y
    self.xTest = xTest
    self.yTest = yTest
    self.t = t
    self.templates = templates
    self.configuration = configuration
  }

  /// The number of points in a signal.
  public var length: Int { x.length }

  /// The same dataset with the columns of all signals in another order: column `i` of the result
  /// is column `order[i]` of this. Positions stay, so that a plot shows the signals scrambled.
  ///
  /// The studies of spatial priors train on `permutingColumns(order)` with
  /// `order = NumPyRandomState(seed: 42).permutation(40)`.
  ///
  /// - Precondition: `order` holds each of `0 ..< length` once.
  public func permutingColumns(_ order: [Int]) -> Dataset {
    Dataset(
      x: x.permutingColumns(order), y: y, xTest: xTest.permutingColumns(order), yTest: yTest, t: t,
      templates: templates, configuration: nil)
  }
}

/// The reason why the parts of a dataset do not fit together.
public enum DatasetError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There are as many labels of the first name, but as many signals of the second.
  case labels(String, Int, signals: String, Int)
  /// The part of this name has this length, but the signals of `x` have another.
  case length(String, Int, x: Int)

  /// One sentence that names the part, what was found, and what would be right.
  public var description: String {
    switch self {
    case .labels(let labels, let found, let signals, let count):
      "\(labels) must have a label for each of the \(count) signals of \(signals), but has \(found)."
    case .length(let part, let found, let length):
      "\(part) must have \(length) points per signal, as x has, but has \(found)."
    }
  }
}
