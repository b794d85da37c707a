import Tensors
import Testing

@Suite("The softmax of rows", .serialized)
struct SoftmaxTests {
  static let shapes: [Shape] = [[1, 1], [3, 7], [16, 16], [17, 40], [2, 3, 33], [2, 2, 3, 5]]

  private func scores(_ shape: Shape) -> Tensor {
    var generator = SplitMix64(state: UInt64(shape.elementCount))
    return generator.tensor(shape, in: -3...3)
  }

  @Test("rows sum to 1 and are the exponentials of their logarithms", arguments: shapes)
  func values(_ shape: Shape) {
    let y = softmax(scores(shape))
    #expect(y.shape == shape)
    expectClose(y, exp(logSoftmax(scores(shape))), 1e-6)
    expectClose(y.sum(along: -1), .ones(y.sum(along: -1).shape), 1e-6)
  }

  @Test("derivatives agree with differences in first and second order", arguments: shapes)
  func gradients(_ shape: Shape) {
    checkGradients(of: { softmax($0[0]) }, at: [scores(shape)])
    checkGradients(of: { logSoftmax($0[0]) }, at: [scores(shape)])
  }

  @Test(
    "every set of kernels and any number of threads give the same bits",
    arguments: shapes + [[64, 33, 70]])
  func bits(_ shape: Shape) {
    let usual = Kernels.current
    defer { Kernels.select(usual) }
    let x = scores(shape)
    func results() -> [[UInt32]] {
      [softmax(x), gradient(at: x) { (softmax($0) * x).sum() }].map {
        $0.elements.map(\.bitPattern)
      }
    }
    let expected = results()
    for kernels in Kernels.available {
      Kernels.select(kernels)
      for threads in [1, 3] {
        #expect(Kernels.withThreads(threads) { results() } == expected, "\(kernels) \(threads)")
      }
    }
  }

  @Test("far scores and scores of minus infinity are no harm, and rows without scores have none")
  func extremes() {
    #expect(softmax([1000, 0, -1000]) == [1, 0, 0])
    #expect(softmax([0, -.infinity, 0]) == [0.5, 0, 0.5])
    let slope = gradient(at: [0, -.infinity, 0] as Tensor) { (softmax($0) * [1, 2, 3]).sum() }
    #expect(slope == [-0.5, 0, 0.5])
    #expect(softmax(.zeros([3, 0])).shape == [3, 0])
    #expect(gradient(at: Tensor.zeros([0, 3])) { softmax($0).sum() }.shape == [0, 3])
  }
}
