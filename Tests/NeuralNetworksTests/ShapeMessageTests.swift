import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

/// Each of these ends its own process, in optimised builds too, before a kernel could touch memory it should not.
@Suite("Shapes that do not fit")
struct ShapeMessageTests {
  private func message(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test("an optimizer names the shapes of a parameter and a gradient of another shape")
  func gradients() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var parameter = Tensor.zeros([3, 4])
      var optimizer = Adam(for: parameter)
      optimizer.update(&parameter, along: .zeros([4, 3]))
    }
    #expect(message(result).contains("[3, 4]") && message(result).contains("[4, 3]"))
    let step = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = SGD.step(Tensor.zeros([2, 3]), along: .zeros([1, 3]), learningRate: 0.1)
    }
    #expect(message(step).contains("[2, 3]") && message(step).contains("[1, 3]"))
  }

  @Test("an optimizer does not take up another model")
  func states() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var small = Tensor.zeros([5])
      var optimizer = Adam(for: small)
      optimizer.update(&small, along: .ones([5]))
      var large = Tensor.zeros([500])
      optimizer.update(&large, along: .ones([500]))
    }
    #expect(message(result).contains("[5]") && message(result).contains("[500]"))
  }

  @Test("a gated recurrent unit whose parameters were exchanged names them all")
  func recurrentUnit() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = TorchGenerator(seed: 1)
      var unit = GRU(1, 6, using: &generator)
      unit.reverse.biasHH = .zeros([12])
      _ = unit(Tensor.zeros([2, 4, 1]))
    }
    #expect(message(result).contains("[18, 6]") && message(result).contains("bias_hh [12]"))
  }

  @Test("a convolution names its channels and its weight")
  func convolution() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = convolution1D(.zeros([2, 3, 10]), weight: .zeros([5, 4, 3]))
    }
    #expect(message(result).contains("3 channels") && message(result).contains("[5, 4, 3]"))
  }

  @Test("a loss names scores and labels that do not go together, and a label that is no class")
  func labels() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = softmaxCrossEntropy(.zeros([4, 10]), labels: [1, 2, 3])
    }
    #expect(message(result).contains("[4, 10]") && message(result).contains("3 labels"))
    let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = softmaxCrossEntropy(.zeros([2, 10]), labels: [1, -1])
    }
    #expect(message(negative).contains("label -1 is none of 10 classes"))
  }

  @Test("a product of derivatives names an output and a vector of another shape")
  func upstream() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = vectorJacobianProduct(at: Tensor([1, 2]), upstream: { _ in [.zeros([3])] }) { [$0 * $0] }
    }
    #expect(message(result).contains("[2]") && message(result).contains("[3]"))
  }
}
