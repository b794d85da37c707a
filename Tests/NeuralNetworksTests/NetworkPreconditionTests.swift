import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

/// A programmer's mistake ends the process, in optimised builds too, with the values that were found.
@Suite("Mistakes with networks and generators")
struct NetworkPreconditionTests {
  struct Mistake: Sendable {
    let name: String
    /// What the message says.
    let words: [String]
    let make: @Sendable (inout TorchGenerator) throws -> Void

    init(
      _ name: String, _ words: String...,
      make: @escaping @Sendable (inout TorchGenerator) throws -> Void
    ) {
      (self.name, self.words, self.make) = (name, words, make)
    }
  }

  private static let examples = Examples(inputs: .zeros([4, 40]), labels: [0, 1, 2, 3])

  static let mistakes: [Mistake] = [
    Mistake("labels that were replaced by fewer", "[4, 40]", "1 labels") { _ in
      var fewer = examples
      fewer.labels = [0]
      _ = fewer.gathered([3])
    },
    Mistake("inputs that were replaced by more", "[5, 40]", "4 labels") { _ in
      var more = examples
      more.inputs = .zeros([5, 40])
      _ = more[0..<2]
    },
    Mistake("images of another size", "images of 1 × 8 × 8", "[4, 40]") {
      let network = ConvolutionalNetwork2D(image: ImageShape(height: 8, width: 8), using: &$0)
      _ = network(examples.inputs)
    },
    Mistake("images for a network that reads none", "tcn") {
      _ = BaselineNetwork(.tcn, image: ImageShape(height: 8, width: 8), using: &$0)
    },
    Mistake("images that are no whole rows", "[4, 40]", "3 rows") { _ in
      _ = Unflatten(ImageShape(height: 3, width: 8))(examples.inputs)
    },
    Mistake("inputs that are no whole steps", "40 inputs", "3 at a time") {
      _ = RecurrentNetwork(features: 3, using: &$0)
    },
    Mistake("a mask for another shape", "[3]", "[2, 3]") { _ in
      _ = Tensor.ones([2, 3]).masked(by: Mask(Tensor.ones([3]))!)
    },
    Mistake("a mask of another shape in the forward pass", "[2, 0]", "[2, 3]") { _ in
      _ = pruned(.ones([2, 3]), by: .ones([2, 0]))
    },
    Mistake("a velocity of more axes than its parameter", "[1, 1, 2, 3]", "[2, 3]") { _ in
      var velocity = Tensor.zeros([1, 1, 2, 3])
      _ = SGD.step(
        .ones([2, 3]), along: .ones([2, 3]), velocity: &velocity, learningRate: 0.1, momentum: 0.5)
    },
    Mistake("moments of another parameter", "[2, 3]", "[3, 2]") { _ in
      var moments = Adam.Moments(of: Tensor.ones([3, 2]))
      _ = Adam.step(
        .ones([2, 3]), along: .ones([2, 3]), moments: &moments, step: 1, learningRate: 0.1)
    },
    Mistake("a product of another shape than its vector", "[2, 3]", "[3]") { _ in
      _ = try largestEigenvalue(from: Tensor.ones([2, 3])) { _ in Tensor.ones([3]) }
    },
    Mistake("a tolerance that is no number", "nan") { _ in
      _ = try largestEigenvalue(from: Tensor.ones([3]), tolerance: .nan) { $0 }
    },
    Mistake("an infinite temperature", "inf") { _ in
      _ = ntXent(.ones([2, 3]), temperature: .infinity)
    },
    Mistake("no hidden units", "40 and 0") { _ = MultilayerPerceptron(hidden: 0, using: &$0) },
    Mistake("fewer hidden units than none", "-1") {
      _ = MultilayerPerceptron(hidden: -1, using: &$0)
    },
    Mistake("no inputs", "0 and 10") { _ = LogisticRegression(inputs: 0, using: &$0) },
    Mistake("units beyond memory", "Out of memory", "[2147483647, 2147483647]") {
      _ = Linear(Int(Int32.max), Int(Int32.max), using: &$0)
    },
    Mistake("units beyond an axis", "axis 0", "4294967296") { _ = Linear(1, 1 << 32, using: &$0) },
    Mistake("a recurrent layer without units", "1 and 0") { _ = GRU(1, 0, using: &$0) },
    Mistake("a recurrent layer of too many", "3 · 9223372036854775807") {
      _ = GRU(1, .max, using: &$0)
    },
    Mistake("a recurrent network of too many states", "states") {
      _ = RecurrentNetwork(inputs: .max, using: &$0)
    },
    Mistake("a convolution without taps", "1, 1 and 0") { _ = Conv1D(1, 1, kernel: 0, using: &$0) },
    Mistake("a convolution of too many taps", "9223372036854775807") {
      _ = Conv1D(2, 1, kernel: .max, using: &$0)
    },
    Mistake("a convolution padded below nothing", "padding -1") {
      _ = Conv1D(1, 1, kernel: 3, padding: -1, using: &$0)
    },
    Mistake("groups that do not divide", "4 inputs and 3 outputs", "2 equal groups") {
      _ = Conv1D(4, 3, kernel: 1, groups: 2, using: &$0)
    },
    Mistake("taps on one place", "dilation 0") {
      _ = Conv1D(1, 1, kernel: 3, dilation: 0, using: &$0)
    },
    Mistake("taps too far apart", "dilation 40", "40 positions") {
      _ = Conv1D(1, 1, kernel: 3, dilation: 40, using: &$0)(.zeros([1, 1, 40]))
    },
    Mistake("no channels to normalise", "found 0") { _ in _ = BatchNorm1D(0) },
    Mistake("statistics of a single example", "[1, 3]") {
      var norm = BatchNorm1D(3)
      var context = ForwardContext.training(using: $0)
      _ = norm.forward(.zeros([1, 3]), in: &context)
    },
    Mistake("channels of another number", "3 numbers", "[2]") { _ in
      _ = BatchNorm1D(2)(.zeros([4, 3]))
    },
    Mistake("features of another number", "4 numbers", "[3]") { _ in
      _ = LayerNorm(3)(.zeros([2, 4]))
    },
    Mistake("a probability above 1", "1.5") { _ in _ = Dropout(1.5) },
    Mistake("half a symbol", "0.5") { _ = Embedding(3, 2, using: &$0)([0.5]) },
    Mistake("a symbol that is none", "row 3") { _ = Embedding(3, 2, using: &$0)([3] as Tensor) },
    Mistake("heads that do not divide", "6 features", "4 equal heads") {
      _ = MultiHeadAttention(6, heads: 4, using: &$0)
    },
    Mistake("attention to another number of features", "[batch, positions, 6]", "[1, 2, 5]") {
      _ = MultiHeadAttention(6, heads: 2, using: &$0)(.zeros([1, 2, 5]))
    },
    Mistake("a residual connection of other shapes", "[2, 3]", "[2, 4]") {
      _ = Residual(Linear(3, 4, using: &$0))(.zeros([2, 3]))
    },
    Mistake("a recurrent unit without layers", "found 0") {
      _ = LSTM(1, 1, layers: 0, directions: .both, using: &$0)
    },
    Mistake("the other direction of one", "one direction") {
      _ = GRU(1, 1, directions: .forward, using: &$0).reverse
    },
    Mistake("a sum over no inputs", "[3]") {
      _ = Initializer.kaimingNormal()([3], using: &$0)
    },
    Mistake("channels that do not divide", "5", "2 channels") { _ in
      _ = Unflatten(channels: 2)(.zeros([1, 5]))
    },
    Mistake("the length of no output", "padding 9223372036854775807") { _ in
      _ = Conv1D.outputLength(40, kernel: 3, padding: .max)
    },
    Mistake("the length of a walk on the spot", "stride 0") { _ in
      _ = Conv1D.outputLength(40, kernel: 3, stride: 0)
    },
    Mistake("windows without positions", "width 0") { _ in _ = Pooling1D(.max, width: 0) },
    Mistake("a short signal", "3 points", "2") { _ = ConvolutionalNetwork(inputs: 2, using: &$0) },
    Mistake("scores of no examples at a time", "0 at a time") {
      _ = LogisticRegression(using: &$0).score(on: examples, batchSize: 0)
    },
    Mistake("scores of no examples", "no examples") {
      _ = LogisticRegression(using: &$0).score(on: examples[0..<0])
    },
    Mistake("sharpness of no examples at a time", "-1 at a time") {
      _ = try LogisticRegression(using: &$0).sharpness(on: examples, batchSize: -1)
    },
    Mistake("examples outside", "2..<5", "4 examples") { _ in _ = examples[2..<5] },
    Mistake("more held out than there are", "4 of 4") { _ in _ = examples.holdingOut(4) },
    Mistake("a class beyond 32 bits", "4294967296") { _ in
      _ = Examples(Signals(values: [1], length: 1), [1 << 32])
    },
    Mistake("steps beyond counting", "9223372036854775807") { _ in
      var optimizer = Adam(for: Tensor.zeros([1]))
      optimizer.stepCount = .max
    },
    Mistake("steps below nothing", "-1") { _ in
      var optimizer = Adam(for: Tensor.zeros([1]))
      optimizer.stepCount = -1
    },
    Mistake("a share that is no number", "nan") { generator in
      _ = Mask(pruning: .nan, ofLayersScoredBy: LogisticRegression(using: &generator))
    },
    Mistake("a perplexity that is no number", "nan") { _ in
      var settings = TSNE()
      settings.perplexity = .nan
      _ = settings.embedding(of: .zeros([4, 2]))
    },
    Mistake("a map of no points", "0") { _ in _ = TSNE().embedding(of: .zeros([0, 2])) },
    Mistake("steps of a descent beyond counting", "9223372036854775807") { _ in
      var settings = TSNE()
      settings.steps = .max
      _ = settings.embedding(of: .zeros([40, 2]))
    },
    Mistake("an order of fewer than none", "-1 numbers") { _ = $0.permutation(-1) },
    Mistake("an order of too many", "214748364 numbers") { _ = $0.permutation(214_748_364) },
    Mistake("fewer variates than none", "-1 numbers") { _ = $0.normal(count: -1) },
    Mistake("numbers without end", "9223372036854775807") {
      _ = $0.uniform(count: .max, from: 0, to: 1)
    },
    Mistake("fewer integers than none", "-1 numbers") {
      _ = $0.randomIntegers(count: -1, in: 0..<2)
    },
    Mistake("an integer of none", "3..<3") { _ = $0.randomInteger(in: 3..<3) },
    Mistake("NumPy's order of fewer than none", "-1 numbers") { _ in
      var random = NumPyRandomState(seed: 1)
      _ = random.permutation(-1)
    },
    Mistake("NumPy's integer below nothing", "0") { _ in
      var random = NumPyRandomState(seed: 1)
      _ = random.randomInteger(below: 0)
    },
    Mistake("rows of no points", "rows of 0") { _ in _ = Signals(values: [1], length: 0) },
    Mistake("a row that is not there", "row 1") { _ in _ = Signals(values: [1], length: 1)[1] },
    Mistake("no order of the columns", "[0, 0]") { _ in
      _ = Signals(values: [1, 2], length: 2).permutingColumns([0, 0])
    },
    Mistake("a signal of no points", "0 points") { _ in _ = Transform.interpolate([1, 2], to: 0) },
    Mistake("a signal without end", "9223372036854775807") { _ in
      _ = Transform.interpolate([1, 2], to: .max)
    },
    Mistake("noise of fewer points than none", "-1 points") { _ in
      var random = NumPyRandomState(seed: 1)
      _ = Transform.whiteNoise(count: -1, scale: 1, using: &random)
    },
    Mistake("padding without end", "9223372036854775807") { _ in
      var random = NumPyRandomState(seed: 1)
      _ = Transform.pad([1], with: 0...Int.max, using: &random)
    },
    Mistake("padding of less than nothing", "-1") { _ in
      var random = NumPyRandomState(seed: 1)
      _ = Transform.pad([1], with: -1...1, using: &random)
    },
    Mistake("a filter wider than the world", "1e+300") { _ in
      _ = Transform.gaussianFilter([1, 2], sigma: 1e300)
    },
    Mistake("a filter whose width is no number", "nan") { _ in
      _ = Transform.gaussianFilter([1, 2], sigma: .nan)
    },
    Mistake("stages of settings that are none", "max_translation", "0") { _ in
      var random = NumPyRandomState(seed: 1)
      _ = Transform.stages(of: [1, 2], DatasetConfiguration(maxTranslation: 0), using: &random)
    },
  ]

