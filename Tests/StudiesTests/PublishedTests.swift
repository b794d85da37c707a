import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Studies
import StudyModels
import Tensors
import Testing

@Suite("The study of what the notebooks printed")
struct PublishedTests {
  private typealias Computation = Published.Computation

  private func printout(_ computation: Computation) throws -> Printout {
    try #require(Printout.all.first { $0.computation == computation })
  }

  private func measured(_ computation: Computation, twin: Int = 0) throws -> Published.Measurement {
    var configuration = Published.Configuration()
    configuration.outerSteps = 1
    return try Published.measure(
      Published.Trial(computation, twin: twin), configuration, in: TrialContext())
  }

  /// The numbers that are not printed as they were.
  private func differences(
    _ computation: Computation, _ measurement: Published.Measurement
  ) throws -> [String] {
    let printout = try printout(computation)
    return zip(printout.rows, measurement.values).flatMap { row, values in
      zip(row.numbers, values).filter { !$0.isPrint(of: $1) }
        .map { "step \(row.step): \($0.text), \($1)" }
    }
  }

  // MARK: Printed numbers

  @Test(
    "a number agrees to a digit if it is within half a unit of it, and one step of single precision",
    arguments: [
      ("1.537e+00", 1.5374, 4), ("1.537e+00", 1.5376, 3), ("6.278e-01", 0.62785005, 4),
      ("1.537e+00", 1.54, 3),
      ("1.537e+00", 1.56, 2), ("1.537e+00", 1.6, 1), ("1.537e+00", 9.0, 0),
      ("2.670e-04", 2.67e-4, 4), ("2.670e-04", 2.6704e-4, 4), ("2.670e-04", 2.6706e-4, 3),
      ("100.0", 99.96, 4), ("100.0", 99.9, 3), ("59.6", 59.64, 3), ("0.44", 0.438, 2),
      ("1.3369015", 1.33690154, 8), ("1.3369015", 1.3369018, 7), ("1.3369015", 1.3373833, 4),
      ("9.111e-01", 0.9111, 4),
    ])
  func digits(_ text: String, _ number: Double, _ digits: Int) {
    #expect(PrintedNumber(text).digits(sharedWith: number) == digits)
  }

  @Test("a number is written as it was printed")
  func text() {
    #expect(PrintedNumber("1.537e+00").text(for: 0.012344) == "1.234e-02")
    #expect(PrintedNumber("59.6").text(for: 7) == "7.0")
    #expect(PrintedNumber("1.3369015").text(for: 2) == "2.0000000")
  }

  @Test("every line of every printout is read")
  func lines() throws {
    #expect(Printout.quickstart.map(\.rows.count) == [6, 6, 6, 6])
    #expect(Printout.learningRate.map(\.rows.count) == [16, 16, 16, 16])
    #expect(Printout.activations.count == 6)
    #expect(Printout.learnedActivation.map(\.rows.count) == [31, 31])
    #expect(Printout.pooling.count == 30 && Printout.pooling.allSatisfy { $0.rows.count == 6 })
    let most = try printout(.pooling(method: .l2, examples: 50_000))
    #expect(most.rows.last?.numbers.map(\.text) == ["9.037e-02", "9.042e-02", "97.7", "97.1"])
    let middle = try printout(.pooling(method: .max, examples: 5000))
    #expect(middle.rows.first?.numbers.map(\.text) == ["6.580e-02", "2.896e-01", "97.3", "92.4"])
  }

