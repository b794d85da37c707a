import CKernels
import Tensors
import Testing

/// Gradients that are sums over more positions, steps or examples than are added one after the other.
@Suite("Gradients over many positions, steps and examples")
struct LongGradientTests {
  private static func wave(_ place: Int) -> Float {
    Float((place &* 2_654_435_761) >> 7 & 0xffff) / 65536 + 0.1
  }

  private func weightGradient(
    _ x: Tensor, _ dy: Tensor, kernel: Int, stride: Int, padding: Int
  ) -> Tensor {
    gradient(at: Tensor.zeros([dy.shape[0], x.shape[0], kernel])) {
      (convolution1D(x, weight: $0, stride: stride, padding: padding, layout: .batchLast) * dy)
        .sum()
    }
  }

  @Test(
    "of a convolution's weights are near double precision, and the same on any number of threads",
    arguments: [
      // channels, length, outputs, kernel, stride, padding, batch
      [1, 40, 2, 5, 1, 2, 4000], [3, 20, 9, 3, 2, 1, 9001], [2, 5000, 2, 3, 1, 1, 3],
      [2, 9999, 1, 4, 3, 0, 17], [1, 6000, 2, 5, 1, 4, 40], [2, 70_000, 2, 2, 2, 1, 1],
    ])
  func convolution(_ e: [Int]) {
    let (channels, length, outputs, kernel) = (e[0], e[1], e[2], e[3])
    let (stride, padding, batch) = (e[4], e[5], e[6])
    let positions = (length + 2 * padding - kernel) / stride + 1
    let x = Tensor(
      (0..<channels * length * batch).map { Self.wave($0) }, shape: [channels, length, batch])
    let dy = Tensor(
      (0..<outputs * positions * batch).map { Self.wave(3 * $0 + 1) },
      shape: [outputs, positions, batch])
    let found = [1, 2, 4].map { threads in
      Kernels.withThreads(threads) {
        weightGradient(x, dy, kernel: kernel, stride: stride, padding: padding).elements
      }
    }
    #expect(Set(found).count == 1)
    let (a, b) = (x.elements, dy.elements)
    for o in 0..<outputs {
      for i in 0..<channels {
        for k in 0..<kernel {
          var exact = 0.0
          for t in 0..<positions {
            let place = t * stride + k - padding
            guard place >= 0 && place < length else { continue }
            let (u, v) = ((o * positions + t) * batch, (i * length + place) * batch)
            for n in 0..<batch { exact += Double(b[u + n]) * Double(a[v + n]) }
          }
          let ours = Double(found[0][(o * channels + i) * kernel + k])
          #expect(Swift.abs(ours - exact) <= 4120 * 0x1p-24 * exact, "weight \(o), \(i), \(k)")
        }
      }
    }
  }

  @Test("of a convolution's weights count 20,000,000 ones")
  func ones() {
    let x = Tensor(1).broadcast(to: [1, 20, 1_000_000])
    #expect(weightGradient(x, x, kernel: 1, stride: 1, padding: 0).scalar == 20_000_000)
    let wide = Tensor(1).broadcast(to: [1, 20_000_000, 1])
    #expect(weightGradient(wide, wide, kernel: 1, stride: 1, padding: 0).scalar == 20_000_000)
  }

  private func slopes(_ x: Tensor, _ parameters: [Tensor], _ upstream: Tensor) -> [Tensor] {
    gradient(at: parameters) { p in
      let unit = GRUParameters(weightIH: p[0], weightHH: p[1], biasIH: p[2], biasHH: p[3])
      let other = GRUParameters(weightIH: p[1], weightHH: p[0], biasIH: p[3], biasHH: p[2])
      return (gru(x, forward: unit, reverse: other, layout: .batchLast) * upstream).sum()
    }
  }

  @Test(
    "of a recurrence are the sum of those of its examples, and the same on all kernels",
    arguments: [[40, 1700], [41, 3217], [5000, 3], [4097, 18]])
  func recurrence(_ e: [Int]) throws {
    let (time, batch) = (e[0], e[1])
    let x = Tensor(
      (0..<time * 2 * batch).map { Self.wave($0) - 0.3 }, shape: [time, 2, batch])
    let upstream = Tensor(
      (0..<time * 4 * batch).map { Self.wave(5 * $0) }, shape: [time, 4, batch])
    let parameters = [
      Tensor((0..<12).map { Self.wave($0 + 9) - 0.6 }, shape: [6, 2]),
      Tensor((0..<12).map { Self.wave($0 + 77) - 0.6 }, shape: [6, 2]),
      Tensor((0..<6).map { Self.wave($0 + 3) - 0.6 }),
      Tensor((0..<6).map { Self.wave($0 + 5) - 0.6 }),
    ]
    let found = slopes(x, parameters, upstream)
    #expect(
      [2, 4].allSatisfy { threads in
        Kernels.withThreads(threads) { slopes(x, parameters, upstream) } == found
      })
    // Examples by sixteens, whose sums are short, and which are added in double precision.
    var sums = found.map { [Double](repeating: 0, count: $0.count) }
    var sizes = sums
    for start in stride(from: 0, to: batch, by: 16) {
      let range = start..<Swift.min(start + 16, batch)
      let part = slopes(
        x.sliced(range, along: 2), parameters, upstream.sliced(range, along: 2))
      for (index, tensor) in part.enumerated() {
        for (place, element) in tensor.elements.enumerated() {
          sums[index][place] += Double(element)
          sizes[index][place] += Double(Swift.abs(element))
        }
      }
    }
    for (index, tensor) in found.enumerated() {
      let largest = sizes[index].max() ?? 0
      for (place, ours) in tensor.elements.enumerated() {
        #expect(Swift.abs(Double(ours) - sums[index][place]) <= 5e-6 * largest)
      }
    }
    let results = try Kernels.available.map { name in
      try kernelSlopes(
        try #require(ck_find(name)).pointee, time, batch, x, parameters, upstream)
    }
    #expect(Set(results).count == 1)
  }

