import CKernels
import Testing

/// A convolution of random tensors, by the kernels and as plain loops in `Double`.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  let shape: ck_convolution_shape
  var x, w, bias, dy: [Float]

  init(
    _ inputs: Int, _ length: Int, _ outputs: Int, kernel: Int, stride: Int, padding: Int, batch: Int
  ) {
    shape = ck_convolution_shape(
      in_channels: inputs, in_length: length, out_channels: outputs,
      out_length: (length + 2 * padding - kernel) / stride + 1, kernel: kernel, stride: stride,
      padding: padding, batch: batch)
    var generator = SplitMix64(state: UInt64(length * 1000 + batch))
    func numbers(_ count: Int) -> [Float] {
      (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
    }
    x = numbers(inputs * length * batch)
    w = numbers(outputs * inputs * kernel)
    bias = numbers(outputs)
    dy = numbers(outputs * shape.out_length * batch)
  }

  var testDescription: String {
    "\(shape.in_channels)×\(shape.in_length) → \(shape.out_channels)×\(shape.out_length), "
      + "kernel \(shape.kernel), stride \(shape.stride), padding \(shape.padding), "
      + "batch \(shape.batch)"
  }

  /// What one set of kernels gives.
  struct Results: Equatable {
    var y, relu, plain, dx, dw: [Float]

    var all: [Float] { y + relu + plain + dx + dw }
  }

  func results(_ instructionSet: String) -> Results {
    let kernels = ck_find(instructionSet).pointee
    let zeros = [Float](repeating: .nan, count: dy.count)
    var results = Results(
      y: zeros, relu: zeros, plain: zeros, dx: [Float](repeating: .nan, count: x.count),
      dw: [Float](repeating: .nan, count: w.count))
    kernels.convolution(shape, x, w, bias, 0, &results.y)
    kernels.convolution(shape, x, w, bias, 1, &results.relu)
    kernels.convolution(shape, x, w, nil, 0, &results.plain)
    kernels.convolution_input_gradient(shape, dy, w, &results.dx)
    kernels.convolution_weight_gradient(shape, dy, x, &results.dw)
    return results
  }

  /// Calls `body` with the places of every product: in y, x and w.
  func forEachTerm(_ body: (_ y: Int, _ x: Int, _ w: Int) -> Void) {
    let s = shape
    for o in 0..<s.out_channels {
      for i in 0..<s.in_channels {
        for t in 0..<s.out_length {
          for k in 0..<s.kernel {
            let q = t * s.stride + k - s.padding
            guard q >= 0 && q < s.in_length else { continue }
            for n in 0..<s.batch {
              body(
                (o * s.out_length + t) * s.batch + n, (i * s.in_length + q) * s.batch + n,
                (o * s.in_channels + i) * s.kernel + k)
            }
          }
        }
      }
    }
  }

  /// Sums in `Double`, each with the sum of its terms' magnitudes.
  struct Sums {
    var values: [Double]
    var magnitudes: [Double]

    init(count: Int) {
      values = Array(repeating: 0, count: count)
      magnitudes = values
    }

    mutating func add(_ a: Float, _ b: Float, at index: Int) {
      values[index] += Double(a) * Double(b)
      magnitudes[index] += abs(Double(a) * Double(b))
    }

    /// How far `found` is from the values, in units of the magnitudes.
    func largestError(_ found: [Float]) -> Double {
      zip(found, zip(values, magnitudes)).reduce(0) { largest, pair in
        let error = abs(Double(pair.0) - pair.1.0)
        return error.isNaN ? .infinity : max(largest, error / (pair.1.1 + 1e-30))
      }
    }
  }

  static let all: [ConvolutionCase] = {
    var cases: [ConvolutionCase] = []
    for batch in [1, 7, 8, 15, 16, 17, 24, 31, 50] {
      cases.append(ConvolutionCase(3, 7, 5, kernel: 3, stride: 2, padding: 1, batch: batch))
      cases.append(ConvolutionCase(1, 6, 13, kernel: 5, stride: 1, padding: 4, batch: batch))
    }
    cases += [
      ConvolutionCase(1, 1, 1, kernel: 1, stride: 1, padding: 0, batch: 1),
      ConvolutionCase(4, 5, 1, kernel: 1, stride: 3, padding: 0, batch: 19),
      ConvolutionCase(2, 3, 25, kernel: 3, stride: 2, padding: 3, batch: 33),
      ConvolutionCase(7, 9, 8, kernel: 2, stride: 3, padding: 1, batch: 40),
      ConvolutionCase(1, 40, 25, kernel: 5, stride: 2, padding: 1, batch: 100),
      ConvolutionCase(5, 10, 6, kernel: 3, stride: 1, padding: 1, batch: 100),
      ConvolutionCase(25, 10, 25, kernel: 3, stride: 2, padding: 1, batch: 52),
      ConvolutionCase(1, 9, 30, kernel: 4, stride: 3, padding: 2, batch: 600),
    ]
    var generator = SplitMix64(state: 5)
    for _ in 0..<30 {
      func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
      let (kernel, padding) = (random(1...5), random(0...3))
      cases.append(
        ConvolutionCase(
          random(1...12), random(max(1, kernel - 2 * padding)...12), random(1...14),
          kernel: kernel, stride: random(1...3), padding: padding, batch: random(1...60)))
    }
    return cases
  }()
}

