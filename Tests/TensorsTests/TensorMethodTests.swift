import Tensors
import Testing

@Suite("Functions as methods")
struct TensorMethodTests {
  @Test("a method has the bits of the function of its name, and so have its derivatives")
  func agree() {
    let pairs: [(String, (Tensor) -> Tensor, (Tensor) -> Tensor)] = [
      ("relu", { $0.relu() }, { relu($0) }), ("abs", { $0.abs() }, { abs($0) }),
      ("sign", { $0.sign() }, { sign($0) }), ("sqrt", { $0.sqrt() }, { sqrt($0) }),
      ("square", { $0.square() }, { square($0) }), ("exp", { $0.exp() }, { exp($0) }),
      ("expm1", { $0.expm1() }, { expm1($0) }), ("log", { $0.log() }, { log($0) }),
      ("log1p", { $0.log1p() }, { log1p($0) }), ("tanh", { $0.tanh() }, { tanh($0) }),
      ("sigmoid", { $0.sigmoid() }, { sigmoid($0) }),
      ("softplus", { $0.softplus() }, { softplus($0) }), ("elu", { $0.elu() }, { elu($0) }),
      ("swish", { $0.swish() }, { swish($0) }), ("gelu", { $0.gelu() }, { gelu($0) }),
      ("softmax", { $0.softmax() }, { softmax($0) }),
      ("logSoftmax", { $0.logSoftmax() }, { logSoftmax($0) }),
    ]
    func bits(_ x: Tensor) -> [UInt32] { x.elements.map { $0.isNaN ? 1 : $0.bitPattern } }
    let x = Tensor([0.25, 2, -0.5, 1, 3, -0.75], shape: [2, 3])
    for (name, method, function) in pairs {
      #expect(bits(method(x)) == bits(function(x)), "\(name)")
      #expect(
        bits(gradient(at: x) { (method($0) * x).sum() })
          == bits(gradient(at: x) { (function($0) * x).sum() }), "\(name)")
    }
    #expect(Set(pairs.map { bits($0.1(x)) }).count == pairs.count)
  }

  @Test("methods chain")
  func chain() {
    let (x, w) = (Tensor([1, -2], shape: [1, 2]), Tensor([3, 1, 1, 1], shape: [2, 2]))
    #expect(x.matmul(w).relu().sum(along: -1).scalar == 1)
    #expect(x.abs().mean().log().exp().scalar == 1.5)
  }
}
