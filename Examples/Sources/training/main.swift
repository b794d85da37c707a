import DataFormats
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Tensors

// A network and a loss of one's own, with step decay, resuming and curves for TensorBoard.
struct GatedNetwork: Classifier {
  var values, gates, output: Linear
  func callAsFunction(_ x: Tensor) -> Tensor { output(values(x) * gates(x).sigmoid()) }
  mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("values", &values)
    visit("gates", &gates)
    visit("output", &output)
  }
}

let dataset = try Dataset(DatasetConfiguration())
let (examples, test) = (Examples(dataset.x, dataset.y), Examples(dataset.xTest, dataset.yTest))
var random = TorchGenerator(seed: 42)
let (values, gates) = (Linear(40, 200, using: &random), Linear(40, 200, using: &random))
let network = GatedNetwork(values: values, gates: gates, output: Linear(200, 10, using: &random))
var training = try Training(
  of: network, by: SGD(for: network, learningRate: 2, momentum: 0.9),
  on: Batches.shuffled(examples, size: 100, using: random),
  for: .epochs(Int(CommandLine.arguments.last!) ?? 50),
  schedule: .stepDecay(every: 400, factor: 0.5), minimizing: "Brier score"
) { meanSquaredError($0($1.inputs).softmax(), oneHot($1.labels, classes: 10)) }
let (checkpoint, curves) = ("checkpoint.safetensors", try EventFile(in: "tensorboard"))
if FileManager.default.fileExists(atPath: checkpoint) {
  try training.resume(from: TrainingState(reading: checkpoint))
}
while !training.isFinished {
  let losses = try training.stepEpoch()
  curves.append(["loss": losses.reduce(0, +) / Float(losses.count)], step: training.stepCount)
  try curves.flush()
  try training.state.write(to: checkpoint)
}
print("test accuracy", training.model.score(on: test).accuracy)
