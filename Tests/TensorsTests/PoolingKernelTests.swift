import CKernels
import Testing

/// Pooling of random tensors, by the kernels and window by window.
struct PoolingCase: Sendable, CustomTestStringConvertible {
  let shape: ck_pooling_shape
  var x, values, dy: [Float]

  init(_ channels: Int, _ length: Int, width: Int, stride: Int, batch: Int) {
    self.init(
      channels, ck_plane(height: 1, width: length), window: ck_plane(height: 1, width: width),
      stride: ck_plane(height: 1, width: stride), batch: batch)
  }

  init(_ channels: Int, _ input: ck_plane, window: ck_plane, stride: ck_plane, batch: Int) {
    shape = ck_pooling_shape(
      channels: channels, batch: batch, input: input,
      output: ck_plane(
        height: (input.height - window.height) / stride.height + 1,
        width: (input.width - window.width) / stride.width + 1), window: window, stride: stride)
    var generator = SplitMix64(state: UInt64(input.width * 1000 + batch))
    func numbers(_ count: Int) -> [Float] {
      (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
    }
    // Quarters, so that ties and windows of zeros occur.
    x = numbers(channels * input.height * input.width * batch).map {
      max(0, ($0 * 4).rounded() / 4)
    }
    values = numbers(x.count)
    dy = numbers(channels * shape.output.height * shape.output.width * batch)
  }

  var testDescription: String {
    func text(_ plane: ck_plane) -> String { "\(plane.height)×\(plane.width)" }
    return "\(shape.channels)×\(text(shape.input)), window \(text(shape.window)), "
      + "stride \(text(shape.stride)), batch \(shape.batch)"
  }

  func pooled(_ kind: ck_pooling, _ values: [Float], _ instructionSet: String) -> [Float] {
    var y = [Float](repeating: .nan, count: dy.count)
    ck_find(instructionSet).pointee.pool(Int32(kind.rawValue), shape, x, values, &y)
    return y
  }

  func unpooled(_ kind: ck_pooling, _ y: [Float], _ instructionSet: String) -> [Float] {
    var dx = [Float](repeating: .nan, count: x.count)
    ck_find(instructionSet).pointee.unpool(Int32(kind.rawValue), shape, x, y, dy, &dx)
    return dx
  }

  /// Calls `body` with each output's index and its window's indices.
  func forEachWindow(_ body: (_ y: Int, _ window: [Int]) -> Void) {
    let (input, output, window) = (shape.input, shape.output, shape.window)
    for c in 0..<shape.channels {
      for t in 0..<output.height {
        for u in 0..<output.width {
          for n in 0..<shape.batch {
            let places = (0..<window.height * window.width).map { place in
              let row = t * shape.stride.height + place / window.width
              let column = u * shape.stride.width + place % window.width
              return ((c * input.height + row) * input.width + column) * shape.batch + n
            }
            body(((c * output.height + t) * output.width + u) * shape.batch + n, places)
          }
        }
      }
    }
  }

  /// The first of a window's largest elements.
  func place(_ window: [Int]) -> Int {
    window.first { x[$0] == window.map { x[$0] }.max() }!
  }

  static let all: [PoolingCase] = [1, 15, 16, 17, 40].flatMap { batch in
    [
      PoolingCase(3, 8, width: 2, stride: 2, batch: batch),
      PoolingCase(2, 9, width: 3, stride: 2, batch: batch),
      PoolingCase(1, 7, width: 2, stride: 3, batch: batch),
      PoolingCase(2, 1, width: 1, stride: 1, batch: batch),
      PoolingCase(1, 5, width: 5, stride: 1, batch: batch),
      PoolingCase(
        2, ck_plane(height: 4, width: 6), window: ck_plane(height: 2, width: 2),
        stride: ck_plane(height: 2, width: 2), batch: batch),
      PoolingCase(
        2, ck_plane(height: 7, width: 5), window: ck_plane(height: 3, width: 2),
        stride: ck_plane(height: 2, width: 1), batch: batch),
      PoolingCase(
        1, ck_plane(height: 5, width: 1), window: ck_plane(height: 2, width: 1),
        stride: ck_plane(height: 3, width: 1), batch: batch),
    ]
  }
}

@Suite("Pooling kernels")
struct PoolingKernelTests {
  @Test("windows are reduced to what they are said to be", arguments: PoolingCase.all)
  func windows(_ pooling: PoolingCase) {
    let sums = pooling.pooled(CK_POOL_SUM, pooling.x, instructionSets[0])
    let averages = pooling.pooled(CK_POOL_AVERAGE, pooling.x, instructionSets[0])
    let maxima = pooling.pooled(CK_POOL_MAXIMUM, pooling.x, instructionSets[0])
    let picked = pooling.pooled(CK_POOL_MAXIMUM, pooling.values, instructionSets[0])
    let norms = pooling.pooled(CK_POOL_NORM, pooling.x, instructionSets[0])
    pooling.forEachWindow { y, window in
      // Quarters are summed exactly.
      let sum = window.reduce(0) { $0 + pooling.x[$1] }
      #expect(sums[y] == sum)
      #expect(averages[y] == sum / Float(window.count))
      #expect(maxima[y] == window.map { pooling.x[$0] }.max())
      #expect(picked[y] == pooling.values[pooling.place(window)])
      #expect(norms[y] == window.reduce(0) { $0 + pooling.x[$1] * pooling.x[$1] }.squareRoot())
    }
  }

