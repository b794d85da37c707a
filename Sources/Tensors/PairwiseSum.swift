/// A sum of tensors that come one after the other, of which neighbours are added first, then neighbouring pairs, and so
/// on.
///
/// A long sum is taken in blocks, and so are the kernels' own (`reduction.h`): its error grows with the length of a
/// block and with the logarithm of their number. That of one long chain grows with the number of terms, and from 2²⁴ on
/// adding a 1 changes nothing.
struct PairwiseSum {
  /// The most terms that a product of matrices adds one after the other.
  static let longestChain = 4096

  /// Sums of ever smaller powers of two of neighbouring blocks.
  private var sums: [Tensor] = []
  private var blocks = 0

  init() {}

  /// Adds the next tensor; nothing is recorded.
  mutating func add(_ block: consuming Tensor) {
    var block = block
    var rest = blocks
    while rest & 1 == 1 {
      block = sums.removeLast() + block
      rest >>= 1
    }
    sums.append(block)
    blocks += 1
  }

  /// The sum so far.
  ///
  /// - Precondition: there has been a block.
  var total: Tensor {
    sums.dropLast().reversed().reduce(sums[sums.count - 1]) { $1 + $0 }
  }

  /// Calls `body` for ranges that make up 0 ..< count, each of `size` but the last, and adds what they yield.
  static func blocks(of count: Int, size: Int, _ body: (_ start: Int, _ count: Int) -> Tensor)
    -> Tensor
  {
    var sum = PairwiseSum()
    for start in stride(from: 0, to: Swift.max(count, 1), by: size) {
      sum.add(body(start, Swift.min(size, count - start)))
    }
    return sum.total
  }
}
