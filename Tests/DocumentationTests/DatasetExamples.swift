import DataFormats
import MNIST1D
import ReferenceRandom
import Storage
import Tensors
import Testing

/// The examples of the modules `ReferenceRandom`, `MNIST1D` and `DataFormats`.
@Suite("Examples with datasets")
struct DatasetExamples {
  @Values private func dataset() throws -> [String] {
    let dataset = try Dataset()  // the published dataset
    dataset.x.count  // 4000
    dataset.x[0]  // 40 values
    dataset.y[0]  // 2, a label in 0 ..< 10
  }

  @Values private func numbers() -> [String] {
    var random = NumPyRandomState(seed: 42)
    random.randomSample()  // 0.3745401188473625
    random.permutation(40)  // numpy.random.permutation(40)
  }

  @Values private func torchNumbers() -> [String] {
    var random = TorchGenerator(seed: 42)
    random.uniform(count: 100, from: -0.1, to: 0.1)  // torch.empty(100).uniform_(-0.1, 0.1)
    random.permutation(4000)  // torch.randperm(4000)
  }

  @Values private func stages() -> [String] {
    var random = NumPyRandomState(seed: 42)
    let stages = Transform.stages(
      of: Array(Templates.digits.x[3]), DatasetConfiguration(), using: &random)
    stages[Transform.Stage.padded.rawValue].count  // 48 ... 72
  }

  @Test("give the values that their comments say")
  func values() throws {
    let dataset = try dataset()
    #expect(dataset[0] == "4000" && dataset[2] == "2")
    #expect(dataset[1].split(separator: ",").count == 40)
    #expect(numbers()[0] == "0.3745401188473625")
    #expect(torchNumbers()[1].split(separator: ",").count == 4000)
    #expect((48...72).contains(try #require(Int(stages()[0]))))
  }

  @Test("make a signal step by step")
  func transforms() {
    var random = NumPyRandomState(seed: 42)
    var signal = Transform.pad(Array(Templates.digits.x[3]), with: 36...60, using: &random)
    signal = Transform.interpolate(signal, to: 72)
    signal = Transform.scale(signal, by: 0.4, using: &random)
    signal = Transform.translate(signal, upTo: 48, using: &random)
    #expect(signal.count == 72)
  }

  @Test("make datasets with other settings and templates")
  func configurations() throws {
    func settings() throws -> [Dataset] {
      let published = try Dataset()
      let larger = try Dataset(DatasetConfiguration(numSamples: 16_000, trainSplit: 0.25))
      return [published, larger]
    }
    func templates() throws -> Dataset {
      let waves = try Templates(shapes: [[0, 1, 0, -1, 0], [0, 1, 0, 1, 0]])
      let dataset = try Dataset(.init(numSamples: 1000), templates: waves)
      return dataset
    }
    #expect(try settings().map(\.x.count) == [4000, 4000])
    #expect(try templates().y.max() == 1)
  }

  private func files() throws {
    let dataset = try Dataset(reading: "data.npz")
    try dataset.write(to: "data.safetensors", precision: .float32)
    let weights = try InputFile.read("mlp.safetensors", SafeTensors.decode)
    _ = weights
  }

  private func saving(_ network: inout some Parameterized, _ loss: Float, _ step: Int) throws {
    try network.writeWeights(to: "network.safetensors")
    try network.loadWeights(from: "network.safetensors")
    let curves = try EventFile(in: "tensorboard")
    curves.append(["loss": loss], step: step)
    try curves.flush()
  }

  private func events(_ metrics: (trainLoss: Float, step: Int)) throws {
    let curves = try EventFile(in: "tensorboard")
    curves.append(["loss/batch": metrics.trainLoss], step: metrics.step)
    try curves.flush()
  }
}