  @Test("every printout has a computation and every computation a printout")
  func plan() {
    let trials = Published.trials(for: Published.Configuration())
    #expect(Set(trials).count == trials.count)
    #expect(
      Set(trials.map(\.computation))
        == Set(Printout.all.map(\.computation))
        .union([.doublePrecision(model: .logistic), .doublePrecision(model: .mlp)])
        .union(PoolingMethod.allCases.map { .coarsePooling(method: $0) }))
    #expect(trials.count { $0.computation == .quickstart(model: .gru) } == 9)
    #expect(trials.count { $0.computation == .learnedActivation } == 3)
    #expect(trials.count { $0.computation == .quizzes } == 1)
  }

  // MARK: Digit for digit

  @Test("the quizzes and the nearest neighbours have the printed numbers")
  func withoutSeeds() throws {
    for computation in [Computation.quizzes, .neighbors] {
      let measurement = try measured(computation)
      #expect(measurement.values.count == 1)
      #expect(try differences(computation, measurement) == [])
    }
  }

  @Test("the logistic regression of the quickstart has every printed digit")
  func logistic() throws {
    let computation = Computation.quickstart(model: .logistic)
    let measurement = try measured(computation)
    #expect(measurement.steps == [1000, 2000, 3000, 4000, 5000, 6000])
    #expect(try differences(computation, measurement) == [])
  }

  @Test(
    "the first printed row of a search for a learning rate has every digit",
    arguments: [1.5, 0.15], [4000, 8000])
  func learningRate(_ start: Double, _ examples: Int) throws {
    var settings = MetalearnLR.Configuration()
    settings.dataset.numSamples = examples / 4 * 5
    settings.outerSteps = 4
    let search = try MetalearnLR.measure(
      MetalearnLR.Trial(initialRate: start, seed: 0), settings, in: TrialContext())
    let numbers = try #require(
      printout(.learningRate(start: start, examples: examples)).rows.first?.numbers)
    let values = [search.objective[3], search.finalLoss[3], search.meanRate[4]].map(Double.init)
    for (number, value) in zip(numbers, values) {
      #expect(number.isPrint(of: value), "\(number.text), \(value)")
    }
  }

  @Test("a training with a smooth activation function has its printed loss to seven digits")
  func activation() throws {
    let computation = Computation.activation(function: .tanh)
    let measurement = try measured(computation)
    let number = try printout(computation).rows[0].numbers[0]
    #expect(number.digits(sharedWith: measurement.values[0][0]) >= 7)
  }

  #if !DEBUG
    // Without optimisation this takes a minute.
    @Test("the first outer step that learns an activation function has every printed digit")
    func learnedActivation() throws {
      let measurement = try measured(.learnedActivation)
      #expect(measurement.steps == [0])
      #expect(try differences(.learnedActivation, measurement) == [])
    }
  #endif

  // MARK: Twins

  @Test("a twin's weights differ by one unit in the last place, each or not at all")
  func twins() {
    var generator = TorchGenerator(seed: 42)
    let network = BaselineNetwork(.mlp, using: &generator)
    #expect(network.roundedOtherwise(0).digest == network.digest)
    let twin = network.roundedOtherwise(1)
    #expect(twin.digest != network.digest)
    #expect(twin.digest == network.roundedOtherwise(1).digest)
    #expect(twin.digest != network.roundedOtherwise(2).digest)
    let pairs = zip(
      network.parameters.flatMap(\.elements), twin.parameters.flatMap(\.elements))
    let counts = pairs.reduce(into: [0, 0, 0]) { counts, pair in
      if pair.1 == pair.0 { counts[0] += 1 }
      if pair.1 == pair.0.nextUp { counts[1] += 1 }
      if pair.1 == pair.0.nextDown { counts[2] += 1 }
    }
    #expect(counts.reduce(0, +) == 15_210 && counts.allSatisfy { $0 > 4500 }, "\(counts)")
  }

  @Test(
    "the training in double precision has the losses of the one in single precision but for rounding",
    arguments: [Architecture.logistic, .mlp])
  func doublePrecision(_ model: Architecture) throws {
    let dataset = try Dataset(DatasetConfiguration())
    let examples = Examples(dataset.x, dataset.y)
    var generator = TorchGenerator(seed: 42)
    let network = BaselineNetwork(model, using: &generator)
    var single = try Training(
      of: network, on: examples, testing: Examples(dataset.xTest, dataset.yTest))
    var double = DoubleTraining(from: network, on: examples)
    for step in 0..<5 {
      let (rounded, loss) = try (Double(single.step().trainLoss), double.step())
      #expect(abs(rounded - loss) < 1e-6 * loss, "step \(step): \(rounded), \(loss)")
    }
  }

  @Test("coarse weights have eleven significant bits, and lie beside the weights")
  func coarseWeights() {
    var generator = TorchGenerator(seed: 0)
    let network = PoolingNetwork(.max, using: &generator)
    let coarse = network.roundedCoarsely(1)
    #expect(coarse.digest != network.roundedCoarsely(2).digest)
    let pairs = zip(
      network.parameters.flatMap(\.elements), coarse.parameters.flatMap(\.elements))
    for (weight, rounded) in pairs {
      #expect(rounded.significandBitPattern % 8192 == 0)
      #expect(abs(rounded - weight) < weight.magnitude / 1024)
    }
  }

  // MARK: Findings

  /// With 1000 examples, by the method.
  private static let figure7: [PoolingMethod: Double] = [
    .none: 59.2, .stride: 57.5, .max: 79.6, .average: 78, .l2: 76,
  ]

  /// Results that are what was printed, or in Figure 7, or a changed number in the place of it, and twins around those.
  private func findings(
    _ configuration: Published.Configuration = Published.Configuration(), spread: Double = 0,
    changing: (Computation, Double) -> Double = { $1 }
  ) -> Findings {
    let results = Published.trials(for: configuration).map { trial in
      let printout = Printout.all.first { $0.computation == trial.computation }
      let rows = printout?.rows ?? []
      var values = rows.map { $0.numbers.map(\.value) }
      if case .pooling(let method, 1000) = trial.computation {
        values[5][3] = Self.figure7[method]!
      }
      // The two printouts of the learned function are not the same.
      let own = trial.computation == .learnedActivation ? 0.5 : spread
      let factor = trial.twin == 0 ? 1 : trial.twin % 2 == 0 ? 1 - own : 1 + own
      return TrialResult<Published>(
        trial: trial,
        measurement: Published.Measurement(
          steps: rows.map(\.step),
          values: values.map { row in
            row.map { changing(trial.computation, $0) * factor }
          }))
    }
    return Published.judgedFindings(Results(configuration, results))
  }

  private func verdicts(_ findings: Findings) -> [String: Verdict] {
    Dictionary(uniqueKeysWithValues: findings.claims.map { ($0.id, $0.verdict) })
  }

  @Test("claims hold for the printed numbers, and each fails for others")
  func claims() {
    let printed = verdicts(findings(spread: 0.01))
    #expect(
      Set(printed.keys)
        == [
          "logistic", "learning-rate", "activation", "pooling", "quizzes", "neighbors", "rounding",
        ])
    #expect(printed.allSatisfy { $0.value == .holds }, "\(printed)")

    let wrong: [(id: String, computation: Computation)] = [
      ("logistic", .quickstart(model: .logistic)),
      ("learning-rate", .learningRate(start: 0.15, examples: 4000)),
      ("activation", .activation(function: .swish)),
      ("pooling", .pooling(method: .max, examples: 1000)), ("quizzes", .quizzes),
      ("neighbors", .neighbors),
    ]
    for (id, computation) in wrong {
      let others = verdicts(
        findings(spread: 0.001) { $0 == computation ? $1 * 1.004 : $1 })
      #expect(others[id] == .fails, "\(id)")
      #expect(
        others.filter { $0.key != id && $0.key != "rounding" }.allSatisfy { $0.value == .holds })
    }
    var baselines = Published.Configuration()
    baselines.parts = [.quickstart]
    for (factor, verdict) in [(1.001, Verdict.holds), (1.1, .fails)] {
      let far = verdicts(
        findings(baselines, spread: 0.001) {
          $0 == .quickstart(model: .mlp) ? $1 * factor : $1
        })
      #expect(far == ["logistic": .holds, "rounding": verdict])
    }
  }

  @Test("fewer twins decide nothing, some of the parts what they are about")
  func comparable() {
    var configuration = Published.Configuration()
    configuration.twins = 1
    #expect(findings(configuration).claims.allSatisfy { $0.verdict == .untested })
    configuration = Published.Configuration()
    configuration.parts = [.learningRate, .human]
    let some = verdicts(findings(configuration))
    #expect(some == ["learning-rate": .holds, "quizzes": .holds])
    configuration.parts = [.pooling]
    configuration.sizes = [2000]
    #expect(verdicts(findings(configuration)) == [:])
  }

  @Test("every printed number is in the file of numbers")
  func numbers() throws {
    let file = try #require(findings().attachments.first)
    let lines = String(decoding: file.contents, as: UTF8.self).split(separator: "\n")
    let count = Printout.all.reduce(0) { $0 + $1.rows.count * $1.quantities.count }
    #expect(file.fileName == "numbers.csv" && lines.count == count + 1)
  }

  @Test(
    "settings that the notebooks have no numbers for are refused",
    arguments: [
      ("sizes", "sizes holds 1500; the notebook printed 1000, 2000, 5000, 10000, 20000, 50000"),
      ("outer-steps", "outer-steps is 32; it must be between 1 and 31"),
      ("twins", "twins is -1; it must be 0 or more"),
      ("parts", "parts is empty; it must name one or more"),
    ])
  func refusals(_ key: String, _ sentence: String) throws {
    var configuration = Published.Configuration()
    switch key {
    case "sizes": configuration.sizes = [1000, 1500]
    case "outer-steps": configuration.outerSteps = 32
    case "twins": configuration.twins = -1
    default: configuration.parts = []
    }
    let error = #expect(throws: (any Error).self) { try configuration.validate() }
    #expect(error.map { "\($0)" } == sentence)
  }
}
