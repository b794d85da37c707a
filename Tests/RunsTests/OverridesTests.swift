import Storage
import Runs
import Testing

@Suite("An override")
struct OverridesTests {
  enum Model: String, Codable, CaseIterable { case logistic, mlp, deepNet }

  struct Configuration: Codable, Equatable {
    struct Dataset: Codable, Equatable {
      var numSamples = 5000
      var padding = 36...60
    }
    var steps = 6000
    var learningRate = 1.0
    var batchSize: UInt = 100
    var isShuffled = false
    var title = "a"
    var seeds = [42, 43, 44]
    var rates: [Float] = []
    var models = Model.allCases
    var model = Model.mlp
    var limit: Int?
    var decay: Double? = 0.5
    var dataset = Dataset()
  }

  private func apply(_ arguments: String...) throws -> Configuration {
    try Overrides(arguments).applied(to: Configuration())
  }

  @Test("sets numbers, truth values, text, cases, lists and ranges")
  func setsEveryKind() throws {
    var expected = Configuration()
    expected.steps = 600
    expected.learningRate = 2
    expected.batchSize = 10_000
    expected.isShuffled = true
    expected.title = "b=c"
    expected.seeds = [0, 1, 2, 3, 7]
    expected.rates = [0.1, 3]
    expected.models = [.mlp, .deepNet]
    expected.model = .deepNet
    expected.limit = 5
    expected.decay = nil
    expected.dataset.numSamples = 16_000
    expected.dataset.padding = 1...2
    #expect(
      try apply(
        "steps=600", "learning-rate=2", "batchSize=1e4", "is_shuffled=true", "title=b=c",
        "seeds=0..3,7", "rates=0.1,3", "models=mlp,deepNet", "model=deep-net", "limit=5",
        "decay=null", "dataset.num-samples=16000", "dataset.padding=1..2") == expected)
  }

  @Test("names numbers by a rule, as NumPy does, alone and among others")
  func spacedNumbers() throws {
    func rates(_ word: String) throws -> [Float] { try apply("rates=\(word)").rates }
    #expect(try rates("linspace(0,1,5)") == [0, 0.25, 0.5, 0.75, 1])
    #expect(try rates("0.1,linspace(2,1,3),9") == [0.1, 2, 1.5, 1, 9])
    #expect(try rates("geomspace(0.001,1,4)") == [0.001, 0.01, 0.1, 1])
    #expect(try rates("LinSpace( 3 , 4 , 1 )") == [3])
    // numpy.random.RandomState(0).uniform(0, 2, 3), and RandomState(7).
    #expect(try rates("uniform(0,2,3)") == [1.09762700785, 1.43037873274, 1.20552675214])
    #expect(try rates("uniform(0,1,1,7)") == [0.0763082893739])
    let random = try rates("loguniform(0.001,1,100)")
    #expect(random.allSatisfy { (0.001...1).contains($0) } && random.count { $0 < 0.0316 } > 35)
    #expect(try apply("seeds=linspace(1,9,5)").seeds == [1, 3, 5, 7, 9])
    #expect(try apply("seeds=geomspace(1,100,8)").seeds == [1, 2, 4, 7, 14, 27, 52, 100])
    #expect(try apply("seeds=geomspace(1,3,8)").seeds == [1, 2, 3])
  }

  @Test("that would round equal steps of whole numbers is refused, and says which one")
  func rounding() {
    let error = #expect(throws: RunError.self) { try apply("seeds=1,linspace(1,10,3)") }
    #expect(
      error?.description
        == "seeds=1,linspace(1,10,3) cannot be understood: seeds takes whole numbers, and linspace(1,10,3) would give 5.5; "
        + "choose ends and a count whose steps are whole")
  }

  @Test("asks for so many seeds, from the study's first one on")
  func seeds() throws {
    let first = try #require(try apply("steps=1").seeds.first)
    #expect(try apply("seeds=3x").seeds == [first, first + 1, first + 2])
    for word in ["0x", "x", "-1x", "3x,4", "99999999x"] {
      #expect(throws: RunError.self) { try apply("seeds=\(word)") }
    }
    #expect(throws: RunError.self) { try apply("steps=3x") }
    // From a stored configuration, the first one may be the last that there is.
    var last = Configuration()
    last.seeds = [.max]
    #expect(throws: RunError.self) { try Overrides(["seeds=3x"]).applied(to: last) }
  }

  @Test(
    "that names numbers by a rule which gives none is refused",
    arguments: [
      "linspace(0,1)", "linspace(0,1,0)", "linspace(0,1,2,3)", "linspace(0,1,1000000)",
      "geomspace(0,1,3)", "geomspace(-1,1,3)", "uniform(0,1,2,-1)", "linspace(0,1,2",
      "logspace(0,1,2)",
      "linspace(a,1,2)", "linspace(0,1,2),", "linspace((0,1,2))",
    ])
  func wrongRule(word: String) {
    let error = #expect(throws: RunError.self) { try apply("rates=\(word)") }
    #expect(
      error?.description
        == "rates=\(word) cannot be understood: rates takes numbers such as 0.1,0.5 or linspace(0,1,9)"
    )
  }

  @Test(
    "of an unknown setting knows what others call it, and names none that is far from it",
    arguments: [
      ("lr", "learning-rate"), ("bs", "batch-size"), ("epochs", "steps"), ("seed", "seeds"),
      ("learning_rte", "learning-rate"), ("modles", "models"), ("sedes", "seeds"),
      ("stpse", "steps"),
      ("pading", "dataset.padding"), ("num-sam", "dataset.num-samples"), ("wd", nil),
      ("colour", nil),
      ("x", nil),
    ])
  func synonyms(key: String, nearest: String?) {
    let error = #expect(throws: RunError.self) { try apply("\(key)=1") }
    guard case .unknownSetting(_, let found, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found == nearest)
  }

  @Test("of an unknown setting names the nearest one and all others")
  func unknownSetting() throws {
    let error = #expect(throws: RunError.self) { try apply("step=600") }
    #expect(error?.exitStatus == .usage)
    #expect(
      error?.description == """
        there is no setting "step"; did you mean "steps"? The settings are steps, learning-rate, \
        batch-size, is-shuffled, title, seeds, rates, models, model, limit, decay, \
        dataset.num-samples, dataset.padding
        """)
    let nested = #expect(throws: RunError.self) { try apply("num-samples=1") }
    #expect(nested?.description.contains("did you mean \"dataset.num-samples\"?") == true)
  }

  @Test(
    "of the wrong kind says what was found and what would be right",
    arguments: [
      ("steps=many", "steps=many cannot be understood: steps takes a whole number"),
      ("steps=1.5", "steps=1.5 cannot be understood: steps takes a whole number"),
      ("steps=", "steps= cannot be understood: steps takes a whole number"),
      ("learning-rate=nan", "learning-rate=nan cannot be understood: learning-rate takes a number"),
      ("is-shuffled=1", "is-shuffled=1 cannot be understood: is-shuffled takes true or false"),
      (
        "models=mlp,cnn",
        "models=mlp,cnn cannot be understood: models takes some of logistic, mlp, deepNet"
      ),
      ("model=x", "model=x cannot be understood: model takes one of logistic, mlp, deepNet"),
      (
        "seeds=3..1",
        "seeds=3..1 cannot be understood: seeds takes whole numbers such as 1,2,3 or 0..9, at most 100000 of them"
      ),
      (
        "seeds=1,,2",
        "seeds=1,,2 cannot be understood: seeds takes whole numbers such as 1,2,3 or 0..9, at most 100000 of them"
      ),
      (
        "seeds=0..9999999999",
        "seeds=0..9999999999 cannot be understood: seeds takes whole numbers such as 1,2,3 or 0..9, at most 100000 of them"
      ),
      ("limit=x", "limit=x cannot be understood: limit takes a whole number, or null"),
      ("dataset=1", "dataset=1 cannot be understood: dataset takes its settings one by one"),
      (
        "dataset.padding=5",
        "dataset.padding=5 cannot be understood: dataset.padding takes a range of whole numbers such as 36..60 or 36,60"
      ),
      ("steps", "\"steps\" is no setting: write key=value, such as steps=600"),
    ])
  func wrongKind(argument: String, sentence: String) throws {
    let error = #expect(throws: RunError.self) { try apply(argument) }
    #expect(error?.description == sentence)
    #expect(error?.exitStatus == .usage)
  }

  @Test("that only the type itself refuses names its setting")
  func refusedByTheType() throws {
    let error = #expect(throws: RunError.self) { try apply("steps=1", "batch-size=-1") }
    #expect(error?.description.hasPrefix("batch-size=-1 cannot be understood: ") == true)
  }

  @Test("is given once")
  func givenTwice() {
    #expect(throws: RunError.repeatedSetting("batchSize")) {
      try Overrides(["batch-size=1", "batchSize=2"])
    }
  }

  @Test("can be made for every setting that is listed")
  func listedSettings() throws {
    let settings = Setting.list(of: Configuration())
    #expect(settings.map(\.key).first == "steps")
    let arguments = settings.filter { !$0.value.isEmpty }.map { "\($0.key)=\($0.value)" }
    #expect(arguments.contains("seeds=42,43,44"))
    #expect(try Overrides(arguments).applied(to: Configuration()) == Configuration())
  }
}
