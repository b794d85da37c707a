/// Signals of one length, one per row.
///
/// The values lie row by row in one array, in the order of a C or NumPy array of shape
/// `[count, length]`.
public struct Signals: Hashable, Sendable {
  /// The values of all signals, row by row; `count * length` of them.
  public private(set) var values: [Double]

  /// The number of values in each signal.
  public let length: Int

  /// Creates signals from the rows of a matrix, one after the other.
  ///
  /// - Precondition: `length` is positive and divides the number of values.
  public init(values: [Double], length: Int) {
    precondition(
      length > 0 && values.count % length == 0,
      "\(values.count) values do not make rows of \(length).")
    self.values = values
    self.length = length
  }

  /// The number of signals.
  public var count: Int {
    values.count / length
  }

  /// One signal; its indices are those of ``values``.
  public subscript(row: Int) -> ArraySlice<Double> {
    precondition(row >= 0 && row < count, "There is no row \(row) among \(count) signals.")
    return values[(row * length)..<((row + 1) * length)]
  }

  /// The values in single precision, row by row, as networks are trained on them.
  public var floats: [Float] {
    values.map(Float.init)
  }

  /// The same signals with their columns in another order: column `i` of the result is column
  /// `order[i]` of this.
  ///
  /// - Precondition: `order` holds each of `0 ..< length` once.
  public func permutingColumns(_ order: [Int]) -> Signals {
    precondition(
      order.sorted().elementsEqual(0..<length), "\(order) is no order of \(length) columns.")
    var permuted = self
    for start in stride(from: 0, to: values.count, by: length) {
      for (column, source) in order.enumerated() {
        permuted.values[start + column] = values[start + source]
      }
    }
    return permuted
  }
}
