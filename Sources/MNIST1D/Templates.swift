/// The shapes that a dataset's classes are made from: one short signal per class.
///
/// ``digits`` are the ten of MNIST-1D. Other shapes make other datasets:
///
/// ```swift
/// let waves = try Templates(shapes: [[0, 1, 0, -1, 0], [0, 1, 0, 1, 0]])
/// let dataset = try Dataset(.init(numSamples: 1000), templates: waves)
/// ```
public struct Templates: Hashable, Sendable {
  /// The signals of the classes, `[classes, length]`.
  public let x: Signals

  /// The positions of a signal's points, `[length]`.
  public let t: [Double]

  /// The labels of the classes, `[classes]`.
  public let y: [Int]

  /// Creates templates from signals that are used as they are.
  ///
  /// - Parameters:
  ///   - x: One signal per class, of two points or more.
  ///   - t: The position of each point.
  ///   - y: The label of each class; `0 ..< classes` where it is left out.
  /// - Throws: ``ConfigurationError`` when the sizes do not agree or a value is not finite.
  public init(x: Signals, t: [Double], y: [Int]? = nil) throws(ConfigurationError) {
    let labels = y ?? Array(0..<x.count)
    guard x.count > 0 else {
      throw ConfigurationError("templates", "must have at least one class", found: "none")
    }
    guard x.length >= 2 else {
      throw ConfigurationError(
        "templates", "must have two points or more per class", found: "\(x.length)")
    }
    guard t.count == x.length else {
      throw ConfigurationError(
        "templates", "must have \(x.length) positions, one per point", found: "\(t.count)")
    }
    guard labels.count == x.count else {
      throw ConfigurationError(
        "templates", "must have \(x.count) labels, one per class", found: "\(labels.count)")
    }
    if let value = x.values.first(where: { !$0.isFinite }) ?? t.first(where: { !$0.isFinite }) {
      throw ConfigurationError("templates", "must have finite values", found: "\(value)")
    }
    self.x = x
    self.t = t
    self.y = labels
  }

  /// Creates templates from drawn shapes, scaled as the ten digits are.
  ///
  /// Each shape is shifted and divided to mean 0 and standard deviation 1, shifted again so that
  /// it starts at 0, and divided by 6; the positions are `linspace(-5, 5, length) / 6`.
  ///
  /// - Parameter shapes: The heights of each class's points; as many for every class.
  /// - Throws: ``ConfigurationError`` when the shapes differ in length, are flat or not finite.
  public init(shapes: [[Double]]) throws(ConfigurationError) {
    let length = shapes.first?.count ?? 0
    guard length >= 2 else {
      throw ConfigurationError(
        "templates", "must have two points or more per class", found: "\(length)")
    }
    var values: [Double] = []
    for (index, shape) in shapes.enumerated() {
      guard shape.count == length else {
        throw ConfigurationError(
          "templates", "must have \(length) points in every class",
          found: "\(shape.count) in class \(index)")
      }
      // Centred before it is measured, as in the reference: the last bits depend on it.
      let mean = Moments.mean(of: shape)
      let centered = shape.map { $0 - mean }
      let spread = Moments.standardDeviation(of: centered)
      guard spread.isFinite && spread > 0 else {
        throw ConfigurationError(
          "templates", "must have shapes that are finite and not flat",
          found: "a standard deviation of \(spread) in class \(index)")
      }
      let start = centered[0] / spread
      values += centered.map { ($0 / spread - start) / 6 }
    }
    try self.init(
      x: Signals(values: values, length: length),
      t: linearSpace(from: -5, to: 5, count: length).map { $0 / 6 })
  }

  /// The number of classes.
  public var classCount: Int { y.count }
}

extension Templates {
  /// The ten digits of MNIST-1D, 12 points each.
  ///
  /// Source: S. Greydanus and D. Kobak, "Scaling down deep learning with MNIST-1D" (2024).
  public static let digits: Templates = {
    do throws(ConfigurationError) {
      return try Templates(shapes: [
        [5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5],
        [5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5],
        [5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5],
        [5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5],
        [5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5],
        [5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5],
        [5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5],
        [5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5],
      ])
    } catch {
      preconditionFailure("\(error)")
    }
  }()
}
