import ReferenceRandom
import Tensors

/// A vector for each of some symbols, PyTorch's `nn.Embedding`.
public struct Embedding: Layer {
  /// [symbols, features].
  public var weight: Tensor

  /// Creates a layer with PyTorch's default initialisation: standard normal numbers.
  public init(
    _ symbols: Int, _ features: Int, using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      symbols > 0 && features > 0,
      "an embedding has one symbol and one feature or more, found \(symbols) and \(features)")
    weight = .normal([symbols, features], using: &generator)
  }

  /// The vectors of symbols, given by their numbers: [count, features].
  public func callAsFunction(_ symbols: [Int]) -> Tensor { weight.gathered(symbols) }

  /// Maps the numbers of symbols to their vectors: […] → […, features].
  ///
  /// - Precondition: x holds whole numbers, 0 and more and less than the number of symbols.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let symbols = x.withUnsafeElements { elements in
      elements.map { element in
        guard let symbol = Int(exactly: element) else {
          preconditionFailure("symbols are whole numbers, found \(element)")
        }
        return symbol
      }
    }
    return self(symbols).reshaped(to: Shape(Array(x.shape) + [weight.shape[1]]))
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("weight", &weight)
  }
}
