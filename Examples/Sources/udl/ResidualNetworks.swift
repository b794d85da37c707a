import NeuralNetworks
import ReferenceRandom
import Runs

/// Notebook 11.2, residual networks: the same layers with and without connections that skip them, and more of them than
/// the notebook has.
enum ResidualNetworks: Notebook {
  static let number = "11.2"
  static let task = "Add residual connections to networks of several depths"
  static let epochs = 100

  static func run(epochs: Int) throws {
    let data = try examples()
    var table = Table(
      "residual", title: "Errors after \(epochs) epochs",
      columns: ["blocks", "connections", "train loss", "train error %", "test error %"])

    func train(
      _ blocks: Int, _ connections: String, _ network: some Classifier,
      using generator: TorchGenerator
    ) throws {
      do {
        let last = try evaluations(
          training: network, on: data.training, testing: data.test,
          by: descent(epochs, halvedEvery: 20), using: generator
        ).last
        table.append([
          .integer(blocks), .text(connections), Cell(last?.train.loss, decimals: 3),
          Cell(last?.train.error), Cell(last?.test.error),
        ])
      } catch is TrainingError {
        // The variance doubles with each residual block; notebook 11.3 shows it, and a remedy.
        table.append([.integer(blocks), .text(connections), "diverges", .empty, .empty])
      }
    }

    // Each block is relu and a linear layer, as in the book's figure 11.5b.
    for blocks in [2, 5, 10] {
      var generator = TorchGenerator(seed: 0)
      let plain = Sequential {
        Linear.he(40, 100, using: &generator)
        for _ in 0..<blocks {
          Relu()
          Linear.he(100, 100, using: &generator)
        }
        Linear.he(100, 10, using: &generator)
      }
      try train(blocks, "plain", plain, using: generator)

      generator = TorchGenerator(seed: 0)
      let residual = Sequential {
        Linear.he(40, 100, using: &generator)
        for _ in 0..<blocks {
          Residual {
            Relu()
            Linear.he(100, 100, using: &generator)
          }
        }
        Linear.he(100, 10, using: &generator)
      }
      try train(blocks, "residual", residual, using: generator)
    }
    print(table.text, terminator: "")
  }
}
