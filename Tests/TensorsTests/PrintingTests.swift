import Fixtures
import Tensors
import Testing

@Suite("Printing")
struct PrintingTests {
  /// An array as NumPy prints it; its elements repeat the bits in turn.
  private struct Golden: Decodable {
    let shape: [Int]
    let bits: [UInt32]
    let text: String

    var tensor: Tensor {
      let shape = Shape(self.shape)
      let elements = (0..<shape.elementCount).map { Float(bitPattern: bits[$0 % bits.count]) }
      return Tensor(elements, shape: shape)
    }
  }

  @Test("a tensor is printed as NumPy prints the same array")
  func agreesWithNumPy() throws {
    let golden = try Fixture.json("printing.json", as: [Golden].self)
    #expect(golden.count > 50)
    for array in golden {
      #expect(array.tensor.description == array.text, "shape \(array.shape), bits \(array.bits)")
    }
  }

  @Test("a slice and a transposed matrix are printed with their own elements")
  func slices() {
    let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(x.sliced(1..<3, along: 1).description == "[[2. 3.]\n [5. 6.]]")
    #expect(x.transposed().description == "[[1. 4.]\n [2. 5.]\n [3. 6.]]")
  }
}
