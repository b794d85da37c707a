import Fixtures
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Studies
import StudyModels
import Tensors
import Testing

@Suite("Metalearning a learning rate")
struct MetalearnLRTests {
  private var small: MetalearnLR.Configuration {
    var configuration = MetalearnLR.Configuration()
    configuration.seeds = [42]
    configuration.innerSteps = 6
    configuration.batchSize = 10
    configuration.hidden = 8
    configuration.outerSteps = 12
    configuration.dataset.numSamples = 100
    return configuration
  }

  // MARK: PyTorch

  struct Golden: Decodable {
    struct Values: Decodable {
      var objective: Double
      var final: Double
      var rates: [Double]
      var norms: [Double]
      var bias: [Double]
    }
    var steps: Int
    var rate: Float
    var float32: Values
    var float64: Values
  }

  @Test("gradients through 1, 10, 100 and 200 steps agree with PyTorch's to 1e-4")
  func reference() throws {
    let dataset = try Dataset(DatasetConfiguration())
    let examples = Examples(dataset.x, dataset.y)
    var generator = TorchGenerator(seed: 42)
    let network = TanhNetwork(using: &generator)
    let cases = try Fixture.json("metalearn_lr.json", as: [Golden].self)
    #expect(Set(cases.map(\.steps)) == [1, 10, 100, 200])
    for golden in cases {
      let loop = InnerLoop(steps: golden.steps, batchSize: 50, of: examples)
      let rates = Tensor(repeating: golden.rate, shape: [golden.float64.rates.count])
      var final: Float = 0
      let (objective, slopes) = valueAndGradient(at: Joint(network: network, rates: rates)) { at in
        let outcome = loop.train(at.network, rates: at.rates)
        final = outcome.losses[golden.steps - 1]
        return outcome.objective
      }
      for expected in [golden.float32, golden.float64] {
        #expect(close(objective.scalar, expected.objective))
        #expect(close(final, expected.final))
        for (slope, value) in zip(slopes.rates.elements, expected.rates) {
          #expect(
            close(slope, value), "\(golden.steps) steps at \(golden.rate): \(slope), \(value)")
        }
        for (slope, norm) in zip(slopes.network.parameters, expected.norms) {
          #expect(close(square(slope).sum().scalar.squareRoot(), norm))
        }
        let largest = expected.bias.map(\.magnitude).max() ?? 0
        for (slope, value) in zip(slopes.network.linear2.bias.elements, expected.bias) {
          #expect(abs(Double(slope) - value) <= 1e-4 * largest)
        }
      }
    }
  }

  private func close(_ value: Float, _ expected: Double) -> Bool {
    abs(Double(value) - expected) <= 1e-4 * expected.magnitude
  }

  private struct Joint: Parameterized {
    var network: TanhNetwork
    var rates: Tensor
    mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("network", &network)
      visit("rates", &rates)
    }
  }

  @Test("the gradient with respect to a schedule agrees with differences")
  func differences() throws {
    let dataset = try Dataset(small.dataset)
    let loop = InnerLoop(steps: 9, batchSize: 30, of: Examples(dataset.x, dataset.y))
    var generator = TorchGenerator(seed: 3)
    let network = TanhNetwork(hidden: 8, using: &generator)
    let rates = Tensor((0..<9).map { 0.2 + 0.1 * Float($0) })
    let slope = gradient(at: rates) { loop.train(network, rates: $0).objective }
    // The objective in double precision: the losses as they are, averaged here.
    func objective(_ rates: Tensor) -> Double {
      loop.train(network, rates: rates).losses.reduce(0) { $0 + Double($1) } / 9
    }
    var step = Tensor.zeros([9])
    for position in 0..<9 {
      step.withUnsafeMutableElements { $0.update(repeating: 0) }
      step.withUnsafeMutableElements { $0[position] = 0.05 }
      let far = objective(rates + step * 2) - objective(rates - step * 2)
      let quotient = (8 * (objective(rates + step) - objective(rates - step)) - far) / 0.6
      #expect(abs(Double(slope.elements[position]) - quotient) <= 2e-5 + 1e-2 * abs(quotient))
    }
    // Nothing is measured after the last update.
    #expect(slope.elements[8] == 0)
  }

  // MARK: The study

  @Test("the study's settings are two searches for each seed, from above and from below")
  func plan() {
    let trials = MetalearnLR.trials(for: .init())
    #expect(trials.map(\.initialRate) == [1.5, 1.5, 1.5, 1.5, 1.5, 0.15, 0.15, 0.15, 0.15, 0.15])
    #expect(trials.map(\.seed) == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
  }

  @Test("the objective falls from step to step towards a rate between the two starts")
  func search() throws {
    var configuration = small
    configuration.innerSteps = 20
    let ends = try MetalearnLR.trials(for: configuration).map { trial in
      let found = try MetalearnLR.measure(trial, configuration, in: TrialContext())
      #expect(found.objective.count == 12 && found.finalLoss.count == 12)
      #expect(found.meanRate.count == 13)
      #expect(found.meanRate[0] == Float(trial.initialRate))
      #expect(found.rates == [found.meanRate[12]])
      #expect(found.objective[11] < found.objective[0])
      return (trial.initialRate, found.meanRate[12])
    }
    #expect(ends[0].1 < 1.5 && ends[1].1 > 0.15)
  }

  @Test("a schedule has a rate for each step and a figure of its own")
  func schedule() throws {
    var configuration = small
    configuration.schedule = .perStep
    let results = try MetalearnLR.trials(for: configuration).map {
      TrialResult<MetalearnLR>(
        trial: $0, measurement: try MetalearnLR.measure($0, configuration, in: TrialContext()))
    }
    for result in results {
      #expect(result.measurement.rates.count == 6)
      #expect(Set(result.measurement.rates).count > 2)
    }
    let findings = MetalearnLR.findings(Results(configuration, results))
    #expect(findings.illustrations.map(\.name) == ["figure-5", "schedule"])
    #expect(findings.claims.isEmpty)
    #expect(findings.notes.contains { $0.contains("takes the outer objective to") })
  }

  private func findings(
    _ configuration: MetalearnLR.Configuration = .init(),
    _ json: (MetalearnLR.Trial) -> String
  ) throws -> Findings {
    MetalearnLR.judgedFindings(
      Results(
        configuration,
        try MetalearnLR.trials(for: configuration).map { trial in
          TrialResult<MetalearnLR>(
            trial: trial,
            measurement: try JSONDecoder().decode(
              MetalearnLR.Measurement.self, from: Data(json(trial).utf8)))
        }))
  }

  /// A search that stands where it ends.
  private func search(rate: Double, objective: Double) -> String {
    let rates = Array(repeating: "\(rate)", count: 51).joined(separator: ",")
    let objectives = Array(repeating: "\(objective)", count: 50).joined(separator: ",")
    return
      #"{"objective":[\#(objectives)],"finalLoss":[1.5],"meanRate":[\#(rates)],"rates":[\#(rate)]}"#
  }

  @Test(
    "the claims compare the authors' seed with the print, and the searches of all with each other")
  func claims() throws {
    let good = try findings { trial in
      let far = trial.initialRate > 1
      if trial.seed == 0 { return search(rate: far ? 0.6243 : 0.6203, objective: 1.7162) }
      return search(rate: Double(trial.seed) / 10 + (far ? 0.002 : 0), objective: 3)
    }
    #expect(good.claims.map(\.id) == ["rate", "objective", "convergence"])
    #expect(good.claims.allSatisfy { $0.verdict == .holds && $0.source != nil }, "\(good.claims)")
    #expect(good.claims[0].reported == good.claims[0].measured)
    #expect(good.illustrations.map(\.name) == ["figure-5"])
    let bad = try findings { trial in
      search(rate: trial.initialRate > 1 ? 0.63 : 0.61, objective: 1.7166)
    }
    #expect(bad.claims.allSatisfy { $0.verdict == .fails })
    // Of other seeds the authors have printed nothing.
    var others = MetalearnLR.Configuration()
    others.seeds = [7, 8, 9]
    #expect(
      try findings(others) { _ in search(rate: 0.6, objective: 1.7) }.claims.map(\.id) == [
        "convergence"
      ])
    // Two seeds are no evidence.
    others.seeds = [0, 1]
    let two = try findings(others) { _ in search(rate: 0.6, objective: 1.7) }
    #expect(two.claims.last?.verdict == .untested)
  }

  @Test("lists of a wrong length in a stored result are no crash")
  func forged() throws {
    for text in [
      #"{"objective":[],"finalLoss":[],"meanRate":[],"rates":[]}"#,
      #"{"objective":[1.5,1.4],"finalLoss":[],"meanRate":[1],"rates":[1,2,3]}"#,
    ] {
      for schedule in [MetalearnLR.Schedule.shared, .perStep] {
        var configuration = MetalearnLR.Configuration()
        configuration.schedule = schedule
        let findings = try findings(configuration) { trial in
          trial.seed == 1 ? search(rate: 0.6, objective: 1.7) : text
        }
        #expect(findings.illustrations.allSatisfy { !$0.svg.isEmpty })
      }
    }
  }

  @Test("a learning rate that makes the training diverge is named, with step and value")
  func divergence() throws {
    let trial = MetalearnLR.Trial(initialRate: 2e38, seed: 42)
    let error = #expect(throws: MetalearnLR.Divergence.self) {
      try MetalearnLR.measure(trial, small, in: TrialContext())
    }
    let sentence = try #require(error).description
    #expect(sentence.contains("outer step 0"))
    #expect(sentence.contains("2e+38"))
    #expect(sentence.contains("step 1 is inf") || sentence.contains("step 1 is nan"))
  }

  @Test(
    "a learning rate whose losses are finite but not their derivative is named, with step and value"
  )
  func steepDivergence() throws {
    var configuration = MetalearnLR.Configuration()
    configuration.outerSteps = 1
    let trial = MetalearnLR.Trial(initialRate: 50, seed: 42)
    let error = #expect(throws: MetalearnLR.Divergence.self) {
      try MetalearnLR.measure(trial, configuration, in: TrialContext())
    }
    guard case .outer(0, 50, let improved, let step, let loss) = try #require(error) else {
      Issue.record("\(error as Any)")
      return
    }
    #expect(!improved.isFinite && loss.isFinite && loss > 10 && (1..<200).contains(step))
    #expect(error?.description.contains("its loss rises to \(loss) at step \(step)") == true)
  }

  @Test("settings that do not fit are refused by name")
  func validation() throws {
    expectRefusal("inner-steps", of: small) { $0.innerSteps = 0 }
    expectRefusal("inner-steps", of: small) { $0.innerSteps = .max }
    expectRefusal("outer-steps", of: small) { $0.outerSteps = 0 }
    expectRefusal("hidden", of: small) { $0.hidden = 0 }
    expectRefusal("batch-size", of: small) { $0.batchSize = 0 }
    expectRefusal("seeds", of: small) { $0.seeds = [-1] }
    expectRefusal("train-split", of: small) { $0.dataset.trainSplit = 0 }
    #expect(try Overrides(["schedule=per-step"]).applied(to: small).schedule == .perStep)
    #expect(throws: RunError.self) { try Overrides(["schedule=cosine"]).applied(to: small) }
  }

  // MARK: Resuming

  @Test("a search that is interrupted goes on to the same bits")
  func resuming() throws {
    var configuration = small
    configuration.initialRates = [0.15]
    configuration.outerSteps = 1500
    try expectSameBitsAfterInterruption(of: MetalearnLR.self, configuration)
  }
}
