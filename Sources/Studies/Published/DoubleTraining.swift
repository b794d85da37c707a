import NeuralNetworks
import ReferenceRandom
import Tensors

/// The training of the two baselines that consist of linear layers, in double precision: the same weights, batches and
/// steps of Adam, written out in plain loops.
///
/// What single precision makes of these losses differs from them by its rounding alone.
package struct DoubleTraining {
  private var layers: [DoubleLayer]
  private let inputs: [Double]
  private let labels: [Int]
  private let recipe = TrainingRecipe()
  private var stepCount = 0

  /// Starts from the weights of a network of linear layers, of which the second, if it is not the last, adds to its
  /// input.
  package init(from network: some Classifier, on examples: Examples) {
    let parameters = network.parameters
    layers = stride(from: 0, to: parameters.count, by: 2).map {
      DoubleLayer(weight: parameters[$0], bias: parameters[$0 + 1])
    }
    inputs = examples.inputs.elements.map(Double.init)
    labels = examples.labels.map(Int.init)
  }

  /// Takes a step; returns the batch's loss before it.
  package mutating func step() -> Double {
    let count = recipe.batchSize
    let width = inputs.count / labels.count
    let start = stepCount * count % labels.count
    stepCount += 1
    // The input of each layer, and the scores.
    var values = [Array(inputs[start * width..<(start + count) * width])]
    // What relu lets through, for each layer but the last.
    var passes: [[Bool]] = []
    for (index, layer) in layers.enumerated() {
      var value = layer(values[index])
      if index < layers.count - 1 {
        passes.append(value.map { $0 > 0 })
        value = value.map { max($0, 0) }
        if index == 1 { value = zip(value, values[1]).map { $0 + $1 } }
      }
      values.append(value)
    }
    var (loss, upstream) = crossEntropy(values[layers.count], labels[start..<start + count])
    for index in layers.indices.reversed() {
      let residual = upstream
      if index < passes.count {
        upstream = zip(upstream, passes[index]).map { $1 ? $0 : 0 }
      }
      let (gradient, downstream) = layers[index].gradients(upstream, at: values[index])
      layers[index].update(along: gradient, step: stepCount, recipe.learningRate)
      upstream =
        index == 1 && passes.count > 1 ? zip(downstream, residual).map { $0 + $1 } : downstream
    }
    loss /= Double(count)
    return loss
  }

  /// The sum of the losses, and the gradient of their mean.
  private func crossEntropy(
    _ scores: [Double], _ labels: ArraySlice<Int>
  ) -> (loss: Double, gradient: [Double]) {
    let classes = scores.count / labels.count
    var loss = 0.0
    var gradient = scores
    for (row, label) in labels.enumerated() {
      let range = row * classes..<(row + 1) * classes
      let highest = scores[range].max() ?? 0
      let powers = scores[range].map { ElementaryFunctions.exponential($0 - highest) }
      let sum = powers.reduce(0, +)
      loss +=
        ElementaryFunctions.naturalLogarithm(sum) - (scores[range.lowerBound + label] - highest)
      for (offset, power) in powers.enumerated() {
        gradient[range.lowerBound + offset] =
          (power / sum - (offset == label ? 1 : 0)) / Double(labels.count)
      }
    }
    return (loss, gradient)
  }
}

/// A linear layer with the moments of Adam.
private struct DoubleLayer {
  /// One row of weights for each input, and one of biases.
  private var rows: [Double]
  private var first: [Double]
  private var second: [Double]
  private let outputs: Int

  /// Takes over PyTorch's weight, [outputs, inputs], and bias.
  init(weight: Tensor, bias: Tensor) {
    rows = (weight.transposed().elements + bias.elements).map(Double.init)
    first = [Double](repeating: 0, count: rows.count)
    second = first
    outputs = bias.count
  }

  private var inputs: Int { rows.count / outputs - 1 }

  func callAsFunction(_ x: [Double]) -> [Double] {
    let count = x.count / inputs
    var y = (0..<count).flatMap { _ in rows[(inputs * outputs)...] }
    y.withUnsafeMutableBufferPointer { y in
      rows.withUnsafeBufferPointer { rows in
        for example in 0..<count {
          for input in 0..<inputs {
            let factor = x[example * inputs + input]
            for output in 0..<outputs {
              y[example * outputs + output] += factor * rows[input * outputs + output]
            }
          }
        }
      }
    }
    return y
  }

  /// The gradients of the rows and of the input.
  func gradients(_ upstream: [Double], at x: [Double]) -> (rows: [Double], x: [Double]) {
    let count = x.count / inputs
    var gradient = [Double](repeating: 0, count: rows.count)
    var downstream = [Double](repeating: 0, count: x.count)
    gradient.withUnsafeMutableBufferPointer { gradient in
      rows.withUnsafeBufferPointer { rows in
        upstream.withUnsafeBufferPointer { upstream in
          for example in 0..<count {
            for input in 0...inputs {
              let factor = input < inputs ? x[example * inputs + input] : 1
              var sum = 0.0
              for output in 0..<outputs {
                let slope = upstream[example * outputs + output]
                gradient[input * outputs + output] += factor * slope
                sum += rows[input * outputs + output] * slope
              }
              if input < inputs { downstream[example * inputs + input] = sum }
            }
          }
        }
      }
    }
    return (gradient, downstream)
  }

  /// A step of Adam with PyTorch's other settings.
  mutating func update(along gradient: [Double], step: Int, _ learningRate: Double) {
    let (beta1, beta2) = (0.9, 0.999)
    let (correction1, correction2) = (1 - power(beta1, step), 1 - power(beta2, step))
    for index in rows.indices {
      let slope = gradient[index]
      first[index] = beta1 * first[index] + (1 - beta1) * slope
      second[index] = beta2 * second[index] + (1 - beta2) * slope * slope
      rows[index] -=
        learningRate / correction1 * first[index]
        / ((second[index] / correction2).squareRoot() + 1e-8)
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
