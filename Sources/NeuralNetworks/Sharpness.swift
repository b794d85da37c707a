import ReferenceRandom
import Tensors

/// How sharply a loss curves where a training has ended.
public struct Sharpness: Hashable, Sendable {
  /// The largest eigenvalue, in the algebraic sense, of the loss's Hessian. Gradient descent with a learning rate above 2 / eigenvalue leaves
  /// the place again.
  public var eigenvalue: Double
  /// How far the eigenvalue may be off: the length of what its eigenvector's equation leaves over.
  public var residual: Double
  /// How many products with the Hessian were taken.
  public var products: Int
}

extension Classifier {
  /// The largest eigenvalue of the Hessian of the mean cross-entropy with respect to all parameters.
  ///
  /// The Lanczos method from a vector of normal numbers with a fixed seed: the same network and examples give the same
  /// bits; see `largestEigenvalue(from:tolerance:limit:product:)`. The examples pass through the network `batchSize` at a time, which bounds the memory.
  ///
  /// - Parameters:
  ///   - examples: what the loss is the mean over.
  ///   - tolerance: the residual at which the iteration ends, as a share of the eigenvalue.
  ///   - limit: the most products with the Hessian that are taken.
  ///   - batchSize: how many examples are taken at a time.
  /// - Returns: the eigenvalue and how good it is.
  /// - Throws: `EigenvalueError` where the tolerance is not reached, or a product is not finite, as where the loss is
  ///   not.
  public func sharpness(
    on examples: Examples, tolerance: Double = 1e-2, limit: Int = 500, batchSize: Int = 500
  ) throws(EigenvalueError) -> Sharpness {
    precondition(examples.count > 0, "there are no examples to measure a sharpness on")
    precondition(
      batchSize > 0, "examples were to be taken \(batchSize) at a time; it takes 1 or more")
    let batchSize = Swift.min(batchSize, examples.count)
    let batches = stride(from: 0, to: examples.count, by: batchSize).map {
      examples[$0..<Swift.min($0 + batchSize, examples.count)]
    }
    var generator = TorchGenerator(seed: 0)
    let start = mapParameters { parameter in
      var vector = Tensor.zeros(parameter.shape)
      vector.withUnsafeMutableElements { generator.fillNormal($0, mean: 0, standardDeviation: 1) }
      return vector
    }
    let largest = try largestEigenvalue(from: start, tolerance: tolerance, limit: limit) {
      direction in
      var total: Self?
      for batch in batches {
        let share = Float(batch.count) / Float(examples.count)
        let product = hessianVectorProduct(at: self, along: direction) { network in
          softmaxCrossEntropy(network(batch.inputs), labels: batch.labels) * share
        }
        total = total?.combiningParameters(with: product, +) ?? product
      }
      return total ?? direction
    }
    return Sharpness(
      eigenvalue: largest.value, residual: largest.residual, products: largest.products)
  }
}
