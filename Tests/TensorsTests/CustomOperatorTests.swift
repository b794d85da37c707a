import Foundation
import Tensors
import Testing

/// Operators as a user of the package writes them: nothing here is more than public.
@Suite("Operators of a user's own")
struct CustomOperatorTests {
  private static func sine(_ x: Tensor) -> Tensor {
    Tensor.custom(x) { x in
      Tensor(x.elements.map { Float(sin(Double($0))) }, shape: x.shape)
    } derivative: { upstream, x, _ in
      upstream * cosine(x)
    }
  }

  private static func cosine(_ x: Tensor) -> Tensor {
    Tensor.custom(x) { x in
      Tensor(x.elements.map { Float(cos(Double($0))) }, shape: x.shape)
    } derivative: { upstream, x, _ in
      -upstream * sine(x)
    }
  }

  /// 1 / (1 + e⁻ˣ), of the library's parts.
  private static func logistic(_ x: Tensor) -> Tensor {
    Tensor.custom(x) {
      1 / (1 + exp(-$0))
    } derivative: { upstream, _, y in
      upstream * (y * (1 - y))
    }
  }

  /// a + b · c, with four inputs of which one is a constant of the rule.
  private static func multiplyAdd(_ a: Tensor, _ b: Tensor, _ c: Tensor, _ unused: Tensor)
    -> Tensor
  {
    Tensor.custom([a, b, c, unused]) { inputs in
      inputs[0] + inputs[1] * inputs[2]
    } derivatives: { upstream, inputs, _, isWanted in
      [
        upstream, isWanted(1) ? upstream * inputs[2] : nil,
        isWanted(2) ? upstream * inputs[1] : nil, nil,
      ]
    }
  }

  @Test("derivatives up to the third order agree with differences")
  func differences() {
    var generator = SplitMix64(state: 11)
    let x = generator.tensor([3, 5])
    checkGradients(of: { Self.sine($0[0]) }, at: [x], order: 3)
    checkGradients(of: { Self.logistic($0[0]) }, at: [x], order: 3)
  }

  @Test("value and derivatives up to the third order are those of the composed operator")
  func composition() {
    let x: Tensor = [-2, -0.5, 0, 0.25, 3]
    func derivatives(of function: @escaping (Tensor) -> Tensor) -> [Tensor] {
      func first(_ x: Tensor) -> Tensor { gradient(at: x) { function($0).sum() } }
      func second(_ x: Tensor) -> Tensor { gradient(at: x) { first($0).sum() } }
      return [function(x), first(x), second(x), gradient(at: x) { second($0).sum() }]
    }
    let own = derivatives(of: Self.logistic)
    for (own, library) in zip(own, derivatives(of: { sigmoid($0) })) {
      for (a, b) in zip(own.elements, library.elements) { #expect(Swift.abs(a - b) <= 1e-6) }
    }
    #expect(own[3].elements.contains { $0 != 0 })
  }

  @Test("an operator on several tensors has the bits of the composed one to second order")
  func severalInputs() {
    var generator = SplitMix64(state: 12)
    let inputs = (0..<4).map { _ in generator.tensor([7]) }
    func gradients(_ function: @escaping ([Tensor]) -> Tensor) -> ([Tensor], [Tensor]) {
      func first(_ x: [Tensor]) -> [Tensor] { gradient(at: x) { tanh(function($0)).sum() } }
      return (
        first(inputs),
        gradient(at: inputs) { inputs in
          first(inputs).reduce(Tensor(0)) { $0 + ($1 * $1).sum() }
        }
      )
    }
    let own = gradients { Self.multiplyAdd($0[0], $0[1], $0[2], $0[3]) }
    let composed = gradients { $0[0] + $0[1] * $0[2] }
    #expect(own.0 == composed.0 && own.1 == composed.1)
    #expect(own.0[3] == Tensor.zeros([7]) && own.1[1] != Tensor.zeros([7]))
  }

  @Test("a rule is not asked for what nothing depends on, and not at all without a recording")
  func wanted() {
    var asked: [[Bool]] = []
    func product(_ a: Tensor, _ b: Tensor) -> Tensor {
      Tensor.custom([a, b]) {
        $0[0] * $0[1]
      } derivatives: { upstream, inputs, _, isWanted in
        asked.append([isWanted(0), isWanted(1)])
        return [
          isWanted(0) ? upstream * inputs[1] : nil, isWanted(1) ? upstream * inputs[0] : nil,
        ]
      }
    }
    let (a, b): (Tensor, Tensor) = ([1, 2], [3, 4])
    #expect(product(a, b) == [3, 8] && asked.isEmpty)
    #expect(gradient(at: b) { product(a, $0).sum() } == a)
    #expect(asked == [[false, true]])
    #expect(gradient(at: a) { product($0, $0).sum() } == [2, 4])
    #expect(asked.last == [true, true])
  }
}
