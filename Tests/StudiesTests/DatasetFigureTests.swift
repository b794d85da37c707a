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
    #expect(figure.rowTitles.count == Transform.Stage.allCases.count + 1)
    #expect(figure.panels.count == 10 * figure.rowTitles.count)
    let templates = figure.panels.prefix(10).map(\.marks)
    for (digit, marks) in templates.enumerated() {
      guard case .line(let line) = marks[0] else { return #expect(Bool(false)) }
      #expect(line.x == Array(Templates.digits.x[digit]))
      #expect(line.color == .series(digit))
    }
  }

  @Test("follows every setting")
  func settings() throws {
    let plain = try Figure.dataset(DatasetConfiguration())
    for change: (inout DatasetConfiguration) -> Void in [
      { $0.padding = 10...20 }, { $0.scaleCoeff = 2 }, { $0.maxTranslation = 1 },
      { $0.corrNoiseScale = 0 }, { $0.iidNoiseScale = 1 }, { $0.shearScale = 3 },
      { $0.shuffleSeq = true }, { $0.finalSeqLength = 90 }, { $0.seed = 1 },
    ] {
      var configuration = DatasetConfiguration()
      change(&configuration)
      #expect(try Figure.dataset(configuration) != plain)
    }
    #expect(throws: ConfigurationError.self) {
      try Figure.dataset(DatasetConfiguration(numSamples: 1))
    }
  }
}
