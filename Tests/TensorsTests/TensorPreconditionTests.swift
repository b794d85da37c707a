import Foundation
import Tensors
import Testing

/// A programmer's mistake ends the process, in optimised builds too, with the values that were found.
@Suite("Mistakes with tensors")
struct TensorPreconditionTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What the message says.
    let words: [String]
    let make: @Sendable () -> Void

    init(_ name: String, _ words: String..., make: @escaping @Sendable () -> Void) {
      (testDescription, self.words, self.make) = (name, words, make)
    }
  }

  private static let most = Int(Int32.max)

  private static let line = Tensor.zeros([4])

  static let mistakes: [Mistake] = [
    Mistake("a tensor beyond memory", "Out of memory", "[2147483647, 2147483647]") {
      _ = Tensor.zeros([most, most])
    },
    Mistake(
      "a tensor beyond counting", "Out of memory",
      "[2147483647, 2147483647, 2147483647, 2147483647]"
    ) {
      _ = Tensor.ones([most, most, most, most])
    },
    Mistake("a broadcast beyond memory", "Out of memory", "[2147483647, 1048576]") {
      _ = Tensor.zeros([1]).broadcast(to: [most, 1 << 20])
    },
    Mistake("an outer sum of vectors", "Out of memory", "[1048576, 1048576]") {
      let x = Tensor.zeros([1 << 20])
      _ = x.reshaped(to: [1 << 20, 1]) + x
    },
    Mistake("a negative extent", "axis 0", "-1") {
      var shape: Shape = [2, 3]
      shape[0] = -1
    },
    Mistake("an extent beyond an axis", "axis 1", "4294967296") {
      var shape: Shape = [2, 3]
      shape[1] = 1 << 32
    },
    Mistake("five axes", "at most 4 axes", "5") { _ = Tensor.zeros([1, 1, 1, 1, 1]) },
    Mistake("an axis that is not there", "axis 2", "[4]") { _ = line.sum(along: 2) },
    Mistake("an axis far below", "is out of range", "[4]") { _ = line.sum(along: .min) },
    Mistake("the largest of nothing", "axis 1", "[3, 0]") {
      _ = Tensor.zeros([3, 0]).max(along: 1)
    },
    Mistake("the place of the largest of nothing", "[3, 0]") { _ = Tensor.zeros([3, 0]).argmax() },
    Mistake("a concatenation beyond an axis", "longer than 2147483647", "[1048576, 0]") {
      let part = Tensor.zeros([1 << 20, 0])
      _ = Tensor.concatenated([Tensor](repeating: part, count: 2048))
    },
    Mistake("padding without end", "9223372036854775807") {
      _ = line.padded(before: .max, after: 1, along: 0)
    },
    Mistake("padding beyond an axis", "axis 0", "2147483651") {
      _ = line.padded(before: most, after: 0, along: 0)
    },
    Mistake("a slice outside", "0..<5", "[4]") { _ = line.sliced(0..<5) },
    Mistake("rows outside", "row 4", "[4]") { _ = line.gathered([4]) },
    Mistake("scattered below nothing", "-1") { _ = Tensor.zeros([0, 3]).scattered([], count: -1) },
    Mistake("another number of elements", "[4]", "[3]") { _ = line.reshaped(to: [3]) },
    Mistake("a convolution padded without end", "padding 9223372036854775807") {
      _ = convolution1D(.zeros([1, 1, 9]), weight: .zeros([1, 1, 3]), padding: .max)
    },
    Mistake("a convolution over planes without columns", "four axes", "[1, 1, 9]") {
      _ = convolution2D(.zeros([1, 1, 9]), weight: .zeros([1, 1, 3]))
    },
    Mistake("a convolution over too few rows", "kernel of 3", "2 rows", "padding 0") {
      _ = convolution2D(.zeros([1, 1, 2, 9]), weight: .zeros([1, 1, 3, 3]))
    },
    Mistake("a convolution over planes padded without end", "1000000 × 1000", "9 × 9 positions") {
      _ = convolution2D(
        .zeros([1, 1, 9, 9]), weight: .zeros([1, 1, 3, 3]), stride: 1_000_000,
        padding: Size2D(height: 1_000_000, width: 1000))
    },
    Mistake("a convolution over planes that stands still", "stride 0") {
      _ = convolution2D(
        .zeros([1, 1, 9, 9]), weight: .zeros([1, 1, 3, 3]), stride: Size2D(height: 1, width: 0))
    },
    Mistake("windows wider than a plane", "windows of 4 columns", "3 columns") {
      _ = pooling2D(.zeros([1, 1, 9, 3]), .max, window: 4)
    },
    Mistake("a convolution that stands still", "stride 0") {
      _ = convolution1D(.zeros([1, 1, 9]), weight: .zeros([1, 1, 3]), stride: 0)
    },
    Mistake("windows without positions", "0 positions") {
      _ = pooling1D(.zeros([1, 1, 9]), .max, width: 0)
    },
    Mistake("a sequence without steps", "[0, 1, 2]") {
      _ = gru(
        .zeros([0, 1, 2]),
        forward: GRUParameters(
          weightIH: .ones([6, 1]), weightHH: .ones([6, 2]), biasIH: .ones([6]), biasHH: .ones([6])),
        layout: .batchLast)
    },
    Mistake("tanh units without units", "one unit") {
      _ = tanhUnits(line, factors: .zeros([0]), offsets: .zeros([0]), weights: .zeros([0]))
    },
    Mistake("a label that is no class", "label -1", "3") { _ = oneHot([-1], classes: 3) },
    Mistake("fewer classes than none", "-1") { _ = oneHot([], classes: -1) },
    Mistake("a temperature that is none", "nan") { _ = ntXent(.ones([2, 2]), temperature: .nan) },
    Mistake("fewer keys than queries", "[2, 3]", "[1, 3]") {
      _ = infoNCE(.ones([2, 3]), .ones([1, 3]), temperature: 1)
    },
    Mistake("no threads", "0 threads") { Kernels.withThreads(0) {} },
    Mistake("fewer threads than none", "-1 threads") { Kernels.withThreads(-1) {} },
    Mistake("segments without steps", "0 steps") {
      _ = rematerialize(over: 0..<3, from: line, segment: 0) { state, _ in state }
    },
    Mistake("a name that a model uses twice", "'weight'", "[2]") {
      struct Twins: Parameterized {
        var (a, b) = (Tensor.zeros([1]), Tensor.zeros([2]))
        mutating func visitParameters(_ visit: inout some ParameterVisitor) {
          visit("weight", &a)
          visit("weight", &b)
        }
      }
      _ = Twins().namedParameters
    },
    Mistake("a recorded tensor on another thread", "another thread", "[4]") {
      _ = gradient(at: line) { x in
        let done = DispatchSemaphore(value: 0)
        Thread {
          _ = x + x
          done.signal()
        }.start()
        done.wait()
        return x.sum()
      }
    },
    Mistake(
      "a custom operator's derivative of another shape", "rule", "input 1", "[4]", "[2, 2]"
    ) {
      _ = gradient(at: line) { x in
        Tensor.custom([Tensor.ones([4]), x]) {
          $0[0] + $0[1]
        } derivatives: { upstream, _, _, _ in
          [nil, upstream.reshaped(to: [2, 2])]
        }.sum()
      }
    },
    Mistake("a custom operator's rule with a derivative too few", "rule", "1", "2 inputs") {
      _ = gradient(at: line) { x in
        Tensor.custom([x, x]) {
          $0[0] + $0[1]
        } derivatives: { upstream, _, _, _ in
          [upstream]
        }.sum()
      }
    },
    Mistake("a custom operator of a recorded tensor besides its inputs", "recorded", "[4]") {
      _ = gradient(at: line) { x in
        Tensor.custom(Tensor.ones([4])) {
          $0 * x
        } derivative: { upstream, _, _ in
          upstream
        }.sum()
      }
    },
    Mistake("a place beyond an axis", "place 4", "axis 0", "[4]") { _ = line[4] },
    Mistake("a place before an axis", "place -5", "axis 0", "[4]") { _ = line[-5] },
    Mistake("a range beyond an axis", "3..<6", "axis 0", "[4]") { _ = line[3...5] },
    Mistake("a range that ends before it begins", "-1..<2", "axis 0", "[4]") { _ = line[-1..<2] },
    Mistake("more places than axes", "2 axes", "[4]") { _ = line[0, 0] },
    Mistake("a part that is assigned another shape", "[3]", "[2]") {
      var x = line
      x[..<2] = .zeros([3])
    },
    Mistake("a uniform distribution over nothing", "1.0..<1.0") {
      var generator = SystemRandomNumberGenerator()
      _ = Tensor.uniform([1], in: 1..<1, using: &generator)
    },
  ]

  @Test("a mistake is named, with what was found", arguments: mistakes.indices)
  func message(index: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      // The message is enough; a trace of the stack takes seconds.
      for trap in [SIGILL, SIGTRAP, SIGABRT] { signal(trap, SIG_DFL) }
      Self.mistakes[index].make()
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    for word in Self.mistakes[index].words {
      #expect(
        message.contains(word), "\(Self.mistakes[index].testDescription): \(message.prefix(400))")
    }
  }

  @Test("a tensor that memory cannot hold ends the process with status 71 and one sentence")
  func outOfMemory() async {
    let result = await #expect(processExitsWith: .exitCode(71), observing: [\.standardErrorContent])
    {
      _ = Tensor.zeros([Self.most, Self.most])
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.split(separator: "\n").count == 1, "\(message)")
  }

  @Test("a segment longer than all steps is all steps")
  func longSegment() {
    let end = rematerialize(over: 0..<3, from: Tensor(1), segment: .max) { state, _ in state + 1 }
    #expect(end.scalar == 4)
  }

  @Test("a stride beyond the input leads to one output")
  func longStride() {
    let x = Tensor.ones([1, 1, 9])
    #expect(convolution1D(x, weight: .ones([1, 1, 3]), stride: .max).elements == [3])
    #expect(pooling1D(x, .average, width: 3, stride: .max).elements == [1])
    let plane = Tensor.ones([1, 1, 3, 3])
    #expect(convolution2D(plane, weight: plane, stride: Size2D(.max)).elements == [9])
    #expect(pooling2D(plane, .average, window: 3, stride: Size2D(.max)).elements == [1])
    #expect(gradient(at: x) { pooling1D($0, .average, width: 3, stride: .max).sum() }.count == 9)
  }

  @Test("calls for threads nest, and no number of them is too large", arguments: [1, 3, Int.max])
  func threads(count: Int) {
    let x = Tensor.ones([300, 300])
    let expected = x.matmul(x)
    Kernels.withThreads(2) {
      Kernels.withThreads(count) { #expect(x.matmul(x) == expected) }
      #expect(x.matmul(x) == expected)
    }
  }
}
