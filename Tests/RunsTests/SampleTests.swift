import Figures
import Runs
import Testing

@Suite("A sample")
struct SampleTests {
  @Test("has the mean, the sample standard deviation and the standard error of its values")
  func moments() throws {
    let sample = try #require(Sample([1, 2, 3, 6]))
    #expect(sample.mean == 3)
    #expect(sample.deviation == (14.0 / 3).squareRoot())
    #expect(sample.error == (14.0 / 3).squareRoot() / 2)
    #expect(Spread.deviation(sample) == sample.deviation && Spread.error(sample) == sample.error)
    #expect(sample.shown() == "3.0 ± 2.2" && sample.shown(2) == "3.00 ± 2.16")
  }

  @Test("of one value has no spread; there is none without a value")
  func few() {
    let one = Sample(-2)
    #expect(one.mean == -2 && one.deviation == 0 && one.error == 0)
    #expect(one.shown() == "−2.0" && Sample([]) == nil)
  }

  @Test("is subtracted seed by seed, for the seeds that both have")
  func pairs() {
    let one = Sample([10, 20, 40], seeds: [7, 8, 9])
    let two = Sample([1, 2, 3], seeds: [9, 5, 7])
    #expect(one - two == Sample([7, 39], seeds: [7, 9]))
    #expect((one - Sample([1], seeds: [1])) == nil && (one - nil) == nil && (nil - one) == nil)
    #expect(one?[8] == 20 && one?[1] == nil)
  }

