import Fixtures
import Tensors
import Testing

/// What PyTorch says of functions of one number at kinks and far out, to third order; JAX's say where it differs.
@Suite("Derivatives at kinks and where functions saturate")
struct KinkTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      let name: String
      let points: [String]
      let values: [[String]]
    }
    let cases: [Case]
  }

  private static func window(_ x: Tensor) -> Tensor { Tensor.stacked([x, x * x, x * x * x]) }

  private static func pooled(_ kind: PoolingKind) -> @Sendable (Tensor) -> Tensor {
    { pooling1D(window($0).reshaped(to: [1, 1, 3]), kind, width: 3).reshaped(to: []) }
  }

  private static func pair(_ x: Tensor) -> Tensor {
    Tensor.stacked([x, 0 * x]).reshaped(to: [1, 2])
  }

  private static let functions: [String: @Sendable (Tensor) -> Tensor] = [
    "relu": { relu($0) },
    "relu(-x)": { relu(-$0) },
    "relu squared": { square(relu($0)) },
    "elu": { elu($0) },
    "elu of elu": { elu(elu($0)) },
    "x times elu": { $0 * elu($0) },
    "swish": { swish($0) },
    "sigmoid": { sigmoid($0) },
    "tanh": { tanh($0) },
    "softplus": { softplus($0) },
    "log-sigmoid": { -softplus(-$0) },
    "exp": { exp($0) },
    "expm1": { expm1($0) },
    "log": { log($0) },
    "log1p": { log1p($0) },
    "abs": { abs($0) },
    "x times abs": { $0 * abs($0) },
    "abs squared": { square(abs($0)) },
    "sign times x": { sign($0) * $0 },
    "sqrt": { sqrt($0) },
    "sqrt of square": { sqrt(square($0)) },
    "sqrt of abs": { sqrt(abs($0)) },
    "x over abs": { $0 / abs($0) },
    "reciprocal": { 1 / $0 },
    "maximum with 0": { maximum($0, 0.0) },
    "minimum with 0": { minimum($0, 0.0) },
    "maximum of powers": { maximum(maximum($0, $0 * $0), $0 * $0 * $0) },
    "minimum of powers": { minimum(minimum($0, $0 * $0), $0 * $0 * $0) },
    "clipped": { maximum(-1.0, minimum(1.0, $0 * $0 * $0)) },
    "masked infinity": { minimum(exp($0), 1.0) },
    "greatest of an axis": { window($0).max(along: 0) },
    "max pooling": pooled(.max),
    "average pooling": pooled(.average),
    "l2 pooling": pooled(.l2),
    "log-softmax of far scores": { logSoftmax(pair($0)).sliced(0..<1, along: 1).sum() },
    "cross-entropy of far scores": { softmaxCrossEntropy(pair($0), labels: [0]) },
  ]

  /// The value and the first three derivatives.
  private func derivatives(_ function: @escaping (Tensor) -> Tensor, at point: Float) -> [Float] {
    var row: [Float] = []
    var function = function
    for _ in 0...3 {
      row.append(function(Tensor(point)).scalar)
      let last = function
      function = { gradient(at: $0) { last($0).sum() } }
    }
    return row
  }

  private func agrees(_ ours: Float, _ theirs: Float) -> Bool {
    if theirs.isNaN { return ours.isNaN }
    return ours == theirs || Swift.abs(ours - theirs) <= 3e-6 * Swift.max(1, Swift.abs(theirs))
  }

  @Test("are PyTorch's to third order")
  func golden() throws {
    let golden = try Fixture.json("kinks.json", as: Golden.self)
    #expect(Set(golden.cases.map(\.name)) == Set(Self.functions.keys))
    for item in golden.cases {
      let function = try #require(Self.functions[item.name])
      for (point, values) in zip(item.points, item.values) {
        let place = try #require(Float(point))
        let expected = try values.map { try #require(Float($0)) }
        let found = derivatives(function, at: place)
        #expect(
          zip(found, expected).allSatisfy(agrees),
          "\(item.name) at \(point): \(found) where PyTorch has \(expected)")
      }
    }
  }

  @Test("of elu at 0 are 1, 0, 0 on every path, also beside an infinite upstream derivative")
  func elus() {
    #expect(derivatives({ elu($0) }, at: 0) == [0, 1, 0, 0])
    #expect(derivatives({ elu($0) }, at: -0.0) == [0, 1, 0, 0])
    let slope = gradient(at: Tensor([-1, 0, 1, .infinity])) { (elu($0) * Float.infinity).sum() }
    #expect(slope.elements == [.infinity, .infinity, .infinity, .infinity])
  }

  @Test("of a window of zeros' norm are 0 to third order, where PyTorch's are undefined")
  func normOfZeros() {
    #expect(derivatives(Self.pooled(.l2), at: 0) == [0, 0, 0, 0])
    #expect(derivatives(Self.pooled(.l2), at: 1e-30) == [0, 0, 0, 0])
  }

  @Test(
    "go to one of two operands whatever the other one's upstream derivative is, and to both beside a NaN"
  )
  func masks() {
    func slopes(_ x: Float, _ y: Float, _ f: @escaping (Tensor, Tensor) -> Tensor) -> [Float] {
      gradient(at: [Tensor(x), Tensor(y)]) { f($0[0], $0[1]) * Float.infinity }.map(\.scalar)
    }
    #expect(slopes(1, 2) { maximum($0, $1) } == [0, .infinity])
    #expect(slopes(1, 2) { minimum($0, $1) } == [.infinity, 0])
    #expect(slopes(2, 2) { minimum($0, $1) } == [.infinity, .infinity])
    #expect(slopes(.nan, 2) { maximum($0, $1) } == [.infinity, .infinity])
    #expect(slopes(1, .nan) { minimum($0, $1) } == [.infinity, .infinity])
  }
}
