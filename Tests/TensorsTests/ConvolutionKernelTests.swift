import CKernels
import Testing

/// A convolution of random tensors, by the kernels and as plain loops in `Double`.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  let shape: ck_convolution_shape
  var x, w, bias, dy: [Float]

  init(
    _ inputs: Int, _ length: Int, _ outputs: Int, kernel: Int, stride: Int, padding: Int, batch: Int
  ) {
    self.init(
      inputs, ck_plane(height: 1, width: length), outputs,
      kernel: ck_plane(height: 1, width: kernel), stride: ck_plane(height: 1, width: stride),
      padding: ck_plane(height: 0, width: padding), batch: batch)
  }

  init(
    _ inputs: Int, _ input: ck_plane, _ outputs: Int, kernel: ck_plane, stride: ck_plane,
    padding: ck_plane, batch: Int
  ) {
    func windows(_ length: Int, _ kernel: Int, _ stride: Int, _ padding: Int) -> Int {
      (length + 2 * padding - kernel) / stride + 1
    }
    shape = ck_convolution_shape(
      in_channels: inputs, out_channels: outputs, batch: batch, input: input,
      output: ck_plane(
        height: windows(input.height, kernel.height, stride.height, padding.height),
        width: windows(input.width, kernel.width, stride.width, padding.width)),
      kernel: kernel, stride: stride, padding: padding)
    var generator = SplitMix64(state: UInt64(input.width * 1000 + batch))
    func numbers(_ count: Int) -> [Float] {
      (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
    }
    x = numbers(inputs * input.height * input.width * batch)
    w = numbers(outputs * inputs * kernel.height * kernel.width)
    bias = numbers(outputs)
    dy = numbers(outputs * shape.output.height * shape.output.width * batch)
  }

  var testDescription: String {
    func text(_ plane: ck_plane) -> String { "\(plane.height)×\(plane.width)" }
    return
      "\(shape.in_channels)×\(text(shape.input)) → \(shape.out_channels)×\(text(shape.output)), "
      + "kernel \(text(shape.kernel)), stride \(text(shape.stride)), "
      + "padding \(text(shape.padding)), batch \(shape.batch)"
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
        for t in 0..<s.output.height {
          for u in 0..<s.output.width {
            for k in 0..<s.kernel.height {
              for l in 0..<s.kernel.width {
                let p = t * s.stride.height + k - s.padding.height
                let q = u * s.stride.width + l - s.padding.width
                guard (0..<s.input.height).contains(p), (0..<s.input.width).contains(q) else {
                  continue
                }
                let y = (o * s.output.height + t) * s.output.width + u
                let x = (i * s.input.height + p) * s.input.width + q
                let w = ((o * s.in_channels + i) * s.kernel.height + k) * s.kernel.width + l
                for n in 0..<s.batch { body(y * s.batch + n, x * s.batch + n, w) }
              }
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
    func plane(_ height: Int, _ width: Int) -> ck_plane { ck_plane(height: height, width: width) }
    for batch in [1, 7, 16, 31, 50] {
      cases.append(
        ConvolutionCase(
          3, plane(5, 7), 4, kernel: plane(3, 2), stride: plane(2, 1), padding: plane(1, 0),
          batch: batch))
      cases.append(
        ConvolutionCase(
          1, plane(6, 5), 7, kernel: plane(5, 3), stride: plane(1, 2), padding: plane(3, 4),
          batch: batch))
    }
    cases += [
      ConvolutionCase(
        2, plane(3, 1), 3, kernel: plane(1, 1), stride: plane(3, 1), padding: plane(0, 0), batch: 5),
      // Some outputs see nothing but padding.
      ConvolutionCase(
        2, plane(2, 3), 3, kernel: plane(1, 2), stride: plane(1, 1), padding: plane(2, 3), batch: 18
      ),
      ConvolutionCase(
        1, plane(28, 28), 25, kernel: plane(5, 5), stride: plane(2, 2), padding: plane(1, 1),
        batch: 100),
      ConvolutionCase(
        25, plane(7, 7), 25, kernel: plane(3, 3), stride: plane(2, 2), padding: plane(1, 1),
        batch: 100),
      ConvolutionCase(
        2, plane(4, 40), 3, kernel: plane(3, 3), stride: plane(1, 1), padding: plane(1, 1),
        batch: 200),
    ]
    for _ in 0..<30 {
      func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
      let kernel = plane(random(1...4), random(1...4))
      let padding = plane(random(0...2), random(0...2))
      cases.append(
        ConvolutionCase(
          random(1...9),
          plane(
            random(max(1, kernel.height - 2 * padding.height)...7),
            random(max(1, kernel.width - 2 * padding.width)...7)), random(1...9),
          kernel: kernel, stride: plane(random(1...3), random(1...3)), padding: padding,
          batch: random(1...60)))
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
    let output = convolution.shape.output
    let outputs = output.height * output.width * convolution.shape.batch
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
