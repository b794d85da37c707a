import MNIST1D
import ReferenceRandom
import Testing

@Suite("The stages of an example")
struct StagesTests {
  @Test("end in what the dataset is made of")
  func agreement() throws {
    var configuration = DatasetConfiguration()
    configuration.numSamples = 10
    configuration.trainSplit = 1
    let dataset = try Dataset(configuration)
    var random = NumPyRandomState(seed: UInt32(configuration.seed))
    let finished = (0..<10).map { digit in
      Transform.stages(of: Array(Templates.digits.x[digit]), configuration, using: &random).last!
    }
    // The dataset has centred and normalised all ten together.
    let values = finished.joined()
    let mean = values.reduce(0, +) / 400
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400).squareRoot()
    for (row, digit) in dataset.y.enumerated() {
      for (ours, theirs) in zip(finished[digit], dataset.x[row]) {
        #expect(abs((ours - mean) / deviation - theirs) < 1e-12)
      }
    }
  }

  @Test("are one signal each, of the lengths that the settings say")
  func lengths() {
    var configuration = DatasetConfiguration()
    (configuration.padding, configuration.finalSeqLength) = (4...4, 25)
    var random = NumPyRandomState(seed: 1)
    let stages = Transform.stages(of: [0, 1, 2], configuration, using: &random)
    #expect(stages.count == Transform.Stage.allCases.count)
    #expect(stages.map(\.count) == [3, 7, 16, 16, 16, 16, 16, 16, 25])
    #expect(stages[0] == [0, 1, 2])
  }
}
