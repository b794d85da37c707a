import NeuralNetworks
import ReferenceRandom
import Runs
import Tensors

/// Notebook 11.3, batch normalisation: in a residual network the variance of the hidden units doubles from block to
/// block; where each block normalises its input, it adds the same to the variance as any other.
///
/// The notebook looks at the initial networks; here they are trained, too.
enum BatchNormalization: Notebook {
  static let number = "11.3"
  static let task = "Watch the variance in a residual network, without and with batch normalisation"
  static let epochs = 50

  static func run(epochs: Int) throws {
    let data = try examples()
    let batch = data.training.inputs.sliced(0..<200)
    var table = Table(
      "variance", title: "Variance of the hidden units before training",
      columns: ["normalised"] + ["layer 1"] + (1...5).map { "block \($0)" })
    var results = Table(
      "training", title: "After \(epochs) epochs",
      columns: ["normalised", "train loss", "train error %", "test error %"])

    func measure(
      _ name: String, _ network: ResidualNetwork<some Layer>, _ generator: TorchGenerator
    )
      throws
    {
      table.append([.text(name)] + network.variances(of: batch).map { .number($0, decimals: 2) })
      do {
        let last = try evaluations(
          training: network, on: data.training, testing: data.test,
          by: descent(epochs, halvedEvery: 20), using: generator
        ).last
        results.append([
          .text(name), Cell(last?.train.loss, decimals: 3), Cell(last?.train.error),
          Cell(last?.test.error),
        ])
      } catch is TrainingError {
        results.append([.text(name), "diverges", .empty, .empty])
      }
    }

    var generator = TorchGenerator(seed: 0)
    let plain = ResidualNetwork(using: &generator) { generator in
      Sequential {
        Relu()
        Linear.he(100, 100, using: &generator)
      }
    }
    try measure("no", plain, generator)

    generator = TorchGenerator(seed: 0)
    let normalized = ResidualNetwork(using: &generator) { generator in
      Sequential {
        BatchNorm1D(100)
        Relu()
        Linear.he(100, 100, using: &generator)
      }
    }
    try measure("yes", normalized, generator)
    print(table.text, terminator: "")
    print("\n" + results.text, terminator: "")
  }
}

/// A linear layer, five blocks beside connections that skip them, and another linear layer.
struct ResidualNetwork<Block: Layer>: ContextualLayer, Classifier {
  var first: Linear
  var blocks: [Residual<Block>]
  var last: Linear

  init(using generator: inout TorchGenerator, block: (inout TorchGenerator) -> Block) {
    first = .he(40, 100, using: &generator)
    blocks = (0..<5).map { _ in Residual(block(&generator)) }
    last = .he(100, 10, using: &generator)
  }

  mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    last(blocks.forward(first(x), in: &context))
  }

  mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("first", &first)
    visit("blocks", &blocks)
    visit("last", &last)
  }

  /// The variance over a batch in training after the first layer and after each block, its mean over the units.
  func variances(of x: Tensor) -> [Double] {
    var (network, context) = (self, ForwardContext.training(using: TorchGenerator(seed: 0)))
    var hidden = [first(x)]
    for index in blocks.indices {
      hidden.append(network.blocks[index].forward(hidden[index], in: &context))
    }
    return hidden.map { hidden in
      let deviation = hidden - hidden.mean(along: 0)
      return Double((deviation * deviation).mean().scalar)
    }
  }
}
