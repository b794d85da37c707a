import Foundation
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

/// sin x, element by element.
func sine(_ x: Tensor) -> Tensor {
  Tensor.custom(x) { x in
    Tensor(x.elements.map { Float(sin(Double($0))) }, shape: x.shape)
  } derivative: { upstream, x, _ in
    upstream * cosine(x)
  }
}

/// cos x, element by element.
func cosine(_ x: Tensor) -> Tensor {
  Tensor.custom(x) { x in
    Tensor(x.elements.map { Float(cos(Double($0))) }, shape: x.shape)
  } derivative: { upstream, x, _ in
    -upstream * sine(x)
  }
}

/// The examples of the module `Tensors`.
@Suite("Examples with tensors")
struct TensorExamples {
  /// The elements of a + b · c.
  func multiplyAdd(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor {
    Tensor.custom([a, b, c]) { inputs in
      inputs[0] + inputs[1] * inputs[2]
    } derivatives: { upstream, inputs, _, isWanted in
      [
        upstream,
        isWanted(1) ? upstream * inputs[2] : nil,
        isWanted(2) ? upstream * inputs[1] : nil,
      ]
    }
  }

  struct Perceptron: Parameterized {
    var weight: Tensor
    var bias: Tensor
    mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("weight", &weight)
      visit("bias", &bias)
    }
  }

  /// The same by the C library.
  private func byTheLibrary(_ x: Tensor) -> Tensor {
    /// sin x, element by element.
    func sine(_ x: Tensor) -> Tensor {
      Tensor.custom(x) { x in
        Tensor(x.elements.map { sinf($0) }, shape: x.shape)
      } derivative: { upstream, x, _ in
        upstream * cosine(x)
      }
    }
    return sine(x)
  }

  @Test("have operators of one's own with derivatives")
  func operators() {
    let x: Tensor = [0.5, 1]
    #expect(abs(gradient(at: x) { sine($0).sum() }.elements[0] - Float(cos(0.5))) < 1e-6)
    #expect(gradient(at: x) { multiplyAdd($0, $0, $0).sum() }.elements == [2, 3])
    #expect(Perceptron(weight: x, bias: x).parameterCount == 4)
  }

  private func printed() {
    let x: Tensor = [1, 2, 3]
    let (y, gradient) = valueAndGradient(at: x) { ($0 * $0).sum() }
    print(y)  // 14.0
    print(gradient)  // [2. 4. 6.]
  }

  private func normal() {
    var generator = TorchGenerator(seed: 42)  // or any generator of the standard library's kind
    var x = Tensor.normal([2, 3, 4], using: &generator)  // the bits of PyTorch's torch.randn
    let y = x[0, 1..., -1]  // [2]
    x[..., 0] = Tensor(0)  // broadcast to [2, 3]
    print(y)  // as NumPy prints: [-1.604667    0.24148779]
  }

  @Test("print what their comments say")
  func prints() {
    #expect("\(Tensor(14))" == "14.0" && "\(Tensor([2, 4, 6]))" == "[2. 4. 6.]")
    var generator = TorchGenerator(seed: 42)
    let x = Tensor.normal([2, 3, 4], using: &generator)
    #expect("\(x[0, 1..., -1])" == "[-1.604667    0.24148779]")
  }

  private func uniform() -> Tensor {
    var generator = SystemRandomNumberGenerator()
    let x = Tensor.uniform([100, 40], in: -1..<1, using: &generator)
    return x
  }

  @Values private func subscripts(_ x: inout Tensor) -> [String] {
    x[0]  // the first row
    x[-1, 2...]  // the last row from its third element on
    x[..., 0]  // the first element along the last axis
    x[1..<3, 0] = Tensor.zeros([2])
  }

  private func affineGradients(_ x: Tensor, _ target: Tensor, weight: Tensor, bias: Tensor)
    -> [Tensor]
  {
    let (loss, gradients) = valueAndGradient(at: [weight, bias]) { parameters in
      meanSquaredError(affine(x, weight: parameters[0], bias: parameters[1]), target)
    }
    return gradients + [loss]
  }

  private func secondOrder(
    at weight: Tensor, learningRate: Tensor, of loss: @escaping (Tensor) -> Tensor
  ) -> Tensor {
    let ofRate = gradient(at: learningRate) { rate in
      let step = gradient(at: weight, of: loss)
      return loss(weight - rate * step)
    }
    return ofRate
  }

  @Values private func modelGradient(
    _ model: MultilayerPerceptron, inputs: Tensor, labels: [Int32]
  ) -> [String] {
    let (loss, gradient) = valueAndGradient(at: model) { model in
      softmaxCrossEntropy(model(inputs), labels: labels)
    }
    gradient.linear1.weight  // ∂loss/∂weight
    loss
  }

  private func hessian(
    _ model: MultilayerPerceptron, along direction: MultilayerPerceptron, inputs: Tensor,
    labels: [Int32]
  ) -> MultilayerPerceptron {
    let product = hessianVectorProduct(at: model, along: direction) { model in
      softmaxCrossEntropy(model(inputs), labels: labels)
    }
    return product
  }

  private func rematerialized(
    _ start: Tensor, segment: Range<Int>, batches: [Tensor],
    _ innerStep: @escaping (Tensor, Tensor) -> Tensor
  ) -> Tensor {
    let end = rematerialize(over: 0..<200, from: start) { state, step in
      innerStep(state, batches[step])
    }
    return end
  }

  private func rematerialized(
    _ start: Tensor, segment: Range<Int>, _ innerStep: @escaping (Tensor, Int) -> Tensor
  ) -> Tensor {
    var state = start
    state = rematerialize(at: state) { state in
      var state = state
      for step in segment { state = innerStep(state, step) }
      return state
    }
    return state
  }
}
