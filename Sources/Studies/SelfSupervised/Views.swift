import ReferenceRandom
import Tensors

/// How two signals that count as the same one may differ: random versions of the dataset's own transformations, on the
/// finished signals. A width of 0 is a transformation that is left out.
package struct Views: Codable, Hashable, Sendable {
  /// By how many points, below this number, a signal is rotated; 1 for not at all.
  package var shift: Int
  /// The standard deviation of the slope per point.
  package var slope: Double
  /// The standard deviation of the offset.
  package var offset: Double
  /// By how much a signal is stretched or compressed about its middle at most, as a share of its length.
  package var stretch: Double
  /// The width of the range of amplitudes, around 1.
  package var scale: Double
  /// The standard deviation of white noise.
  package var noise: Double

  /// Sets how far signals may differ.
  package init(
    shift: Int, slope: Double, offset: Double = 0, stretch: Double = 0, scale: Double = 0,
    noise: Double = 0
  ) {
    (self.shift, self.slope, self.offset) = (shift, slope, offset)
    (self.stretch, self.scale, self.noise) = (stretch, scale, noise)
  }

  /// One random view of each signal.
  ///
  /// In this order: a signal's mean and slope are taken away, the slope by least squares; it is stretched, and rotated to
  /// the right; it is multiplied by an amplitude; a new slope, a new offset and noise are added. With nothing stretched,
  /// scaled or noisy this is `augment` of the authors' notebook, and uses its streams: NumPy's for the shifts, then
  /// PyTorch's for the slopes and for the offsets.
  ///
  /// - Parameters:
  ///   - signals: [count, length].
  ///   - generators: the generators to draw from.
  /// - Returns: the same shape.
  package func callAsFunction(
    of signals: Tensor, using generators: inout ReferenceGenerators
  ) -> Tensor {
    let (count, length) = (signals.shape[0], signals.shape[1])
    let shifts = (0..<count).map { _ in generators.numPy.randomInteger(below: shift) }
    func drawn(_ width: Double, _ draw: () -> [Float]) -> [Float]? { width == 0 ? nil : draw() }
    let stretches = drawn(stretch) {
      generators.torch.uniform(count: count, from: 1 - stretch, to: 1 + stretch)
    }
    let amplitudes = drawn(scale) {
      generators.torch.uniform(count: count, from: 1 - scale / 2, to: 1 + scale / 2)
    }
    func normal(_ count: Int, _ deviation: Double) -> [Float]? {
      drawn(deviation) { generators.torch.normal(count: count, standardDeviation: deviation) }
    }
    let slopes = normal(count, slope)
    let offsets = normal(count, offset)
    let shape: Shape = [count, length]
    var views = normal(count * length, noise).map { Tensor($0, shape: shape) } ?? .zeros(shape)
    let middle = Float(length - 1) / 2
    let positions = (0..<length).map { Float($0) - middle }
    let positionsSquared = positions.reduce(0) { $0 + $1 * $1 }
    var level = [Float](repeating: 0, count: length)
    signals.withUnsafeElements { signals in
      views.withUnsafeMutableElements { views in
        for row in 0..<count {
          let signal = signals[row * length..<(row + 1) * length]
          let mean = signal.reduce(0, +) / Float(length)
          let slope = zip(signal, positions).reduce(0) { $0 + $1.0 * $1.1 } / positionsSquared
          for (index, value) in signal.enumerated() {
            level[index] = value - mean - slope * positions[index]
          }
          for index in 0..<length {
            let value = stretches.map {
              Self.value(of: level, at: positions[index] / $0[row] + middle)
            }
            let target = (index + shifts[row]) % length
            views[row * length + target] +=
              (amplitudes?[row] ?? 1) * (value ?? level[index])
              + (slopes?[row] ?? 0) * positions[target] + (offsets?[row] ?? 0)
          }
        }
      }
    }
    return views
  }

  /// The value between two points of a signal; before the first and behind the last one it is theirs.
  private static func value(of signal: [Float], at place: Float) -> Float {
    let left = min(max(Int(place), 0), signal.count - 2)
    let weight = min(max(place - Float(left), 0), 1)
    return signal[left] + weight * (signal[left + 1] - signal[left])
  }
}

/// What a Python program draws from that has seeded NumPy and PyTorch with the same number.
package struct ReferenceGenerators: Hashable, Sendable {
  /// NumPy's global generator.
  package var numPy: NumPyRandomState
  /// PyTorch's.
  package var torch: TorchGenerator

  /// Seeds both, as `numpy.random.seed` and `torch.manual_seed` do.
  package init(seed: UInt32) {
    numPy = NumPyRandomState(seed: seed)
    torch = TorchGenerator(seed: UInt64(seed))
  }
}