@Suite("Convolution kernels")
struct ConvolutionKernelTests {
  @Test(
    "outputs and both gradients are the sums they are said to be", arguments: ConvolutionCase.all)
  func values(_ convolution: ConvolutionCase) {
    var plain = ConvolutionCase.Sums(count: convolution.dy.count)
    var dx = ConvolutionCase.Sums(count: convolution.x.count)
    var dw = ConvolutionCase.Sums(count: convolution.w.count)
    convolution.forEachTerm { y, x, w in
      plain.add(convolution.x[x], convolution.w[w], at: y)
      dx.add(convolution.dy[y], convolution.w[w], at: x)
      dw.add(convolution.dy[y], convolution.x[x], at: w)
    }
    let found = convolution.results(instructionSets[0])
    #expect(plain.largestError(found.plain) < 1e-6)
    #expect(dx.largestError(found.dx) < 1e-6)
    #expect(dw.largestError(found.dw) < 1e-6)
    let outputs = convolution.shape.out_length * convolution.shape.batch
    for (index, sum) in found.plain.enumerated() {
      #expect(found.y[index] == sum + convolution.bias[index / outputs])
      #expect(found.relu[index] == max(found.y[index], 0))
    }
  }

  @Test("every instruction set gives the same bits", arguments: ConvolutionCase.all)
  func sameBits(_ convolution: ConvolutionCase) {
    let expected = convolution.results(instructionSets[0]).all.map(\.bitPattern)
    for instructionSet in instructionSets.dropFirst() {
      let found = convolution.results(instructionSet).all.map(\.bitPattern)
      #expect(found == expected, "\(instructionSet)")
    }
  }

  @Test("an example's outputs do not depend on the batch it is in", arguments: [1, 9, 20])
  func independence(_ batch: Int) {
    let whole = ConvolutionCase(3, 7, 5, kernel: 3, stride: 2, padding: 1, batch: 37)
    var part = ConvolutionCase(3, 7, 5, kernel: 3, stride: 2, padding: 1, batch: batch)
    func first(_ elements: [Float]) -> [Float] {
      elements.indices.filter { $0 % 37 < batch }.map { elements[$0] }
    }
    (part.x, part.dy) = (first(whole.x), first(whole.dy))
    (part.w, part.bias) = (whole.w, whole.bias)
    let expected = whole.results(instructionSets[0])
    let found = part.results(instructionSets[0])
    #expect(found.relu == first(expected.relu))
    #expect(found.dx == first(expected.dx))
  }

  @Test("infinities and NaN reach the outputs they belong to and no others")
  func specialValues() {
    var convolution = ConvolutionCase(2, 5, 3, kernel: 3, stride: 1, padding: 1, batch: 21)
    // Example 3 at position 4, and example 20, in the ragged rest, at position 0.
    convolution.x[4 * 21 + 3] = .infinity
    convolution.x[20] = .nan
    let found = convolution.results(instructionSets[0])
    for (index, y) in found.relu.enumerated() {
      let (t, n) = (index / 21 % 5, index % 21)
      let plain = found.plain[index]
      #expect(plain.isNaN == (n == 20 && t <= 1))
      #expect(plain.isInfinite == (n == 3 && t >= 3))
      #expect(y.isNaN == plain.isNaN)
    }
    for (index, dw) in found.dw.enumerated() {
      #expect(dw.isFinite == (index / 3 % 2 == 1))
    }
    let elsewhere = convolution.results("portable")
    #expect(elsewhere.dw.map(\.isNaN) == found.dw.map(\.isNaN))
  }
}