  @Test("makes a line with a band, and bars with error bars")
  func marks() throws {
    let curve = SampleCurve(x: [0, 1, 2], [Sample([1, 3]), nil, Sample(5)])
    #expect(curve.x == [0, 2] && curve.means == [2, 5])
    let deviation = 2.0.squareRoot()
    #expect(
      Line("a", curve, color: .muted, dash: .dotted, marker: .square)
        == Line(
          "a", x: [0, 2], y: [2, 5], band: Band(around: [2, 5], by: [deviation, 0]), color: .muted,
          dash: .dotted, marker: .square))
    let learning = try #require(SampleCurve(x: [0, 250], [[1, 10], [3, 30]]))
    #expect(learning.samples == [Sample([1, 3]), Sample([10, 30])])
    #expect(SampleCurve(x: [0], [[Double]]()) == nil)
    #expect(
      Bars("b", learning.samples, errors: .error)
        == Bars("b", values: [2, 20], errors: learning.samples.map(\.error)))
  }

  @Test("is taken from the trials that are asked for, over their seeds")
  func results() throws {
    func result(_ size: Int, _ seed: Int, _ score: Double) -> TrialResult<Toy> {
      TrialResult(
        trial: .init(size: size, seed: seed),
        measurement: .init(score: score, curve: [Float(score), Float(2 * score)], lowest: 0))
    }
    let results = Results<Toy>(
      .init(), [result(1, 42, 3), result(1, 43, 5), result(2, 42, 8)])
    #expect(results.sample(where: { $0.size == 1 }, \.score) == Sample([3, 5], seeds: [42, 43]))
    #expect(results.sample { $0.score > 4 ? $0.score : nil } == Sample([5, 8], seeds: [43, 42]))
    #expect(results.sample(where: { $0.size == 3 }, \.score) == nil)
    #expect(results[.init(size: 2, seed: 42)]?.score == 8)
    #expect(results[.init(size: 2, seed: 43)] == nil)
    let curve = results.curve(where: { $0.size == 1 }) { ([0, 5], $0.curve.map(Double.init)) }
    #expect(curve?.x == [0, 5] && curve?.means == [4, 8])
    #expect(results.curve(where: { $0.size == 3 }) { ([0], $0.curve.map(Double.init)) } == nil)
  }

  @Test("makes a claim with its mean and spread, which a tolerance or a condition decides")
  func claims() {
    let sample = Sample([9, 11])
    func within(_ tolerance: Double) -> Claim? {
      Claim("a", "A.", reported: 12, measured: sample, within: tolerance, decimals: 2)
    }
    let spread = 2.0.squareRoot()
    #expect(
      within(2)
        == Claim("a", "A.", reported: 12, measured: 10, spread: spread, decimals: 2, holds: true))
    #expect(within(1.9)?.verdict == .fails)
    #expect(Claim("a", "A.", reported: nil as Double?, measured: sample, within: 1) == nil)
    #expect(Claim("a", "A.", reported: 12, measured: nil, within: 1) == nil)
    #expect(Claim("a", "A.", measured: sample) { $0.mean > 9 }?.verdict == .holds)
    #expect(Claim("a", "A.", measured: sample) { _ in nil }?.verdict == .untested)
    #expect(Claim("a", "A.", measured: nil) { _ in true } == nil)
  }

  @Test(
    "has the interval of its mean that SciPy gives, from three values on",
    arguments: [
      (2, 4.302652729749462), (3, 3.1824463052837078), (4, 2.7764451051977934),
      (9, 2.262157162798205), (100, 1.9839715185235518),
    ])
  func interval(degreesOfFreedom: Int, bound: Double) throws {
    let values = (0...degreesOfFreedom).map { Double($0 * $0 % 7) }
    let sample = try #require(Sample(values))
    let interval = try #require(sample.interval)
    #expect(abs((interval.upperBound - sample.mean) / sample.error - bound) < 1e-9)
    #expect(abs((sample.mean - interval.lowerBound) / sample.error - bound) < 1e-9)
    #expect(Sample([1, 2])?.interval == nil && Sample([1, 2, .nan])?.interval == nil)
    #expect(Sample([4, 4, 4])?.interval == 4...4)
  }

  @Test("of differences makes a claim that its interval decides, where it can")
  func differences() throws {
    let sample = Sample([9, 11, 10.5, 12])
    func verdict(_ range: ClosedRange<Double>) -> Verdict? {
      Claim("a", "A.", difference: sample, in: range)?.verdict
    }
    // scipy.stats.t.interval: 8.636 to 12.614.
    #expect(verdict(.above(8.6)) == .holds && verdict(8.6...12.7) == .holds)
    #expect(verdict(.above(8.7)) == .untested && verdict(9...12) == .untested)
    #expect(verdict(.above(12.7)) == .fails && verdict(.below(8.6)) == .fails)
    #expect(verdict(.below(12.7)) == .holds && verdict(12.6...14) == .untested)
    let claim = try #require(
      Claim("a", "A.", source: "Figure 1", reported: 11, difference: sample, in: .above(0)))
    #expect(claim.interval == sample?.interval && claim.source == "Figure 1")
    #expect(claim.spread == sample?.deviation && claim.reported == 11)
    let few = Claim("a", "A.", difference: Sample([5, 6]), in: .above(0))
    #expect(few?.verdict == .untested && few?.interval == nil)
    #expect(Claim("a", "A.", difference: nil, in: .above(0)) == nil)
    #expect(!ClosedRange<Double>.above(1).contains(1) && !ClosedRange<Double>.below(1).contains(1))
  }

  @Test("is held against what a paper reports, by row and column")
  func reported() {
    let reported = Reported<Int, String>(
      "Table 1", [1000: ["max": 79.6], 50_000: ["stride": 95.3]])
    #expect(reported[1000, "max"] == 79.6 && reported[1000, "stride"] == nil)
    #expect(reported[5, "max"] == nil && reported.source == "Table 1")
    #expect(Cell(reported[1000, "max"]) == .number(79.6) && Cell(reported[5, "max"]) == .empty)
  }

  @Test("is named by what its band shows")
  func captions() {
    #expect(Spread.deviation.caption(over: 3) == "mean and standard deviation over 3 seeds")
    #expect(Spread.error.caption(over: 2) == "mean and standard error over 2 seeds")
    #expect(Spread.error.caption(over: 1) == "one seed")
  }
}
