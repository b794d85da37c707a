import CKernels
import Testing

@Suite("The kernel of t-SNE's forces")
struct TSNEKernelTests {
  /// The five sums of each point on one set of kernels, in two calls that share the points out.
  private func forces(_ x: [Float], _ y: [Float], _ p: [Float], _ kernels: String) -> [Float] {
    let count = x.count
    var forces = [Float](repeating: .nan, count: 5 * count)
    let table = ck_find(kernels).pointee
    table.tsne_forces(0, count / 2, count, x, y, p, &forces)
    table.tsne_forces(count / 2, count, count, x, y, p, &forces)
    return forces
  }

  @Test(
    "sums agree with plain loops, and every instruction set gives the same bits",
    arguments: [1, 2, 15, 16, 17, 50])
  func sums(_ count: Int) {
    var generator = SplitMix64(state: UInt64(count))
    func numbers(_ count: Int) -> [Float] {
      (0..<count).map { _ in Float.random(in: -2...2, using: &generator) }
    }
    let (x, y, p) = (numbers(count), numbers(count), numbers(count * count))
    let result = forces(x, y, p, instructionSets[0])
    for i in 0..<count {
      var sums = [Double](repeating: 0, count: 5)
      for j in 0..<count where j != i {
        let (dx, dy) = (Double(x[i] - x[j]), Double(y[i] - y[j]))
        let q = 1 / (1 + dx * dx + dy * dy)
        let terms = [
          Double(p[i * count + j]) * q * dx, Double(p[i * count + j]) * q * dy, q * q * dx,
          q * q * dy, q,
        ]
        for (index, term) in terms.enumerated() { sums[index] += term }
      }
      for (index, sum) in sums.enumerated() {
        #expect(abs(Double(result[index * count + i]) - sum) < 1e-5 * Double(count))
      }
    }
    for instructionSet in instructionSets.dropFirst() {
      #expect(
        forces(x, y, p, instructionSet).map(\.bitPattern) == result.map(\.bitPattern),
        "\(instructionSet)")
    }
  }
}
