import NeuralNetworks
import Tensors

/// An activation function known by its values at equal distances: straight in between, and continued in a straight line
/// beyond the first and the last of them.
///
/// It has no parameters, so that a training leaves it as it is. Its derivative is the slope of the piece in which an
/// element lies, of the right one where two meet.
package struct SampledActivation: Layer {
  /// The values at `first`, `first + 1 / density` and so on.
  package let values: [Float]
  /// Where the first value lies.
  private let first: Float
  /// How many values lie in a unit of length.
  private let density: Float

  /// Takes the values of a function.
  ///
  /// - Precondition: there are two values or more, and a positive number of them in a unit of length.
  package init(_ values: [Float], from first: Float, perUnit density: Float) {
    precondition(values.count > 1, "a function is sampled at two places or more")
    precondition(density > 0, "\(density) values lie in a unit of length; it takes more than 0")
    self.values = values
    self.first = first
    self.density = density
  }

  /// Samples a learned function at 161 places from −10 to 10, between which the straight pieces are within 0.01 of it.
  ///
  /// A value takes a few operations then, and not a hundred times those of tanh.
  package init(_ function: LearnedActivation) {
    self.init(values: function(Tensor(Self.places)).elements)
  }

  /// Takes the values of a learned function at those places.
  package init(values: [Float]) {
    precondition(values.count == Self.places.count, "\(values.count) values came for 161 places")
    self.init(values, from: -10, perUnit: 8)
  }

  /// Where a learned function is sampled.
  package static let places = (0...160).map { Float($0) / 8 - 10 }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    Tensor.custom(x) { x in
      mapped(x) { element in
        let (piece, distance) = place(of: element)
        return values[piece] + distance * (values[piece + 1] - values[piece])
      }
    } derivative: { upstream, x, _ in
      upstream
        * mapped(x.detached()) { element in
          let (piece, _) = place(of: element)
          return density * (values[piece + 1] - values[piece])
        }
    }
  }

  /// The piece in which an element lies, or the one that is continued there, and how far behind its beginning, in
  /// pieces. What is no number lies in the first piece, at no distance.
  private func place(of element: Float) -> (piece: Int, distance: Float) {
    let position = (element - first) * density
    let last = Float(values.count - 2)
    let piece = Int(position >= last ? last : position > 0 ? position : 0)
    return (piece, position - Float(piece))
  }

  /// A function of every element, which is recorded nowhere.
  private func mapped(_ x: Tensor, _ function: (Float) -> Float) -> Tensor {
    var result = Tensor.zeros(x.shape)
    result.withUnsafeMutableElements { result in
      x.withUnsafeElements { x in
        for index in x.indices { result[index] = function(x[index]) }
      }
    }
    return result
  }

  package mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}
