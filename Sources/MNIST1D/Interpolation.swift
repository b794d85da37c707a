/// Returns `count` evenly spaced numbers from `start` to `stop`, both included: `numpy.linspace`.
func linearSpace(from start: Double, to stop: Double, count: Int) -> [Double] {
  let step = (stop - start) / Double(count - 1)
  return (0..<count).map { index in
    if index == 0 { return start }
    return index == count - 1 ? stop : Double(index) * step + start
  }
}

/// Linear interpolation from one evenly spaced grid on [0, 1] to another, `numpy.interp`'s formula
/// for formula.
struct Interpolation {
  /// The positions at which signals are wanted.
  private let grid: [Double]

  /// Prepares for signals of `count` points.
  init(to count: Int) {
    grid = linearSpace(from: 0, to: 1, count: count)
  }

  /// The number of points in a result.
  var count: Int { grid.count }

  /// Writes a signal, whatever its length, as one of ``count`` points.
  ///
  /// - Precondition: `signal` is not empty and `result` holds ``count`` values.
  func callAsFunction(
    _ signal: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>
  ) {
    let last = signal.count - 1
    let step = 1 / Double(last)
    func position(_ index: Int) -> Double { index == last ? 1 : Double(index) * step }

    var index = 0
    var (left, right) = (0.0, last == 0 ? 1 : position(1))
    for (target, wanted) in grid.enumerated() {
      while index < last && right <= wanted {
        index += 1
        (left, right) = (right, position(min(index + 1, last)))
      }
      if index == last || left == wanted {
        result[target] = signal[index]
      } else {
        let slope = (signal[index + 1] - signal[index]) / (right - left)
        result[target] = slope * (wanted - left) + signal[index]
      }
    }
  }
}
