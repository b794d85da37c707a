import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

@Suite("Layers")
struct LayerTests {
  @Test("a composed network has PyTorch's shapes, and names by position")
  func composition() {
    var generator = TorchGenerator(seed: 3)
    let features = Sequential(
      Sequential(Conv1D(1, 20, kernel: 3, padding: 1, using: &generator), Relu()),
      Pooling1D(.max, width: 2))
    let network = Sequential(
      Sequential(features, Flatten()), Linear(20 * 20, 10, using: &generator))
    let x = Tensor(generator.normal(count: 7 * 40), shape: [7, 1, 40])
    #expect(features(x).shape == [7, 20, 20])
    #expect(network(x).shape == [7, 10])
    #expect(
      network.namedParameters.map { $0.name } == [
        "0.0.0.0.weight", "0.0.0.0.bias", "1.weight", "1.bias",
      ])
    #expect(network.parameterCount == 20 * 3 + 20 + 400 * 10 + 10)
  }

  @Test("layers give the same numbers in either layout")
  func layouts() {
    var generator = TorchGenerator(seed: 4)
    let convolution = Conv1D(3, 5, kernel: 3, stride: 2, padding: 1, using: &generator)
    let recurrence = GRU(3, 4, using: &generator)
    let x = Tensor(generator.normal(count: 6 * 3 * 11), shape: [6, 3, 11])
    #expect(
      convolution(x)
        == convolution(x.permuted(1, 2, 0), layout: .batchLast).permuted(2, 0, 1))
    let sequence = x.permuted(0, 2, 1)
    #expect(
      recurrence(sequence)
        == recurrence(sequence.permuted(1, 2, 0), layout: .batchLast).permuted(2, 0, 1))
    #expect(recurrence(sequence).shape == [6, 11, 8])
  }

  @Test("a locally connected layer with one kernel everywhere is a convolution")
  func local() {
    var generator = TorchGenerator(seed: 6)
    let convolution = Conv1D(3, 4, kernel: 5, stride: 2, padding: 2, using: &generator)
    var local = LocallyConnected1D(
      3, 4, length: 11, kernel: 5, stride: 2, padding: 2, using: &generator)
    #expect(local.weight.shape == [6, 4, 5, 3] && local.bias.shape == [6, 4])
    let x = Tensor.normal([2, 3, 11], using: &generator)
    #expect(local(x).shape == convolution(x).shape)
    #expect(local(x) != convolution(x))
    local.weight = convolution.weight.permuted(0, 2, 1).reshaped(to: [1, 4, 5, 3])
      .broadcast(to: [6, 4, 5, 3])
    local.bias = convolution.bias.broadcast(to: [6, 4])
    for (a, b) in zip(local(x).elements, convolution(x).elements) { #expect(abs(a - b) < 1e-5) }
    // The gradients of all kernels together are those of the one.
    let slopes = (
      gradient(at: local) { square($0(x)).sum() },
      gradient(at: convolution) { square($0(x)).sum() }
    )
    let sum = slopes.0.weight.sum(along: 0).permuted(0, 2, 1)
    for (a, b) in zip(sum.elements, slopes.1.weight.elements) { #expect(abs(a - b) < 1e-4) }
  }

  @Test("pooling keeps the first maximum, the mean or the norm of each window")
  func pooling() {
    let x = Tensor([3, 4, -1, -2, 0, 5], shape: [1, 1, 6])
    #expect(Pooling1D(.max, width: 2)(x).elements == [4, -1, 5])
    #expect(Pooling1D(.average, width: 2)(x).elements == [3.5, -1.5, 2.5])
    #expect(Pooling1D(.l2, width: 2)(x).elements.first == 5)
    #expect(Pooling1D(.max, width: 3, stride: 1)(x).elements == [4, 4, 0, 5])
  }

  @Test("any generator of the standard library's kind can initialise a layer")
  func generators() {
    var system = SystemRandomNumberGenerator()
    let layer = Linear(40, 10, using: &system)
    #expect(layer.weight.elements.allSatisfy { abs($0) <= 1 / Float(40).squareRoot() })
    #expect(Set(layer.weight.elements).count > 300)
  }

  @Test("the networks take signals of other lengths and classes of other numbers")
  func sizes() {
    var generator = TorchGenerator(seed: 5)
    for architecture in Architecture.paper {
      for length in [3, 17, 64] {
        let network = BaselineNetwork(architecture, inputs: length, classes: 4, using: &generator)
        #expect(network(.zeros([2, length])).shape == [2, 4])
      }
    }
  }
}
