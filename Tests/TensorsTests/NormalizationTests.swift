import Tensors
import Testing

@Suite("Normalisation", .serialized)
struct NormalizationTests {
  /// Extents around a vector of sixteen.
  static let shapes: [Shape] = [
    [2, 1], [5, 3], [9, 16], [7, 17], [3, 40], [2, 1, 2], [4, 3, 5], [3, 2, 16], [2, 5, 35],
  ]

  private func tensors(_ shape: Shape, _ count: Int) -> [Tensor] {
    var generator = SplitMix64(state: UInt64(shape.elementCount))
    return [
      generator.tensor(shape), generator.tensor([count], in: 0.5...1.5), generator.tensor([count]),
    ]
  }

  private func batch(_ inputs: [Tensor]) -> Tensor {
    batchNormalization(inputs[0], weight: inputs[1], bias: inputs[2], epsilon: 0.1).output
  }

  private func layer(_ inputs: [Tensor]) -> Tensor {
    layerNormalization(inputs[0], weight: inputs[1], bias: inputs[2], epsilon: 0.1)
  }

  @Test("derivatives agree with differences in first and second order", arguments: shapes)
  func gradients(_ shape: Shape) {
    checkGradients(of: batch, at: tensors(shape, shape[1]), tolerance: 1e-2)
    checkGradients(of: layer, at: tensors(shape, shape[shape.rank - 1]), tolerance: 1e-2)
  }

  @Test("the fused derivative is that of the composition", arguments: shapes)
  func fusion(_ shape: Shape) {
    for (function, count) in [(batch, shape[1]), (layer, shape[shape.rank - 1])] {
      let inputs = tensors(shape, count)
      let scalar: ([Tensor]) -> Tensor = { (function($0) * $0[0]).sum() }
      let fused = gradient(at: inputs, of: scalar)
      // A recording around it makes it take the composition.
      var composed: [Tensor] = []
      _ = gradient(at: inputs) { inputs in
        let inner = gradient(at: inputs, of: scalar)
        composed = inner.map { $0.detached() }
        return inner[0].sum()
      }
      for (found, wanted) in zip(fused, composed) { expectClose(found, wanted, 1e-5) }
    }
  }

  @Test("channels are normalised alike in either layout")
  func layouts() {
    for shape in [[4, 3, 5], [3, 2, 16], [2, 5, 35]] as [Shape] {
      let inputs = tensors(shape, shape[1])
      let last: ([Tensor]) -> Tensor = { inputs in
        batchNormalization(
          inputs[0].permuted(1, 2, 0), weight: inputs[1], bias: inputs[2], epsilon: 0.1,
          layout: .batchLast
        ).output.permuted(2, 0, 1)
      }
      expectClose(last(inputs), batch(inputs), 1e-5)
      checkGradients(of: last, at: inputs, tolerance: 1e-2)
      let (mean, variance) = (inputs[2], inputs[1])
      let first = batchNormalization(
        inputs[0], mean: mean, variance: variance, weight: inputs[1], bias: inputs[2])
      let other = batchNormalization(
        inputs[0].permuted(1, 2, 0), mean: mean, variance: variance, weight: inputs[1],
        bias: inputs[2], layout: .batchLast)
      #expect(other.permuted(2, 0, 1) == first)
    }
  }

  @Test("every set of kernels gives the same bits", arguments: shapes)
  func bits(_ shape: Shape) {
    let usual = Kernels.current
    defer { Kernels.select(usual) }
    func results() -> [[UInt32]] {
      [(batch, shape[1]), (layer, shape[shape.rank - 1])].flatMap { function, count in
        let inputs = tensors(shape, count)
        let slopes = gradient(at: inputs) { (function($0) * $0[0]).sum() }
        return ([function(inputs)] + slopes).map { $0.elements.map(\.bitPattern) }
      }
    }
    let expected = results()
    for kernels in Kernels.available {
      Kernels.select(kernels)
      #expect(results() == expected, "\(kernels)")
    }
  }

  @Test("the mean and the variance of a channel are those of double precision, however long it is")
  func statistics() {
    for shape in [[200_000, 3], [2000, 3, 100], [3, 2, 70_000]] as [Shape] {
      var generator = SplitMix64(state: 5)
      let x = generator.tensor(shape, in: 0...1)
      let channels = shape[1]
      let found = batchNormalization(x, weight: .ones([channels]), bias: .zeros([channels]))
      let inner = shape.rank == 2 ? 1 : shape[2]
      for channel in 0..<channels {
        let values = x.elements.enumerated().filter { $0.offset / inner % channels == channel }
          .map { Double($0.element) }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        #expect(abs(Double(found.mean[channel].scalar) - mean) < 1e-6)
        #expect(abs(Double(found.variance[channel].scalar) - variance) < 1e-6)
      }
    }
  }

  @Test("a gradient over more rows than one chain of sums holds is that of double precision")
  func manyRows() {
    var generator = SplitMix64(state: 6)
    let x = generator.tensor([50_000, 3])
    let slope = gradient(at: [x, .ones([3]), .zeros([3])]) { layer($0).sum() }
    #expect(slope[2] == [50_000, 50_000, 50_000])
    let batch = gradient(at: [x, .ones([3]), .zeros([3])]) { self.batch($0).sum() }
    #expect(batch[2] == [50_000, 50_000, 50_000])
  }

  @Test("tensors without elements have none afterwards")
  func empty() {
    for shape in [[0, 3], [4, 0], [2, 3, 0]] as [Shape] {
      let count = shape[1]
      let slope = gradient(at: [.zeros(shape), .ones([count]), .zeros([count])]) {
        batch($0).sum()
      }
      #expect(slope[0].shape == shape && slope[1].shape == [count])
      let features = shape[shape.rank - 1]
      let rows = gradient(at: [.zeros(shape), .ones([features]), .zeros([features])]) {
        layer($0).sum()
      }
      #expect(rows[0].shape == shape && rows[2] == .zeros([features]))
    }
  }
}