  /// The gradients of one direction, from one set of kernels.
  private func kernelSlopes(
    _ table: ck_table, _ time: Int, _ batch: Int, _ x: Tensor, _ p: [Tensor], _ upstream: Tensor
  ) throws -> [UInt32] {
    let shape = ck_gru_shape(time: time, inputs: 2, hidden: 2, batch: batch)
    // Each tensor has sixteen floats: what goes in, and behind that what comes out.
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: 128)
    defer { memory.deallocate() }
    memory.initialize(repeating: 0, count: 128)
    for (index, tensor) in p.enumerated() {
      for (place, element) in tensor.elements.enumerated() { memory[16 * index + place] = element }
    }
    func parameters(_ start: UnsafeMutablePointer<Float>) -> ck_gru_parameters {
      ck_gru_parameters(
        weight_ih: start, weight_hh: start + 16, bias_ih: start + 32, bias_hh: start + 48)
    }
    let (forward, gradient) = (parameters(memory), parameters(memory + 64))
    let none = ck_gru_parameters()
    let saved = 4 * time * 2 * ((batch + 15) / 16 * 16)
    var y = [Float](repeating: 0, count: time * 2 * batch)
    var kept = [Float](repeating: 0, count: saved)
    let up = Array(upstream.elements.prefix(time * 2 * batch))
    table.gru_forward(shape, forward, none, x.elements, nil, &y, &kept)
    table.gru_backward(
      shape, forward, none, x.elements, nil, y, kept, up, nil, nil, gradient, none)
    return (64..<128).map { memory[$0].bitPattern }
  }

  @Test("of windows: averages and norms of many positions, on all kernels")
  func windows() throws {
    let length = 100_000
    let x = Tensor((0..<length * 3).map { Self.wave($0) }, shape: [1, length, 3])
    var (sums, squares) = ([0.0, 0, 0], [0.0, 0, 0])
    for (place, element) in x.elements.enumerated() {
      sums[place % 3] += Double(element)
      squares[place % 3] += Double(element) * Double(element)
    }
    let average = pooling1D(x, .average, width: length, layout: .batchLast).elements
    let norm = pooling1D(x, .l2, width: length, layout: .batchLast).elements
    for n in 0..<3 {
      #expect(Swift.abs(Double(average[n]) / (sums[n] / Double(length)) - 1) <= 3e-6)
      #expect(Swift.abs(Double(norm[n]) / squares[n].squareRoot() - 1) <= 3e-6)
    }
    let ones = Tensor(1).broadcast(to: [1, 20_000_000, 1])
    #expect(pooling1D(ones, .average, width: 20_000_000, layout: .batchLast).elements == [1])
    let (line, one) = (ck_plane(height: 1, width: length), ck_plane(height: 1, width: 1))
    let shape = ck_pooling_shape(
      channels: 1, batch: 3, input: line, output: one, window: line, stride: one)
    let results = try Kernels.available.map { name -> [UInt32] in
      let table = try #require(ck_find(name)).pointee
      var (first, second) = ([Float](repeating: 0, count: 3), [Float](repeating: 0, count: 3))
      table.pool(Int32(CK_POOL_AVERAGE.rawValue), shape, x.elements, x.elements, &first)
      table.pool(Int32(CK_POOL_NORM.rawValue), shape, x.elements, x.elements, &second)
      return (first + second).map(\.bitPattern)
    }
    #expect(Set(results).count == 1)
  }

  @Test("of learned units whose elements are all alike, and so lie in one panel")
  func units() {
    let count = 2_000_000
    let x = Tensor(0.1).broadcast(to: [count])
    let slope = gradient(at: Tensor([0.5, 0.25])) {
      tanhUnits(x, factors: Tensor([1, 2]), offsets: Tensor([0, 0.1]), weights: $0).sum()
    }
    for (ours, value) in zip(slope.elements, tanh(Tensor([0.1, 0.3])).elements) {
      let exact = Double(value) * Double(count)
      #expect(Swift.abs(Double(ours) - exact) <= 0x1p-10 * exact)
    }
  }

  @Test(
    "and sums along any axis of any extents are near double precision",
    arguments: [0, 1, 2])
  func axes(_ axis: Int) {
    for long in [4095, 4096, 4097, 8191, 12_345] {
      for (first, second) in [(1, 1), (1, 2), (3, 15), (2, 16), (1, 17), (2, 33)] {
        var extents = [first, second]
        extents.insert(long, at: axis)
        let x = Tensor(
          (0..<long * first * second).map { Self.wave($0) }, shape: Shape(extents))
        let inner = extents[(axis + 1)...].reduce(1, *)
        var exact = [Double](repeating: 0, count: first * second)
        for (place, element) in x.elements.enumerated() {
          exact[place / (inner * long) * inner + place % inner] += Double(element)
        }
        let sums = x.sum(along: axis).elements
        #expect(
          zip(sums, exact).allSatisfy { Swift.abs(Double($0) - $1) <= 4100 * 0x1p-24 * $1 },
          "\(extents) along \(axis)")
      }
    }
  }
}
