import ReferenceRandom
import Tensors

/// How two signals that count as the same one may differ: random versions of the dataset's own transformations, on the
/// finished signals.
package struct Views: Codable, Hashable, Sendable {
  /// By how many points, below this number, a signal is rotated; 1 for not at all.
  package var shift = 40
  /// By how much it is stretched or compressed about its middle at most, as a share of its length.
  package var stretch = 0.25
  /// The width of the range of amplitudes, around 1.
  package var scale = 0.4
  /// The width of the range of slopes, over the whole length; a signal's own slope is taken away first.
  package var shear = 2.0
  /// The standard deviation of white noise.
  package var noise = 0.1

  /// The settings that were found by examples held out of the training data.
  package init() {}

  /// One random view of each signal.
  ///
  /// In this order: the slope is taken away, by least squares; the signal is stretched, and rotated to the right; it is
  /// multiplied by an amplitude; a new slope and noise are added.
  ///
  /// - Parameters:
  ///   - signals: [count, length].
  ///   - generator: the generator to draw from.
  /// - Returns: the same shape.
  package func callAsFunction(
    of signals: Tensor, using generator: inout TorchGenerator
  ) -> Tensor {
    let (count, length) = (signals.shape[0], signals.shape[1])
    let shifts = generator.randomIntegers(count: count, in: 0..<max(shift, 1))
    func factors(_ width: Double, around middle: Double) -> [Float] {
      generator.uniform(count: count, from: middle - width / 2, to: middle + width / 2)
    }
    let stretches = factors(2 * stretch, around: 1)
    let amplitudes = factors(scale, around: 1)
    let slopes = factors(shear, around: 0)
    var views = Tensor(
      generator.normal(count: count * length, standardDeviation: noise), shape: [count, length])
    // From −½ to ½, as in the dataset's own shear.
    let positions = (0..<length).map { Float($0) / Float(max(length - 1, 1)) - 0.5 }
    let positionsSquared = positions.reduce(0) { $0 + $1 * $1 }
    var level = [Float](repeating: 0, count: length)
    signals.withUnsafeElements { signals in
      views.withUnsafeMutableElements { views in
        for row in 0..<count {
          let signal = signals[row * length..<(row + 1) * length]
          let slope = zip(signal, positions).reduce(0) { $0 + $1.0 * $1.1 } / positionsSquared
          for (index, value) in signal.enumerated() {
            level[index] = value - slope * positions[index]
          }
          for index in 0..<length {
            // Where the point comes from; the ends of a stretched signal are lost, those of a compressed one repeat.
            let source = (positions[index] / stretches[row] + 0.5) * Float(length - 1)
            let left = min(max(Int(source), 0), length - 2)
            let weight = min(max(source - Float(left), 0), 1)
            let value = level[left] + weight * (level[left + 1] - level[left])
            let target = (index + shifts[row]) % length
            views[row * length + target] +=
              amplitudes[row] * value + slopes[row] * positions[target]
          }
        }
      }
    }
    return views
  }
}
