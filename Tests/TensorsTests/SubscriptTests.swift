import Tensors
import Testing

@Suite("Subscripts")
struct SubscriptTests {
  /// 0, 1, 2 … in a shape.
  private func counting(_ shape: Shape) -> Tensor {
    Tensor((0..<shape.elementCount).map { Float($0) }, shape: shape)
  }

  private func expect(
    _ part: Tensor, _ shape: Shape, _ elements: [Float],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(part == Tensor(elements, shape: shape), sourceLocation: sourceLocation)
  }

  @Test("an integer drops its axis, and axes that are not mentioned are taken whole")
  func integers() {
    let x = counting([2, 3, 4])
    expect(x[1], [3, 4], (12..<24).map { Float($0) })
    expect(x[1, 2], [4], [20, 21, 22, 23])
    expect(x[1, 2, 3], [], [23])
    #expect(x[0, 1, 2].scalar == 6)
    expect(counting([2, 1, 2, 2])[1, 0, 1, 0], [], [6])
  }

  @Test("a range of any kind keeps its axis")
  func ranges() {
    let x = counting([4, 3])
    expect(x[1..<3, 0], [2], [3, 6])
    expect(x[1...2, 0...0], [2, 1], [3, 6])
    expect(x[2...], [2, 3], [6, 7, 8, 9, 10, 11])
    expect(x[..<1], [1, 3], [0, 1, 2])
    expect(x[...1, 2], [2], [2, 5])
    expect(x[2..<2], [0, 3], [])
    let rows = 1..<2
    let column = 1
    expect(x[rows, column], [1], [4])
  }

  @Test("three dots stand for as many whole axes as are missing")
  func ellipsis() {
    let x = counting([2, 3, 4])
    #expect(x[...] == x)
    expect(x[..., 0], [2, 3], [0, 4, 8, 12, 16, 20])
    expect(x[..., 1, 0], [2], [4, 16])
    expect(x[1, ..., 0], [3], [12, 16, 20])
    expect(x[0, 1, ...], [4], [4, 5, 6, 7])
    expect(x[0, ..., 1, 0], [], [4])
    expect(x[0, 1, ..., 2...], [2], [6, 7])
    expect(x[..., 0, 0, 0], [], [0])
  }

  @Test("negative places and bounds count from the end")
  func negatives() {
    let x = counting([5])
    #expect(x[-1].scalar == 4)
    #expect(x[-5].scalar == 0)
    expect(x[(-2)...], [2], [3, 4])
    expect(x[..<(-1)], [4], [0, 1, 2, 3])
    expect(x[...(-1)], [5], [0, 1, 2, 3, 4])
    expect(x[(-3)...(-2)], [2], [2, 3])
    expect(counting([2, 3])[..., -1], [2], [2, 5])
  }

  @Test("assigning to a part leaves the rest and every copy alone, and broadcasts")
  func assignment() {
    let original = counting([2, 3])
    var x = original
    x[0, 1] = Tensor(9)
    expect(x, [2, 3], [0, 9, 2, 3, 4, 5])
    x[..., -1] = [7, 8]
    expect(x, [2, 3], [0, 9, 7, 3, 4, 8])
    x[1] = Tensor(-1)
    expect(x, [2, 3], [0, 9, 7, -1, -1, -1])
    x[0, ..<2] += [1, 1]
    expect(x, [2, 3], [1, 10, 7, -1, -1, -1])
    #expect(original == counting([2, 3]))
    var y = counting([2, 2, 2, 2])
    y[1..., 0, ..., 1] = Tensor([50, 60], shape: [1, 2])
    #expect(y.elements == [0, 1, 2, 3, 4, 5, 6, 7, 8, 50, 10, 60, 12, 13, 14, 15])
  }

  @Test("parts have derivatives of first and second order, sharing memory or not")
  func derivatives() {
    var generator = SplitMix64(state: 5)
    let (x, long) = (generator.tensor([3, 4, 5]), generator.tensor([4, 16]))
    checkGradients(of: { sigmoid($0[0][1, 1..<3]) }, at: [x])
    checkGradients(of: { exp($0[0][..., -1] * $0[0][0, 0, 0]) }, at: [x])
    checkGradients(of: { exp($0[0][2] * $0[0][0...1]) }, at: [long])
  }

  @Test("assignments have derivatives with respect to the tensor and to what is assigned")
  func assignmentDerivatives() {
    var generator = SplitMix64(state: 6)
    let inputs = [generator.tensor([3, 4, 2]), generator.tensor([4]), generator.tensor([])]
    checkGradients(
      of: { inputs in
        var x = tanh(inputs[0])
        x[1, ..., 0] = inputs[1] * inputs[1]
        x[0, 1...2] = inputs[2] * x[2, 0, 1]
        return x * x
      }, at: inputs)
  }
}
