import Figures
import MNIST1D
import Studies
import Testing

@Suite("The dataset in pictures")
struct DatasetFigureTests {
  @Test("has a row for each transformation and a column for each digit")
  func grid() throws {
    let figure = try Figure.dataset(DatasetConfiguration())
    #expect(figure.columns == 10)
    #expect(figure.rowTitles.count == DatasetStage.allCases.count)
    #expect(DatasetStage.allCases.count == Transform.Stage.allCases.count + 1)
    #expect(figure.panels.count == 10 * figure.rowTitles.count)
    let templates = figure.panels.prefix(10).map(\.marks)
    for (digit, marks) in templates.enumerated() {
      guard case .line(let line) = marks[0] else { return #expect(Bool(false)) }
      #expect(line.x == Array(Templates.digits.x[digit]))
      #expect(line.color == .series(digit))
    }
  }

  private func signal(_ panel: Panel, isLying: Bool = false) -> [Double] {
    guard case .line(let line) = panel.marks[0] else { return [] }
    return isLying ? line.y : line.x
  }

  @Test("follows one example through all rows into the dataset", arguments: [false, true])
  func journey(shuffled: Bool) throws {
    var configuration = DatasetConfiguration(numSamples: 50)
    configuration.shuffleSeq = shuffled
    let dataset = try Dataset(configuration)
    let figure = try Figure.dataset(configuration)
    let rows = figure.panels.suffix(20).map { signal($0) }
    for digit in 0...9 {
      let (before, after) = (rows[digit], rows[10 + digit])
      let examples =
        dataset.y.indices.filter { dataset.y[$0] == digit }.map { Array(dataset.x[$0]) }
        + dataset.yTest.indices.filter { dataset.yTest[$0] == digit }
        .map { Array(dataset.xTest[$0]) }
      #expect(examples.contains(after), "\(digit)")
      // Nothing but a scale, a shift and the order of the columns lies between.
      let (one, other) = (before.sorted(), after.sorted())
      let slope = (other[39] - other[0]) / (one[39] - one[0])
      for index in one.indices {
        #expect(abs(other[index] - other[0] - slope * (one[index] - one[0])) < 1e-9)
      }
    }
  }

  @Test("draws templates on their own scale")
  func scales() throws {
    let figure = try Figure.dataset(DatasetConfiguration(numSamples: 100))
    let templates = Templates.digits.x.values
    #expect(figure.panels[3].x.minimum == templates.min())
    #expect(figure.panels[3].x.maximum == templates.max())
    #expect(figure.panels[43].x.minimum != templates.min())
  }

  @Test("has a landscape form, and shows the digits and the steps that are asked for")
  func forms() throws {
    let landscape = try Figure.dataset(DatasetConfiguration(numSamples: 100), layout: .landscape)
    #expect(landscape.columns == DatasetStage.allCases.count && landscape.panels.count == 100)
    let composition = Composition(landscape)
    #expect(landscape.width > 1.4 * composition.height)
    #expect(signal(landscape.panels[30], isLying: true) == Array(Templates.digits.x[3]))
    let part = try Figure.dataset(
      DatasetConfiguration(numSamples: 100), digits: [8, 3], steps: [.template, .noisy, .finished])
    #expect(part.panels.count == 6 && part.columns == 2 && part.rowTitles.count == 3)
    #expect(signal(part.panels[0]) == Array(Templates.digits.x[8]))
    guard case .line(let line) = part.panels[1].marks[0] else { return #expect(Bool(false)) }
    #expect(line.color == .series(3))
  }

  @Test("follows every setting")
  func settings() throws {
    let plain = try Figure.dataset(DatasetConfiguration(numSamples: 100))
    for change: (inout DatasetConfiguration) -> Void in [
      { $0.padding = 10...20 }, { $0.scaleCoeff = 2 }, { $0.maxTranslation = 1 },
      { $0.corrNoiseScale = 0 }, { $0.iidNoiseScale = 1 }, { $0.shearScale = 3 },
      { $0.shuffleSeq = true }, { $0.finalSeqLength = 90 }, { $0.seed = 1 },
    ] {
      var configuration = DatasetConfiguration(numSamples: 100)
      change(&configuration)
      #expect(try Figure.dataset(configuration) != plain)
    }
    #expect(throws: ConfigurationError.self) {
      try Figure.dataset(DatasetConfiguration(numSamples: 1))
    }
  }
}
