import DataFormats
import NeuralNetworks
import Testing

@Suite("A training's state in a file")
struct TrainingStateTests {
  @Test("a state's series travel in double precision, and the numbers beside them")
  func series() throws {
    let values = [0.1, 1e300, -2.5]
    let state = TrainingState(
      tensors: [("w", .init([1, 2], shape: [2]))], numbers: ["step": "3"],
      series: [("losses", values), ("none", [])])
    let read = try TrainingState(decoding: state.encode())
    #expect(read.numbers == state.numbers && read.tensors.map { $0.name } == ["w"])
    #expect(read.series.first { $0.name == "losses" }?.values == values)
    #expect(read.series.first { $0.name == "none" }?.values == [])
    #expect(try read.encode() == state.encode())
  }
}
