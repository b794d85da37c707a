import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Tensors

@_expose(wasm, "probe")
@_cdecl("lab_probe")
public func labProbe(_ model: Int32, _ steps: Int32) -> UInt64 {
  let names: [Architecture] = [.logistic, .mlp, .cnn, .gru]
  do throws(ConfigurationError) {
    let dataset = try Dataset(DatasetConfiguration())
    do throws(TrainingError) {
      let digest = try ReferenceTraining.digest(
        of: names[Int(model)], steps: Int(steps), on: dataset)
      return UInt64(digest, radix: 16) ?? 0
    } catch {
      return 1
    }
  } catch {
    return 2
  }
}
