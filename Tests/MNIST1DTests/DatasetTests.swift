import Fixtures
import MNIST1D
import ReferenceRandom
import Testing

@Suite("The dataset")
struct DatasetTests {
  @Test("every field equals the reference implementation's, for many settings")
  func goldenConfigurations() throws {
    let golden = try GoldenDatasets.load()
    #expect(golden.configurations.count > 40)
    for entry in golden.configurations {
      try expect(Dataset(entry.configuration), equals: entry)
    }
  }

  @Test("own templates make the dataset that they make in the reference implementation")
  func ownTemplates() throws {
    let waves = try Templates(
      x: Signals(values: [0, 1, 0, -1, 0.5, 0.25, 0, 0, 3, -2, 1, 1, 1, 1, 1], length: 5),
      t: [-2, -1, 0, 1.5, 2], y: [5, 0, 7])
    let golden = try GoldenDatasets.load().waves
    try expect(Dataset(golden.configuration, templates: waves), equals: golden)
  }

  private func expect(_ dataset: Dataset, equals golden: GoldenDataset) {
    let label = "\(golden.configuration)"
    #expect(SHA256.digest(dataset.y) == golden.sha256["y"], "\(label)")
    #expect(SHA256.digest(dataset.yTest) == golden.sha256["y_test"], "\(label)")
    #expect(SHA256.digest(dataset.x.floats) == golden.sha256_float32["x"], "\(label)")
    #expect(SHA256.digest(dataset.xTest.floats) == golden.sha256_float32["x_test"], "\(label)")
    #expect(SHA256.digest(dataset.t.map(Float.init)) == golden.sha256_float32["t"], "\(label)")
    for (value, reference) in zip(dataset.x.values + dataset.xTest.values, golden.first) {
      #expect(abs(value - reference) < 1e-14, "\(label)")
    }
    #expect(SHA256.digest(dataset.x.values) == golden.sha256["x"], "\(label)")
    #expect(SHA256.digest(dataset.xTest.values) == golden.sha256["x_test"], "\(label)")
    #expect(SHA256.digest(dataset.t) == golden.sha256["t"], "\(label)")
    #expect(dataset.configuration == golden.configuration)
  }

  @Test("the default dataset, in single precision, is the authors' frozen file")
  func frozenFile() throws {
    let dataset = try Dataset()
    #expect(
      SHA256.digest(dataset.x.floats)
        == "d53506bddd12d3b72c7153b1ae7f34807724b1dd078a7273809bf9d0792319f6")
    #expect(
      SHA256.digest(dataset.xTest.floats)
        == "30addc43827c82aafa5db8bc97cea63349ca687e87db2f201cc4f5415d9a4ebd")
    #expect(
      SHA256.digest(dataset.t.map(Float.init))
        == "0352efd10cd28e71a0f722fade89db2c326ee004a7dcf8c9704a5adaf0bad6c8")
    #expect(
      SHA256.digest(dataset.y)
        == "d97dc7aecec8ad6b5d8f143ba3e9c4bd7e25c420d7dfc2eb990591cfc0ed3e15")
    #expect(
      SHA256.digest(dataset.yTest)
        == "8de99be3ff9dab15ae0dc072c3d6ced7cf6b33d365888ce4a386fc944489452c")
    #expect(dataset.x.count == 4000 && dataset.xTest.count == 1000 && dataset.length == 40)
  }

  @Test("an example is its template put through the transformations in order")
  func composition() throws {
    let settings = DatasetConfiguration(numSamples: 60, trainSplit: 1, seed: 3)
    var random = NumPyRandomState(seed: 3)
    var examples: [[Double]] = []
    for label in 0..<10 {
      for _ in 0..<6 {
        let template = Templates.digits.x[label].map { $0 + 1e-8 }
        var signal = Transform.pad(template, with: settings.padding, using: &random)
        signal = Transform.interpolate(signal, to: 72)
        signal = Transform.scale(signal, by: settings.scaleCoeff, using: &random)
        signal = Transform.translate(signal, upTo: settings.maxTranslation, using: &random)
        let noise = Transform.correlatedNoise(
          count: 72, scale: settings.corrNoiseScale, using: &random)
        signal = Transform.fillZeros(of: signal, with: noise)
        let white = Transform.whiteNoise(
          count: 72, scale: settings.iidNoiseScale, using: &random)
        signal = zip(signal, white).map(+)
        signal = Transform.shear(signal, by: settings.shearScale, using: &random)
        examples.append(Transform.interpolate(signal, to: 40))
      }
    }
    let order = random.permutation(60)
    let dataset = try Dataset(settings)
    let all = order.flatMap { examples[$0] }
    let mean = all.reduce(0, +) / 2400
    let deviation = (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2400).squareRoot()
    for (value, raw) in zip(dataset.x.values, all) {
      #expect(abs(value - (raw - mean) / deviation) < 1e-12)
    }
    #expect(dataset.y == order.map { $0 / 6 })
  }

  @Test("permuting columns moves every signal's points and keeps labels and positions")
  func permutedColumns() throws {
    let dataset = try Dataset(DatasetConfiguration(numSamples: 50))
    let order = NumPyRandomState.order40
    let permuted = dataset.permutingColumns(order)
    for row in 0..<dataset.x.count {
      #expect(Array(permuted.x[row]) == order.map { Array(dataset.x[row])[$0] })
    }
    #expect(Array(permuted.xTest[9]) == order.map { Array(dataset.xTest[9])[$0] })
    #expect(permuted.y == dataset.y && permuted.yTest == dataset.yTest)
    #expect(permuted.t == dataset.t)
    #expect(permuted.configuration == nil)
    #expect(permuted.permutingColumns(inverse(of: order)).x == dataset.x)
  }

  private func inverse(of order: [Int]) -> [Int] {
    var inverse = order
    for (index, source) in order.enumerated() { inverse[source] = index }
    return inverse
  }

  @Test("parts that do not fit together are refused with the reason")
  func parts() throws {
    let x = Signals(values: [1, 2, 3, 4, 5, 6], length: 3)
    let wide = Signals(values: [1, 2, 3, 4], length: 4)
    func error(y: [Int], xTest: Signals, yTest: [Int], t: [Double]) -> DatasetError? {
      do throws(DatasetError) {
        _ = try Dataset(x: x, y: y, xTest: xTest, yTest: yTest, t: t)
        return nil
      } catch { return error }
    }
    #expect(error(y: [1, 2], xTest: x, yTest: [0, 1], t: [0, 1, 2]) == nil)
    #expect(
      error(y: [1], xTest: x, yTest: [0, 1], t: [0, 1, 2]) == .labels("y", 1, signals: "x", 2))
    #expect(
      error(y: [1, 2], xTest: x, yTest: [], t: [0, 1, 2])
        == .labels("y_test", 0, signals: "x_test", 2))
    #expect(
      error(y: [1, 2], xTest: wide, yTest: [1], t: [0, 1, 2]) == .length("x_test", 4, x: 3))
    #expect(error(y: [1, 2], xTest: x, yTest: [0, 1], t: [0]) == .length("t", 1, x: 3))
    #expect(
      DatasetError.length("t", 1, x: 3).description
        == "t must have 3 points per signal, as x has, but has 1.")
  }
}

extension NumPyRandomState {
  /// The order in which the studies of spatial priors permute columns.
  fileprivate static var order40: [Int] {
    var random = NumPyRandomState(seed: 42)
    return random.permutation(40)
  }
}