  @Test("gradients go where the windows' elements came from", arguments: PoolingCase.all)
  func adjoints(_ pooling: PoolingCase) {
    let norms = pooling.pooled(CK_POOL_NORM, pooling.x, instructionSets[0])
    let zeros = [Float](repeating: 0, count: pooling.x.count)
    var (sum, average, maximum, norm) = (zeros, zeros, zeros, zeros)
    pooling.forEachWindow { y, window in
      for q in window {
        sum[q] += pooling.dy[y]
        average[q] += pooling.dy[y] / Float(window.count)
        norm[q] += norms[y] == 0 ? 0 : pooling.dy[y] / norms[y]
      }
      maximum[pooling.place(window)] += pooling.dy[y]
    }
    norm = zip(norm, pooling.x).map { $0 * $1 }
    #expect(pooling.unpooled(CK_POOL_SUM, norms, instructionSets[0]) == sum)
    #expect(pooling.unpooled(CK_POOL_AVERAGE, norms, instructionSets[0]) == average)
    #expect(pooling.unpooled(CK_POOL_MAXIMUM, norms, instructionSets[0]) == maximum)
    #expect(pooling.unpooled(CK_POOL_NORM, norms, instructionSets[0]) == norm)
  }

  @Test("every instruction set gives the same bits", arguments: PoolingCase.all)
  func sameBits(_ pooling: PoolingCase) {
    for kind in [CK_POOL_SUM, CK_POOL_AVERAGE, CK_POOL_MAXIMUM, CK_POOL_NORM] {
      let y = pooling.pooled(kind, pooling.x, instructionSets[0])
      let dx = pooling.unpooled(kind, y, instructionSets[0])
      for instructionSet in instructionSets.dropFirst() {
        let other = pooling.pooled(kind, pooling.x, instructionSet)
        #expect(other.map(\.bitPattern) == y.map(\.bitPattern), "\(instructionSet)")
        #expect(
          pooling.unpooled(kind, y, instructionSet).map(\.bitPattern) == dx.map(\.bitPattern),
          "\(instructionSet)")
      }
    }
  }

  @Test("a NaN is its window's maximum, the last one if there are several")
  func notANumber() {
    var pooling = PoolingCase(1, 3, width: 3, stride: 1, batch: 1)
    pooling.dy = [5]
    for (x, place) in [
      ([.nan, 1, 2], 0), ([1, .nan, 2], 1), ([.nan, .nan, 2], 1), ([1, .nan, .nan], 2),
    ] as [([Float], Int)] {
      pooling.x = x
      #expect(pooling.pooled(CK_POOL_MAXIMUM, x, instructionSets[0])[0].isNaN)
      let dx = pooling.unpooled(CK_POOL_MAXIMUM, [.nan], instructionSets[0])
      #expect(dx == (0..<3).map { $0 == place ? 5 : 0 })
    }
  }
}
