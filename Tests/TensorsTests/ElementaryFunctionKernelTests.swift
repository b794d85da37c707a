import CKernels
import Foundation
import Testing

/// One elementary function of the kernels, its value in double precision, and its bound in ulp.
struct ElementaryFunction: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let operation: ck_unary_operation
  let bound: Double
  let exact: @Sendable (Double) -> Double

  init(
    _ name: String, _ operation: ck_unary_operation, bound: Double,
    exact: @escaping @Sendable (Double) -> Double
  ) {
    testDescription = name
    self.operation = operation
    self.bound = bound
    self.exact = exact
  }

  /// The function of every element, by the kernels called `instructionSet`.
  func values(_ x: [Float], _ instructionSet: String = instructionSets[0]) -> [Float] {
    precondition(x.count.isMultiple(of: 16))
    var y = [Float](repeating: 0, count: x.count)
    ck_find(instructionSet).pointee.unary(Int32(operation.rawValue), x.count, x, &y)
    return y
  }

  static let all = [
    ElementaryFunction("exp", CK_EXP, bound: 1, exact: { exp($0) }),
    ElementaryFunction("expm1", CK_EXPM1, bound: 2, exact: { expm1($0) }),
    ElementaryFunction("log", CK_LOG, bound: 1, exact: { log($0) }),
    ElementaryFunction("log1p", CK_LOG1P, bound: 1, exact: { log1p($0) }),
    ElementaryFunction("tanh", CK_TANH, bound: 5, exact: { tanh($0) }),
    ElementaryFunction(
      "sigmoid", CK_SIGMOID, bound: 3,
      exact: { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }),
    ElementaryFunction(
      "softplus", CK_SOFTPLUS, bound: 2,
      exact: { $0 > 0 ? $0 + log1p(exp(-$0)) : log1p(exp($0)) }),
  ]
}

/// The kernels that this machine can run, the fastest first.
let instructionSets = ["avx512", "avx2", "neon", "portable"].filter { (name: String) in
  ck_find(name) != nil
}

/// Random bit patterns: every exponent, both signs, denormals, infinities and NaN among them.
private func randomBitPatterns(_ count: Int) -> [Float] {
  var state: UInt64 = 0x9e37_79b9_7f4a_7c15
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(bitPattern: UInt32(truncatingIfNeeded: state >> 16))
  }
}

/// For every exponent and sign, the first, the last and fourteen other significands.
private let everyExponent: [Float] = (0..<512).flatMap { high -> [Float] in
  (0..<16).map { Float(bitPattern: UInt32(high) << 23 | UInt32($0) * 0x08_8888) }
}

#if DEBUG
  private let patterns = everyExponent + randomBitPatterns(1 << 13)
#else
  private let patterns = everyExponent + randomBitPatterns(1 << 20)
#endif

@Suite("Elementary functions of the kernels")
struct ElementaryFunctionKernelTests {
  @Test(
    "no value is further from the exact one than the stated bound",
    arguments: ElementaryFunction.all)
  func accuracy(function: ElementaryFunction) throws {
    let values = function.values(patterns)
    var worst = (error: 0.0, at: Float(0))
    for (x, y) in zip(patterns, values) {
      let exact = function.exact(Double(x))
      let rounded = Float(exact)
      if !rounded.isFinite || !y.isFinite {
        #expect(rounded.isNaN ? y.isNaN : y == rounded, "\(function.testDescription)(\(x)) is \(y)")
        continue
      }
      let error = abs(Double(y) - exact) / Double(rounded.ulp)
      if error > worst.error { worst = (error, x) }
    }
    #expect(worst.error <= function.bound, "\(worst.error) ulp at \(worst.at)")
    #expect(worst.error > 0.4, "a bound that nothing comes near tests nothing")
  }

  @Test("every instruction set gives the same bits", arguments: ElementaryFunction.all)
  func sameBits(function: ElementaryFunction) throws {
    let expected = function.values(patterns)
    for instructionSet in instructionSets.dropFirst() {
      let different = zip(expected, function.values(patterns, instructionSet)).filter {
        $0.bitPattern != $1.bitPattern && !($0.isNaN && $1.isNaN)
      }
      #expect(different.isEmpty, "\(instructionSet): \(different.prefix(3))")
    }
  }

  @Test(
    "zeros, infinities and NaN give what IEEE 754 recommends", arguments: ElementaryFunction.all)
  func specialValues(function: ElementaryFunction) throws {
    let infinity = Float.infinity
    let x: [Float] =
      [0, -0.0, infinity, -infinity, .nan, 1, -1, 1e30] + [Float](repeating: 0, count: 8)
    let expected: [String: [Float]] = [
      "exp": [1, 1, infinity, 0, .nan],
      "expm1": [0, -0.0, infinity, -1, .nan],
      "log": [-infinity, -infinity, infinity, .nan, .nan, 0, .nan],
      "log1p": [0, -0.0, infinity, .nan, .nan, 0.693_147_2, -infinity],
      "tanh": [0, -0.0, 1, -1, .nan, 0.761_594_2, -0.761_594_2, 1],
      "sigmoid": [0.5, 0.5, 1, 0, .nan, 0.731_058_6, 0.268_941_4, 1],
      "softplus": [0.693_147_2, 0.693_147_2, infinity, 0, .nan, 1.313_261_7, 0.313_261_7, 1e30],
    ]
    let values = function.values(x)
    for (index, wanted) in try #require(expected[function.testDescription]).enumerated() {
      let found = values[index]
      let message: Comment = "\(function.testDescription)(\(x[index])) is \(found), not \(wanted)"
      if wanted.isNaN {
        #expect(found.isNaN, message)
      } else if wanted.isFinite && wanted != wanted.rounded() {
        #expect(abs(found - wanted) <= 3 * wanted.ulp, message)
      } else {
        #expect(found.bitPattern == wanted.bitPattern, message)
      }
    }
  }

  @Test("tanh is odd, at most 1, and the identity for tiny arguments")
  func hyperbolicTangent() throws {
    let tanh = try #require(ElementaryFunction.all.first { $0.testDescription == "tanh" })
    let values = tanh.values(patterns)
    let mirrored = tanh.values(patterns.map { -$0 })
    for (index, x) in patterns.enumerated() where !x.isNaN {
      #expect(values[index].bitPattern == (-mirrored[index]).bitPattern)
      #expect(abs(values[index]) <= 1)
      if abs(x) < 0x1p-14 { #expect(values[index].bitPattern == x.bitPattern) }
    }
  }
}
