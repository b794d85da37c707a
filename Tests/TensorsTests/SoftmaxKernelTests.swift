import CKernels
import Foundation
import Testing

@Suite("The softmax kernels")
struct SoftmaxKernelTests {
  static let shapes = [(1, 1), (1, 10), (15, 10), (16, 3), (17, 10), (100, 10), (5, 33), (33, 2)]

  private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

  private func transposed(_ values: [Float], _ rows: Int) -> [Float] {
    let columns = values.count / rows
    return (0..<values.count).map { values[$0 % rows * columns + $0 / rows] }
  }

  /// Loss, gradient and logarithms of the softmax, [batch, classes] whatever the layout.
  private func evaluate(
    _ logits: [Float], _ labels: [Int32], _ layout: ck_layout = CK_BATCH_FIRST,
    _ instructionSet: String = instructionSets[0]
  ) -> (loss: Float, gradient: [Float], logarithms: [Float]) {
    let table: ck_table = ck_find(instructionSet).pointee
    let batch = labels.count
    let classes = logits.count / batch
    let x = FloatBuffer(layout == CK_BATCH_FIRST ? logits : transposed(logits, batch))
    let loss = FloatBuffer([.nan])
    let gradient = FloatBuffer(logits.map { _ in .nan })
    let logarithms = FloatBuffer(logits.map { _ in .nan })
    let code = Int32(layout.rawValue)
    withExtendedLifetime(x) {
      table.softmax_cross_entropy(
        code, batch, classes, x.pointer, labels, loss.pointer, gradient.pointer)
      table.log_softmax(code, batch, classes, x.pointer, logarithms.pointer)
    }
    let (g, l) = (gradient.elements, logarithms.elements)
    return layout == CK_BATCH_FIRST
      ? (loss.elements[0], g, l)
      : (loss.elements[0], transposed(g, classes), transposed(l, classes))
  }

  private func example(_ batch: Int, _ classes: Int) -> (logits: [Float], labels: [Int32]) {
    var generator = SplitMix64(state: UInt64(batch * 100 + classes))
    return (
      (0..<batch * classes).map { _ in Float.random(in: -9...9, using: &generator) },
      (0..<batch).map { _ in Int32.random(in: 0..<Int32(classes), using: &generator) }
    )
  }

  @Test("loss, gradient and logarithms agree with double precision", arguments: shapes)
  func accuracy(_ batch: Int, _ classes: Int) {
    let (logits, labels) = example(batch, classes)
    let found = evaluate(logits, labels)
    var loss = 0.0
    for row in 0..<batch {
      let scores = logits[row * classes..<(row + 1) * classes].map { Double($0) }
      let normalizer = log(scores.reduce(0) { $0 + exp($1) })
      loss += (normalizer - scores[Int(labels[row])]) / Double(batch)
      for (c, score) in scores.enumerated() {
        let logarithm = score - normalizer
        let slope = (exp(logarithm) - (c == Int(labels[row]) ? 1 : 0)) / Double(batch)
        #expect(abs(Double(found.logarithms[row * classes + c]) - logarithm) < 4e-6)
        #expect(abs(Double(found.gradient[row * classes + c]) - slope) < 5e-7 / Double(batch))
      }
    }
    #expect(abs(Double(found.loss) - loss) < 2e-6 * (1 + loss))
  }

  @Test("both layouts and every instruction set give the same bits", arguments: shapes)
  func sameBits(_ batch: Int, _ classes: Int) {
    let (logits, labels) = example(batch, classes)
    let expected = evaluate(logits, labels)
    for instructionSet in instructionSets {
      for layout in [CK_BATCH_FIRST, CK_BATCH_LAST] {
        let found = evaluate(logits, labels, layout, instructionSet)
        #expect(found.loss.bitPattern == expected.loss.bitPattern)
        #expect(bits(found.gradient) == bits(expected.gradient))
        #expect(bits(found.logarithms) == bits(expected.logarithms))
      }
    }
  }

  @Test("huge logits and logits of minus infinity neither overflow nor lose the gradient")
  func extremes() {
    let infinity = Float.infinity
    let found = evaluate([3e38, -3e38, 1e38, -infinity, 0, 1], [0, 2])
    #expect(bits(found.gradient)[..<3] == bits([0, 0, 0])[...])
    #expect(found.gradient[3] == 0)
    #expect(abs(found.gradient[4] - 0.134_470_7) < 1e-7)
    #expect(abs(found.gradient[5] + 0.134_470_7) < 1e-7)
    #expect(abs(found.loss - 0.156_630_84) < 1e-7)
    #expect(evaluate([-infinity, 0], [0]).loss == infinity)
    #expect(evaluate([.nan, 0], [1]).loss.isNaN)
    #expect(evaluate([0, infinity], [0]).loss.isNaN)
    #expect(evaluate([-infinity, -infinity], [0]).loss.isNaN)
  }
}
