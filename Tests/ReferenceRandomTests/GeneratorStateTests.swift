import ReferenceRandom
import Testing

@Suite("The state of a generator")
struct GeneratorStateTests {
  @Test("a restored generator goes on with the same bits, cached normal included")
  func restored() throws {
    var torch = TorchGenerator(seed: 9)
    _ = torch.normal(count: 3)
    var restoredTorch = try TorchGenerator(state: torch.state)
    #expect(torch.state.cachedNormal != nil)
    #expect(restoredTorch.normal(count: 5) == torch.normal(count: 5))
    #expect(restoredTorch == torch)

    var numpy = NumPyRandomState(seed: 9)
    _ = numpy.standardNormal()
    var restoredNumPy = try NumPyRandomState(state: numpy.state)
    #expect(numpy.state.cachedNormal != nil)
    #expect(restoredNumPy.standardNormal() == numpy.standardNormal())
    #expect(restoredNumPy.permutation(1000) == numpy.permutation(1000))
    #expect(restoredNumPy == numpy)

    var engine = MersenneTwister(seed: 5489)
    for _ in 0..<9999 { _ = engine.nextWord() }
    var restoredEngine = try MersenneTwister(state: engine.state)
    // The 10,000th word that the C++ standard prescribes for `std::mt19937`.
    #expect(engine.nextWord() == 4_123_659_995)
    #expect(restoredEngine.nextWord() == 4_123_659_995)
  }

  @Test("a state that no generator can have is refused with the reason")
  func refused() {
    let valid = TorchGenerator(seed: 0).state
    func error(_ change: (inout GeneratorState) -> Void) -> GeneratorStateError? {
      var state = valid
      change(&state)
      do throws(GeneratorStateError) {
        _ = try TorchGenerator(state: state)
        return nil
      } catch { return error }
    }
    #expect(error { _ in } == nil)
    #expect(error { $0.words.removeLast() } == .wordCount(623))
    #expect(error { $0.words = [] } == .wordCount(0))
    #expect(error { $0.position = -1 } == .position(-1))
    #expect(error { $0.position = 625 } == .position(625))
    #expect(error { $0.words = [UInt32](repeating: 0, count: 624) } == .zeroWords)
    #expect(error { $0.cachedNormal = .infinity } == .cachedNormal(.infinity))
    #expect(
      GeneratorStateError.wordCount(623).description
        == "A generator's state has 624 words, but this one has 623.")
  }
}
