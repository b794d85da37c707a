import CKernels
import Tensors
import Testing

@Suite("The kernel that measures the peak")
struct PeakKernelTests {
  @Test("multiplies and adds as often as it says, to the same bits", arguments: Kernels.available)
  func multiplyAdd(_ instructionSet: String) {
    let start = (0..<384).map { Float($0) / 7 }
    var x = start
    ck_find(instructionSet).pointee.multiply_add(9, 0.9, 0.3, &x)
    let expected = start.map { start in
      (0..<9).reduce(start) { x, _ in Float(0.3).addingProduct(0.9, x) }
    }
    #expect(x.map(\.bitPattern) == expected.map(\.bitPattern))
  }
}
