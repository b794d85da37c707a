import Foundation

extension Sample {
  /// Where the true mean lies with 95 % confidence: the mean ± t · the standard error, with Student's t distribution of
  /// n − 1 degrees of freedom; nil with fewer than three values, which are no evidence, or with values that are not finite.
  ///
  /// This is `scipy.stats.t.interval(0.95, n - 1, mean, sem)`. It takes the values for independent draws of a normal
  /// distribution, which results over seeds are near enough to for a verdict.
  public var interval: ClosedRange<Double>? {
    guard count >= 3, mean.isFinite, error.isFinite else { return nil }
    let reach = error * StudentDistribution(degreesOfFreedom: count - 1).bound(of: 0.95)
    return (mean - reach)...(mean + reach)
  }
}

/// Student's t distribution.
struct StudentDistribution {
  /// 1 or more.
  let degreesOfFreedom: Int

  /// The probability of lying between −t and t, for t of 0 or more.
  ///
  /// Abramowitz and Stegun, *Handbook of Mathematical Functions*, 26.7.3 and 26.7.4: a finite sum in the cosine of
  /// θ = arctan(t / √ν).
  func probability(within t: Double) -> Double {
    let ratio = t / Double(degreesOfFreedom).squareRoot()
    let cosine = 1 / (1 + ratio * ratio).squareRoot()
    let sine = ratio * cosine
    let isOdd = degreesOfFreedom % 2 == 1
    var (term, sum) = (isOdd ? cosine : 1, 0.0)
    for factor in stride(from: isOdd ? 1 : 0, to: degreesOfFreedom - 1, by: 2) {
      sum += term
      term *= cosine * cosine * Double(factor + 1) / Double(factor + 2)
    }
    return isOdd ? 2 / .pi * (atan(ratio) + sine * sum) : sine * sum
  }

  /// The t between whose opposites a probability lies, by bisection.
  func bound(of probability: Double) -> Double {
    var (low, high) = (0.0, 1.0)
    while self.probability(within: high) < probability { high *= 2 }
    while case let middle = (low + high) / 2, middle > low, middle < high {
      if self.probability(within: middle) < probability { low = middle } else { high = middle }
    }
    return high
  }
}
