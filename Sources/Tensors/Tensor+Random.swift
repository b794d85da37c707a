import ReferenceRandom

extension Tensor {
  /// A tensor of numbers drawn uniformly from a range.
  ///
  /// A `TorchGenerator` gives the bits of PyTorch's `torch.rand`, a generator of the standard library's kind those of
  /// the upper 24 bits of each `next()`.
  ///
  ///     var generator = SystemRandomNumberGenerator()
  ///     let x = Tensor.uniform([100, 40], in: -1..<1, using: &generator)
  public static func uniform(
    _ shape: Shape, in range: Range<Float> = 0..<1,
    using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    withFilling(&generator) { uniform(shape, in: range, using: &$0) }
  }

  /// A tensor of numbers drawn uniformly from a range, as the generator fills a block of them.
  public static func uniform(
    _ shape: Shape, in range: Range<Float> = 0..<1,
    using generator: inout some FloatRandomNumberGenerator
  ) -> Tensor {
    precondition(
      range.lowerBound.isFinite && range.upperBound.isFinite && !range.isEmpty,
      "numbers cannot be drawn from \(range)")
    return Tensor(shape) {
      generator.fillUniform(
        UnsafeMutableBufferPointer(start: $0, count: shape.elementCount),
        from: Double(range.lowerBound), to: Double(range.upperBound))
    }
  }

  /// A tensor of normal variates.
  ///
  /// A `TorchGenerator` gives the bits of PyTorch's `torch.randn`, a generator of the standard library's kind the
  /// method of Box and Muller.
  public static func normal(
    _ shape: Shape, mean: Float = 0, standardDeviation: Float = 1,
    using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    withFilling(&generator) {
      normal(shape, mean: mean, standardDeviation: standardDeviation, using: &$0)
    }
  }

  /// A tensor of normal variates, as the generator fills a block of them.
  public static func normal(
    _ shape: Shape, mean: Float = 0, standardDeviation: Float = 1,
    using generator: inout some FloatRandomNumberGenerator
  ) -> Tensor {
    precondition(
      mean.isFinite && standardDeviation.isFinite && standardDeviation >= 0,
      "a normal distribution has no mean \(mean) with standard deviation \(standardDeviation)")
    return Tensor(shape) {
      generator.fillNormal(
        UnsafeMutableBufferPointer(start: $0, count: shape.elementCount), mean: Double(mean),
        standardDeviation: Double(standardDeviation))
    }
  }
}

/// A generator of the standard library's kind, with the standard ways of filling blocks.
private struct FillingGenerator<Base: RandomNumberGenerator>: FloatRandomNumberGenerator {
  var base: Base
  mutating func next() -> UInt64 { base.next() }
}

private func withFilling<Base: RandomNumberGenerator>(
  _ generator: inout Base, _ body: (inout FillingGenerator<Base>) -> Tensor
) -> Tensor {
  var filling = FillingGenerator(base: generator)
  defer { generator = filling.base }
  return body(&filling)
}
