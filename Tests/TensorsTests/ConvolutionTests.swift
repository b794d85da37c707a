import Fixtures
import Tensors
import Testing

/// A convolution's extents; with size 1 and sizes that are no multiple of sixteen.
struct ConvolutionShape: Sendable, CustomTestStringConvertible {
  let inputs, length, outputs, kernel, stride, padding, batch: Int

  init(
    _ inputs: Int, _ length: Int, _ outputs: Int, kernel: Int, stride: Int, padding: Int, batch: Int
  ) {
    (self.inputs, self.length, self.outputs) = (inputs, length, outputs)
    (self.kernel, self.stride, self.padding, self.batch) = (kernel, stride, padding, batch)
  }

  var testDescription: String {
    "\(inputs)×\(length) → \(outputs), kernel \(kernel), stride \(stride), padding \(padding), "
      + "batch \(batch)"
  }

  /// x, the weight and the bias, batch last.
  var tensors: [Tensor] {
    var generator = SplitMix64(state: UInt64(inputs + 10 * length + 1000 * batch))
    return [
      generator.tensor([inputs, length, batch]), generator.tensor([outputs, inputs, kernel]),
      generator.tensor([outputs]),
    ]
  }

  func apply(
    _ inputs: [Tensor], _ activation: AffineActivation = .identity,
    _ layout: ActivationLayout = .batchLast
  ) -> Tensor {
    convolution1D(
      inputs[0], weight: inputs[1], bias: inputs.count > 2 ? inputs[2] : nil, stride: stride,
      padding: padding, activation: activation, layout: layout)
  }

  static let all = [
    ConvolutionShape(1, 1, 1, kernel: 1, stride: 1, padding: 0, batch: 1),
    ConvolutionShape(2, 5, 3, kernel: 3, stride: 2, padding: 1, batch: 17),
    ConvolutionShape(3, 4, 2, kernel: 2, stride: 1, padding: 2, batch: 5),
    ConvolutionShape(1, 7, 5, kernel: 3, stride: 4, padding: 0, batch: 33),
  ]
}

@Suite("The convolution")
struct ConvolutionTests {
  @Test(
    "derivatives agree with differences in first and second order", arguments: ConvolutionShape.all)
  func gradients(_ shape: ConvolutionShape) {
    let tensors = shape.tensors
    checkGradients(of: { square(shape.apply($0)) }, at: tensors, tolerance: 1e-2)
    checkGradients(of: { shape.apply($0) }, at: Array(tensors.prefix(2)))
  }

  @Test("the fused relu has the derivatives of the composition", arguments: ConvolutionShape.all)
  func fusion(_ shape: ConvolutionShape) {
    let tensors = shape.tensors
    let fused: ([Tensor]) -> Tensor = { shape.apply($0, .relu) }
    let composed: ([Tensor]) -> Tensor = { inputs in
      relu(shape.apply(Array(inputs.prefix(2))) + inputs[2].reshaped(to: [shape.outputs, 1, 1]))
    }
    #expect(fused(tensors) == composed(tensors))
    var generator = SplitMix64(state: 4)
    let vectors = tensors.map { generator.tensor($0.shape) }
    func second(_ function: @escaping ([Tensor]) -> Tensor) -> [Tensor] {
      gradient(at: tensors) { inputs in
        zip(gradient(at: inputs) { square(function($0)).sum() }, vectors).reduce(Tensor(0)) {
          $0 + ($1.0 * $1.1).sum()
        }
      }
    }
    for (found, wanted) in zip(second(fused), second(composed)) { expectClose(found, wanted, 1e-5) }
  }

  @Test("both layouts give the same bits", arguments: ConvolutionShape.all)
  func layouts(_ shape: ConvolutionShape) {
    let last = shape.tensors
    var first = last
    first[0] = last[0].permuted(2, 0, 1)
    let outputs = shape.apply(first, .relu, .batchFirst)
    #expect(outputs.permuted(1, 2, 0) == shape.apply(last, .relu))
    let slopesLast = gradient(at: last) { shape.apply($0, .relu).sum() }
    let slopesFirst = gradient(at: first) { shape.apply($0, .relu, .batchFirst).sum() }
    #expect(slopesFirst[0].permuted(1, 2, 0) == slopesLast[0])
    #expect(Array(slopesFirst[1...]) == Array(slopesLast[1...]))
  }

  @Test("values and derivatives of both orders are PyTorch's")
  func golden() throws {
    struct Golden: Decodable {
      struct Convolution: Decodable {
        let stride, padding: Int
        let relu: Bool
        let derivatives: GoldenDerivatives
      }
      let convolutions: [Convolution]
    }
    for convolution in try Fixture.json("convolution.json", as: Golden.self).convolutions {
      convolution.derivatives.expectAgreement {
        convolution1D(
          $0[0], weight: $0[1], bias: $0[2], stride: convolution.stride,
          padding: convolution.padding, activation: convolution.relu ? .relu : .identity)
      }
    }
  }
}
