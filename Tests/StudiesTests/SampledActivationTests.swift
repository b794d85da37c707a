import NeuralNetworks
import ReferenceRandom
import StudyModels
import Tensors
import Testing

@Suite("An activation function known by its values")
struct SampledActivationTests {
  /// (−1, 2), (−0.5, 0), (0, 1), (0.5, 5).
  private let function = SampledActivation([2, 0, 1, 5], from: -1, perUnit: 2)

  @Test("is straight between its values, and continued in a straight line beyond them")
  func values() {
    let x: [Float] = [-1, -0.75, -0.5, -0.25, 0, 0.125, 0.5, 1, 3, -2, -11]
    #expect(
      function(Tensor(x)).elements == [2, 1, 0, 0.5, 1, 2, 5, 9, 25, 6, 42])
    #expect(function(.zeros([2, 0])).shape == [2, 0])
    #expect(function(.zeros([2, 3, 4])).shape == [2, 3, 4])
  }

  @Test("has the slope of the piece as its derivative, and none of second order")
  func derivatives() {
    let x = Tensor([-3, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 7])
    let weights = Tensor([1, 2, 3, 4, 5, 6, 7, 8])
    func slope(_ x: Tensor) -> Tensor { gradient(at: x) { (function($0) * weights).sum() } }
    #expect(slope(x).elements == [-4, -8, 6, 8, 40, 48, 56, 64])
    #expect(gradient(at: x) { slope($0).sum() }.elements == Array(repeating: 0, count: 8))
  }

  @Test("survives what is no number, or no finite one")
  func hostile() {
    let values = function(Tensor([.nan, .infinity, -.infinity, 3e38, -3e38])).elements
    #expect(values[0].isNaN && values[1] == .infinity && values[2] == .infinity)
    #expect(values[3] == .infinity && values[4] == .infinity)
  }

  @Test("with relu's values makes the network with relu out of any other, but for roundings")
  func network() {
    var generators = [TorchGenerator](repeating: TorchGenerator(seed: 7), count: 3)
    let reference = ConvolutionalNetwork(channels: 4, using: &generators[0])
    let named = TransferNetwork(Nonlinearity.relu, channels: 4, using: &generators[1])
    let sampled = TransferNetwork(
      SampledActivation([0, 0, 1], from: -1, perUnit: 1), channels: 4, using: &generators[2])
    #expect(named.namedParameters.map(\.name) == reference.namedParameters.map(\.name))
    #expect(named.digest == reference.digest && sampled.digest == reference.digest)
    var generator = TorchGenerator(seed: 8)
    let x = Tensor.normal([5, 40], using: &generator)
    #expect(named(x) == reference(x))
    for (value, expected) in zip(sampled(x).elements, reference(x).elements) {
      #expect(abs(value - expected) < 1e-5)
    }
  }

  @Test("stands where relu does in the network for images")
  func imageNetwork() {
    let image = ImageShape(channels: 2, height: 9, width: 7)
    var generators = [TorchGenerator](repeating: TorchGenerator(seed: 7), count: 2)
    let reference = ConvolutionalNetwork2D(image: image, channels: 4, using: &generators[0])
    let named = TransferNetwork(Nonlinearity.relu, image: image, channels: 4, using: &generators[1])
    #expect(named.digest == reference.digest)
    let x = Tensor.normal([5, image.count], using: &generators[0])
    #expect(named(x) == reference(x))
  }
}
