import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

@Suite("The sharpness of a loss")
struct SharpnessTests {
  private let examples: Examples = {
    var generator = TorchGenerator(seed: 1)
    let inputs = Tensor(
      generator.normal(count: 60 * 4, mean: 0, standardDeviation: 1), shape: [60, 4])
    return Examples(inputs: inputs, labels: (0..<60).map { Int32($0 * 7 % 3) })
  }()

  private var network: LogisticRegression {
    var generator = TorchGenerator(seed: 2)
    return LogisticRegression(inputs: 4, classes: 3, using: &generator)
  }

  @Test("is the largest eigenvalue: no direction curves more, and its own vector's does")
  func eigenvalue() throws {
    let sharpness = try network.sharpness(on: examples, tolerance: 1e-4)
    #expect(sharpness.residual <= 1e-4 * sharpness.eigenvalue)
    // The Hessian one column at a time.
    let count = network.parameterCount
    var columns: [[Float]] = []
    for chosen in 0..<count {
      var position = 0
      let direction = network.mapParameters { parameter in
        defer { position += parameter.count }
        return Tensor(
          (0..<parameter.count).map { position + $0 == chosen ? 1 : 0 }, shape: parameter.shape)
      }
      let product = hessianVectorProduct(at: network, along: direction) { network in
        softmaxCrossEntropy(network(examples.inputs), labels: examples.labels)
      }
      columns.append(product.parameters.flatMap(\.elements))
    }
    let hessian = Tensor(columns.flatMap(\.self), shape: [count, count])
    var vector = Tensor((0..<count).map { Float($0 % 5) - 1.7 }, shape: [count, 1])
    for _ in 0..<2000 {
      let image = hessian.matmul(vector)
      vector = image / square(image).sum().scalar.squareRoot()
    }
    let expected = (vector * hessian.matmul(vector)).sum().scalar
    #expect(abs(Float(sharpness.eigenvalue) - expected) <= 1e-3 * expected)
  }

  @Test("does not depend on how many examples are taken at a time")
  func batches() throws {
    let whole = try network.sharpness(on: examples, tolerance: 1e-4)
    let parts = try network.sharpness(on: examples, tolerance: 1e-4, batchSize: 17)
    #expect(abs(whole.eigenvalue - parts.eigenvalue) <= 1e-3 * whole.eigenvalue)
  }

  @Test("of a loss that is undefined is an error, not a number")
  func undefinedLoss() {
    let broken = network.mapParameters { $0 * Float.nan }
    #expect(throws: EigenvalueError.undefinedProduct(products: 1)) {
      try broken.sharpness(on: examples)
    }
  }

  @Test("is an error, with the residual, where the products do not suffice")
  func limit() {
    #expect {
      try network.sharpness(on: examples, tolerance: 1e-6, limit: 3)
    } throws: { error in
      guard case .notConverged(let value, let residual, 3) = error as? EigenvalueError else {
        return false
      }
      return residual > 1e-6 * abs(value)
    }
  }

  @Test("a whole model's step is the step of each of its parameters")
  func modelSteps() {
    let slope = gradient(at: network) { network in
      softmaxCrossEntropy(network(examples.inputs), labels: examples.labels)
    }
    let next = SGD.step(network, along: slope, learningRate: 0.25)
    let expected = zip(network.parameters, slope.parameters).map { $0 - $1 * 0.25 }
    #expect(next.parameters == expected)

    var velocity = network.mapParameters { .zeros($0.shape) }
    var model = network
    for _ in 0..<2 {
      model = SGD.step(model, along: slope, velocity: &velocity, learningRate: 0.5, momentum: 0.5)
    }
    // 0.5 g + 0.5 (0.5 g + g)
    for (moved, (start, slope)) in zip(model.parameters, zip(network.parameters, slope.parameters))
    {
      for (a, (b, g)) in zip(moved.elements, zip(start.elements, slope.elements)) {
        #expect(abs(a - (b - 1.25 * g)) < 1e-6)
      }
    }
  }
}
