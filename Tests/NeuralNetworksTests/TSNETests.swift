import Fixtures
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

@Suite("t-SNE")
struct TSNETests {
  private struct Golden: Decodable {
    struct Map: Decodable {
      let perplexity, divergence: Double
      let affinities, start: [Float]
    }
    let tsne: Map
  }

  /// The points of the golden file.
  private func signals(_ count: Int = 60) throws -> Tensor {
    let dataset = try Dataset(DatasetConfiguration())
    return Examples(dataset.xTest, dataset.yTest)[0..<count].inputs
  }

  private func golden() throws -> Golden.Map {
    try Fixture.json("embedding.json", as: Golden.self).tsne
  }

  @Test("affinities are scikit-learn's to 1e-4 of each, symmetric, with the sum 1")
  func affinities() throws {
    let golden = try golden()
    var settings = TSNE()
    settings.perplexity = golden.perplexity
    let affinities = settings.affinities(of: try signals()).elements
    var pairs = golden.affinities.makeIterator()
    for i in 0..<60 {
      #expect(affinities[i * 60 + i] == 0)
      for j in i + 1..<60 {
        let (value, expected) = (affinities[i * 60 + j], pairs.next() ?? .nan)
        #expect(value == affinities[j * 60 + i])
        #expect(abs(value - expected) <= 1e-4 * expected + 1e-9, "\(i), \(j)")
      }
    }
    #expect(abs(affinities.reduce(0, +) - 1) < 1e-5)
  }

  @Test("the descent ends at scikit-learn's divergence from the same start")
  func divergence() throws {
    let golden = try golden()
    var settings = TSNE()
    settings.perplexity = golden.perplexity
    let map = settings.embedding(of: try signals(), from: Tensor(golden.start, shape: [60, 2]))
    #expect(map.positions.shape == [60, 2])
    #expect(abs(map.divergence - golden.divergence) <= 0.05 * golden.divergence)
  }

  @Test("clusters far apart stay apart, each in one piece")
  func clusters() {
    var generator = TorchGenerator(seed: 1)
    let centers: [Float] = [0, 30, 60]
    let points = (0..<90).flatMap { row in
      generator.normal(count: 5).map { $0 + centers[row % 3] }
    }
    var settings = TSNE()
    settings.perplexity = 10
    settings.steps = 250
    let map = settings.embedding(of: Tensor(points, shape: [90, 5])).positions.elements
    for row in 0..<90 {
      let nearest = (0..<90).filter { $0 != row }.min { a, b in
        distance(map, row, a) < distance(map, row, b)
      }
      #expect(nearest.map { $0 % 3 } == row % 3)
    }
  }

  private func distance(_ map: [Float], _ a: Int, _ b: Int) -> Float {
    let (x, y) = (map[2 * a] - map[2 * b], map[2 * a + 1] - map[2 * b + 1])
    return x * x + y * y
  }

  @Test("every set of kernels and any number of threads give the same bits")
  func sameBits() throws {
    // Enough points for more than one chunk of them.
    let points = try signals(500)
    var settings = TSNE()
    settings.exaggeratedSteps = 5
    settings.steps = 5
    let expected = settings.embedding(of: points).positions.elements.map(\.bitPattern)
    let usual = Kernels.current
    defer { Kernels.select(usual) }
    for kernels in Kernels.available {
      Kernels.select(kernels)
      let positions = settings.embedding(of: points).positions.elements
      #expect(positions.map(\.bitPattern) == expected, "\(kernels)")
    }
    let threaded = Kernels.withThreads(3) { settings.embedding(of: points).positions.elements }
    #expect(threaded.map(\.bitPattern) == expected)
  }

  @Test("equal points, and points of one dimension, have finite places")
  func degenerate() {
    var settings = TSNE()
    settings.perplexity = 3
    settings.exaggeratedSteps = 10
    settings.steps = 10
    for points in [Tensor.ones([10, 4]), Tensor((0..<10).map(Float.init), shape: [10, 1])] {
      let map = settings.embedding(of: points)
      #expect(map.positions.elements.allSatisfy { $0.isFinite } && map.divergence.isFinite)
    }
  }

  @Test("what is thrown after a step ends the descent")
  func interruption() throws {
    struct Interruption: Error {}
    var steps = 0
    #expect(throws: Interruption.self) {
      _ = try TSNE().embedding(of: signals()) { (step) throws(Interruption) in
        steps += 1
        if step == 2 { throw Interruption() }
      }
    }
    #expect(steps == 3)
  }
}
