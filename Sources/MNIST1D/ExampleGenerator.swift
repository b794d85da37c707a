import ReferenceRandom

/// Makes examples from templates with the transformations of ``Transform``, in memory that is
/// allocated once.
struct ExampleGenerator {
  private let configuration: DatasetConfiguration
  private let templates: Templates
  private let dilation: Interpolation
  private let subsampling: Interpolation
  private let filter = GaussianFilter(sigma: Transform.noiseWidth)
  private let shearPositions: [Double]

  init(_ configuration: DatasetConfiguration, templates: Templates) {
    self.configuration = configuration
    self.templates = templates
    dilation = Interpolation(to: configuration.signalLength)
    subsampling = Interpolation(to: configuration.finalSeqLength)
    shearPositions = linearSpace(from: -0.5, to: 0.5, count: configuration.signalLength)
  }

  /// Returns `perClass` examples of each class, class by class, as they are before normalisation.
  func examples(perClass: Int, using random: inout NumPyRandomState) -> Signals {
    let length = configuration.finalSeqLength
    let signalLength = configuration.signalLength
    let paddedLength = templates.x.length + configuration.padding.upperBound
    var memory = [Double](
      repeating: 0, count: paddedLength + 5 * signalLength + 2 * filter.radius)
    var values = [Double](repeating: 0, count: perClass * templates.classCount * length)
    memory.withUnsafeMutableBufferPointer { memory in
      let buffers = Buffers(memory, padded: paddedLength, signal: signalLength)
      values.withUnsafeMutableBufferPointer { values in
        for index in 0..<(perClass * templates.classCount) {
          let row = values[(index * length)..<((index + 1) * length)]
          makeExample(
            from: templates.x[index / perClass], into: UnsafeMutableBufferPointer(rebasing: row),
            buffers, using: &random)
        }
      }
    }
    return Signals(values: values, length: length)
  }

  /// The signals on the way from a template to an example, carved out of one block of memory.
  private struct Buffers {
    let padded, dilated, rotated, white, smooth, scratch: UnsafeMutableBufferPointer<Double>

    init(_ memory: UnsafeMutableBufferPointer<Double>, padded: Int, signal: Int) {
      func slice(_ start: Int, _ end: Int) -> UnsafeMutableBufferPointer<Double> {
        UnsafeMutableBufferPointer(rebasing: memory[start..<end])
      }
      self.padded = slice(0, padded)
      dilated = slice(padded, padded + signal)
      rotated = slice(padded + signal, padded + 2 * signal)
      white = slice(padded + 2 * signal, padded + 3 * signal)
      smooth = slice(padded + 3 * signal, padded + 4 * signal)
      scratch = slice(padded + 4 * signal, memory.count)
    }
  }

  private func makeExample(
    from template: ArraySlice<Double>, into example: UnsafeMutableBufferPointer<Double>,
    _ buffers: Buffers, using random: inout NumPyRandomState
  ) {
    let count = buffers.dilated.count
    let padding = Transform.drawPadding(configuration.padding, using: &random)
    // The shift tells a template's zeros from the padding, which alone gives way to noise.
    for (index, value) in template.enumerated() { buffers.padded[index] = value + 1e-8 }
    let paddedCount = template.count + padding
    for index in template.count..<paddedCount { buffers.padded[index] = 0 }
    dilation(UnsafeBufferPointer(rebasing: buffers.padded[..<paddedCount]), into: buffers.dilated)

    let amplitude = Transform.drawAmplitude(configuration.scaleCoeff, using: &random)
    let shift = Transform.drawTranslation(
      configuration.maxTranslation, count: count, using: &random)
    for index in 0..<shift {
      buffers.rotated[index] = buffers.dilated[count - shift + index] * amplitude
    }
    for index in shift..<count {
      buffers.rotated[index] = buffers.dilated[index - shift] * amplitude
    }

    random.fillStandardNormal(buffers.white)
    for index in 0..<count { buffers.white[index] *= configuration.corrNoiseScale }
    filter(UnsafeBufferPointer(buffers.white), into: buffers.smooth, scratch: buffers.scratch)
    random.fillStandardNormal(buffers.white)
    let slope = Transform.drawSlope(configuration.shearScale, using: &random)
    for index in 0..<count {
      let noisy =
        Transform.filled(buffers.rotated[index], with: buffers.smooth[index])
        + configuration.iidNoiseScale * buffers.white[index]
      buffers.rotated[index] = noisy - slope * shearPositions[index]
    }
    subsampling(UnsafeBufferPointer(buffers.rotated), into: example)
  }
}
