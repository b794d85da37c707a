import Tensors
import Testing

@Suite("Tensors")
struct TensorTests {
  @Test("are values: changing one leaves its copies alone")
  func values() {
    var a = Tensor([1, 2, 3])
    let b = a
    a.withUnsafeMutableElements { $0[0] = 9 }
    #expect(a.elements == [9, 2, 3] && b.elements == [1, 2, 3])
    var c = a
    c += Tensor([1, 1, 1])
    #expect(a.elements == [9, 2, 3] && c.elements == [10, 3, 4])
  }

  @Test("broadcast like NumPy's arrays")
  func broadcasting() {
    let column = Tensor([1, 2], shape: [2, 1])
    let row = Tensor([10, 20, 30])
    #expect((column + row) == Tensor([11, 21, 31, 12, 22, 32], shape: [2, 3]))
    #expect((row * 2).elements == [20, 40, 60])
    #expect((1 - column).elements == [0, -1])
    #expect(Shape([2, 1]).broadcast(with: [4, 1, 3]) == [4, 2, 3])
    #expect(Shape([2, 3]).broadcast(with: [2]) == nil)
  }

  @Test("slices, reversals, permutations and pads move the right elements")
  func movements() {
    let x = Tensor((0..<24).map(Float.init), shape: [2, 3, 4])
    #expect(x.sliced(1..<2, along: 1).elements == [4, 5, 6, 7, 16, 17, 18, 19])
    #expect(x.permuted(2, 0, 1).elements.prefix(6) == [0, 4, 8, 12, 16, 20])
    #expect(x.flipped(along: -1).elements.prefix(4) == [3, 2, 1, 0])
    #expect(x.transposed().shape == [2, 4, 3])
    #expect(
      x.sliced(0..<1).padded(before: 1, after: 0, along: 0).elements.prefix(12).allSatisfy {
        $0 == 0
      })
    #expect(x.gathered([1, 1]).elements.first == 12)
    #expect(Tensor.concatenated([x, x], along: 2).shape == [2, 3, 8])
    #expect(Tensor([3, 1, 3, 2, 5, 4], shape: [2, 3]).argmax() == [0, 1])
    #expect(x.max(along: 2).elements == [3, 7, 11, 15, 19, 23])
    #expect(Tensor.zeros([0, 3]).sum(along: 0).elements == [0, 0, 0])
  }

  @Test(
    "large transpositions reach every element",
    arguments: [(8, 8), (9, 17), (100, 33), (1, 5), (64, 1)])
  func transposition(_ rows: Int, _ columns: Int) {
    let x = Tensor((0..<rows * columns).map(Float.init), shape: [rows, columns])
    let y = x.transposed().elements
    for i in 0..<rows {
      for j in 0..<columns { #expect(y[j * rows + i] == Float(i * columns + j)) }
    }
  }

  @Test("a slice that shares memory changes nothing but itself", arguments: [0, 3, 4, 7, 16])
  func slices(_ start: Int) {
    var x = Tensor((0..<80).map(Float.init), shape: [20, 4])
    var part = x.sliced(start..<start + 3)
    let expected = (4 * start..<4 * start + 12).map(Float.init)
    #expect(part.elements == expected)
    #expect((part + part).elements == expected.map { 2 * $0 })
    #expect(part.sliced(1..<3).elements == Array(expected[4...]))
    #expect(part.reshaped(to: [12]).sliced(4..<8).elements == Array(expected[4..<8]))
    part.withUnsafeMutableElements { $0[0] = -1 }
    #expect(x.elements == (0..<80).map(Float.init))
    part = x.sliced(start..<start + 3)
    x.withUnsafeMutableElements { $0[4 * start] = -1 }
    #expect(part.elements == expected)
  }

  @Test("a slice of a tensor that is gone can be changed in place")
  func lastSlice() {
    var part = Tensor((0..<80).map(Float.init), shape: [20, 4]).sliced(4..<7)
    part.withUnsafeMutableElements { for i in $0.indices { $0[i] += 1 } }
    #expect(part.elements == (17..<29).map(Float.init))
  }

  @Test("shapes that do not match stop the program with the shapes in the message")
  func mismatches() async {
    let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]) + Tensor.zeros([2, 4])
    }
    #expect(message(sum).contains("[2, 3]") && message(sum).contains("[2, 4]"))
    let product = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).matmul(.zeros([4, 5]))
    }
    #expect(message(product).contains("[2, 3]") && message(product).contains("[4, 5]"))
    let reshaped = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([6]).reshaped(to: [4, 2])
    }
    #expect(message(reshaped).contains("[6]") && message(reshaped).contains("[4, 2]"))
    let gradientOfMany = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = gradient(at: Tensor([1, 2])) { $0 * $0 }
    }
    #expect(message(gradientOfMany).contains("[2]"))
  }

  private func message(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }
}
