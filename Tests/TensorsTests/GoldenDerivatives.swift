import Tensors
import Testing

/// A tensor in a golden file.
struct GoldenTensor: Decodable {
  let shape: [Int]
  let elements: [Float]

  var tensor: Tensor { Tensor(elements, shape: Shape(shape)) }
}

/// What PyTorch says of an operator: its output, the gradients of Σ upstream · output, and those of
/// Σ vector · gradient.
struct GoldenDerivatives: Decodable {
  let inputs, gradients, vectors, secondGradients: [GoldenTensor]
  let upstream, output: GoldenTensor

  /// Expects `function` to have this output and these derivatives.
  func expectAgreement(
    sourceLocation: SourceLocation = #_sourceLocation, of function: @escaping ([Tensor]) -> Tensor
  ) {
    let inputs = inputs.map(\.tensor)
    let upstream = upstream.tensor
    let first: ([Tensor]) -> [Tensor] = { x in
      gradient(at: x) { (function($0) * upstream).sum() }
    }
    let second = gradient(at: inputs) { x in
      zip(first(x), vectors).reduce(Tensor(0)) { $0 + ($1.0 * $1.1.tensor).sum() }
    }
    expectClose(function(inputs), output.tensor, 2e-6, sourceLocation: sourceLocation)
    for (found, wanted) in zip(first(inputs), gradients) {
      expectClose(found, wanted.tensor, 1e-5, sourceLocation: sourceLocation)
    }
    for (found, wanted) in zip(second, secondGradients) {
      expectClose(found, wanted.tensor, 3e-5, sourceLocation: sourceLocation)
    }
  }
}

/// Expects every pair of elements within `tolerance` of each other, relative to the largest element.
func expectClose(
  _ a: Tensor, _ b: Tensor, _ tolerance: Float, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(a.shape == b.shape, sourceLocation: sourceLocation)
  let scale = b.elements.reduce(1) { max($0, abs($1)) }
  let difference = zip(a.elements, b.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
  #expect(difference <= tolerance * scale, sourceLocation: sourceLocation)
}
