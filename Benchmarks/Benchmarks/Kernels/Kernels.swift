import Benchmark
import NeuralNetworks
import ReferenceRandom
import Tensors

/// The operators of the paper's networks one by one, at the shapes of batches of 100.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock], warmupIterations: 1, scalingFactor: .kilo, maxDuration: .seconds(1))
  matrixProducts()
  elementaryFunctions()
  convolutions()
  recurrences()
  losses()
  updates()
}

private func matrixProducts() {
  time("matmul 100×10×40 transposed right", [100, 40], [10, 40]) {
    $0.matmul($1, transposing: .right)
  }
  time("matmul 100×100×40 transposed right", [100, 40], [100, 40]) {
    $0.matmul($1, transposing: .right)
  }
  time("matmul 100×100×100", [100, 100], [100, 100]) { $0.matmul($1) }
  time("matmul 100×100×100 transposed left", [100, 100], [100, 100]) {
    $0.matmul($1, transposing: .left)
  }
  time("matmul 100×100×100 transposed right", [100, 100], [100, 100]) {
    $0.matmul($1, transposing: .right)
  }
  time("matmul 100×10×125 transposed both", [125, 100], [10, 125]) {
    $0.matmul($1, transposing: .both)
  }
  time("matmul 100×500×500 transposed right", [100, 500], [500, 500]) {
    $0.matmul($1, transposing: .right)
  }
}

private func elementaryFunctions() {
  let functions: [(String, @Sendable (Tensor) -> Tensor)] = [
    ("relu", relu), ("sqrt", sqrt), ("exp", exp), ("expm1", expm1), ("log", log),
    ("log1p", log1p), ("tanh", tanh), ("sigmoid", sigmoid), ("softplus", softplus),
  ]
  for (name, function) in functions {
    time("\(name) of 100×100", [100, 100]) { x, _ in function(x) }
  }
  time("add 100×100", [100, 100], [100, 100]) { $0 + $1 }
  time("add 100×100 and a row", [100, 100], [100]) { $0 + $1 }
  time("sum 100×100 along columns", [100, 100]) { x, _ in x.sum(along: 0) }
  time("sum 100×100 along rows", [100, 100]) { x, _ in x.sum(along: 1) }
}

private func convolutions() {
  for (name, input, weight) in [
    ("1 → 25, kernel 5", [1, 40, 100], [25, 1, 5]),
    ("25 → 25, 19 → 10", [25, 19, 100], [25, 25, 3]),
    ("25 → 25, 10 → 5", [25, 10, 100], [25, 25, 3]),
  ] as [(String, Shape, Shape)] {
    let convolution: @Sendable (Tensor, Tensor) -> Tensor = {
      convolution1D($0, weight: $1, stride: 2, padding: 1, layout: .batchLast)
    }
    time("convolution \(name)", input, weight, convolution)
    time("convolution \(name), and ∂ input", input, weight) { x, w in
      valueAndGradient(at: x) { convolution($0, w).sum() }.gradient
    }
    time("convolution \(name), and ∂ weight", input, weight) { x, w in
      valueAndGradient(at: w) { convolution(x, $0).sum() }.gradient
    }
  }
  for kind in PoolingKind.allCases {
    time("pooling \(kind), 20 × 40", [20, 40, 100]) { x, _ in
      pooling1D(x, kind, width: 2, layout: .batchLast)
    }
  }
}

private func recurrences() {
  var generator = TorchGenerator(seed: 42)
  let layer = GRU(1, 6, using: &generator)
  time("gru 40 × 6, both directions", [40, 1, 100]) { x, _ in layer(x, layout: .batchLast) }
  time("gru 40 × 6, both directions, and ∂ parameters", [40, 1, 100]) { x, _ in
    valueAndGradient(at: layer) { $0(x, layout: .batchLast).sum() }.gradient.forward.weightHH
  }
}

private func losses() {
  let labels = (0..<100).map { Int32($0 % 10) }
  time("softmax cross-entropy of 100×10", [100, 10]) { x, _ in
    softmaxCrossEntropy(x, labels: labels)
  }
  time("softmax cross-entropy of 100×10, and ∂ scores", [100, 10]) { x, _ in
    valueAndGradient(at: x) { softmaxCrossEntropy($0, labels: labels) }.gradient
  }
}

private func updates() {
  Benchmark("adam, mlp of 15,210 parameters") { benchmark in
    var generator = TorchGenerator(seed: 42)
    var model = MultilayerPerceptron(using: &generator)
    let gradient = MultilayerPerceptron(using: &generator)
    var optimizer = Adam(for: model)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { optimizer.update(&model, along: gradient) }
  }
}

/// Times an operator on one or two tensors of random numbers between 0 and 1.
private func time(
  _ name: String, _ first: Shape, _ second: Shape = [],
  _ operation: @escaping @Sendable (Tensor, Tensor) -> Tensor
) {
  var generator = TorchGenerator(seed: 1)
  let (a, b) = (
    Tensor(generator.uniform(count: first.elementCount, from: 0, to: 1), shape: first),
    Tensor(generator.uniform(count: second.elementCount, from: 0, to: 1), shape: second)
  )
  Benchmark(name) { benchmark in
    for _ in benchmark.scaledIterations { blackHole(operation(a, b)) }
  }
}
