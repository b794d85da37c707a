/// Means and standard deviations with NumPy's order of summation, and so with NumPy's bits.
enum Moments {
  static func mean(of values: [Double]) -> Double {
    sum(of: values) / Double(values.count)
  }

  /// The population's standard deviation, as `numpy.std` computes it: the mean first, then the
  /// squares of what is left.
  static func standardDeviation(of values: [Double]) -> Double {
    let center = mean(of: values)
    let squares = values.map { ($0 - center) * ($0 - center) }
    return mean(of: squares).squareRoot()
  }

  static func sum(of values: [Double]) -> Double {
    values.withUnsafeBufferPointer { pairwiseSum($0) }
  }

  /// NumPy's pairwise sum: halves, cut at multiples of 8, down to blocks of at most 128 numbers;
  /// within a block, eight interleaved sums that are added as a tree, then what is left over.
  ///
  /// Source: `pairwise_sum` in NumPy's `loops_utils.h`.
  private static func pairwiseSum(_ values: UnsafeBufferPointer<Double>) -> Double {
    let count = values.count
    if count < 8 { return values.reduce(0, +) }
    if count > 128 {
      let half = count / 2 - (count / 2) % 8
      return pairwiseSum(UnsafeBufferPointer(rebasing: values[..<half]))
        + pairwiseSum(UnsafeBufferPointer(rebasing: values[half...]))
    }
    let bytes = UnsafeRawBufferPointer(values)
    var sums = SIMD8<Double>.zero
    let full = count - count % 8
    for start in stride(from: 0, to: full, by: 8) {
      sums += bytes.loadUnaligned(fromByteOffset: 8 * start, as: SIMD8<Double>.self)
    }
    let tree =
      ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
    return values[full...].reduce(tree, +)
  }
}