  @Test("a mistake is named, with what was found", arguments: mistakes.indices)
  func message(index: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      // The message is enough; a trace of the stack takes seconds.
      for trap in [SIGILL, SIGTRAP, SIGABRT] { signal(trap, SIG_DFL) }
      var generator = TorchGenerator(seed: 1)
      try Self.mistakes[index].make(&generator)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    for word in Self.mistakes[index].words {
      #expect(message.contains(word), "\(Self.mistakes[index].name): \(message.prefix(400))")
    }
  }

  @Test("a batch larger than all examples is all examples")
  func largeBatch() {
    var generator = TorchGenerator(seed: 1)
    let network = LogisticRegression(using: &generator)
    #expect(network.score(on: Self.examples, batchSize: .max) == network.score(on: Self.examples))
  }

  @Test("filtering nothing gives nothing")
  func empty() {
    #expect(Transform.gaussianFilter([], sigma: 2) == [])
  }

  @Test("a training without examples is refused")
  func noExamples() {
    var generator = TorchGenerator(seed: 1)
    let network = LogisticRegression(using: &generator)
    let none = Self.examples[0..<0]
    #expect(throws: TrainingError.self) {
      try Training(of: network, on: none, testing: Self.examples)
    }
    #expect(throws: TrainingError.self) {
      try Training(
        of: network, by: SGD(for: network, learningRate: 0.1),
        on: .shuffled(none, size: 100, using: generator), for: .epochs(500))
    }
  }
}
