import DataFormats
import MNIST1D
import NeuralNetworks
import Runs
import Storage

extension Sweep {
  /// The settings: those of an ``Experiment``, each with as many values as one likes, and what is shown of the results.
  package struct Configuration: StudyConfiguration, DatasetSettings {
    /// The kinds of network.
    package var models = Architecture.paper
    /// The seeds, one training of each combination for each.
    package var seeds = [42, 43, 44]
    /// What the figure and the table's first column of results show.
    package var metric = Metric.testAccuracy
    /// The setting along the figure's horizontal axis; nil chooses.
    package var x: String?
    /// The setting whose values are lines, bars of a colour, or rows of a map; nil chooses.
    package var by: String?
    /// The settings of the experiment with their values, in the order in which an experiment declares them.
    private var axes = SettingAxis.all

    /// The four classifiers on the paper's dataset.
    package init() {}

    /// One seed and a tenth of the steps.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.seeds = [42]
      quick.setValues([.integer(600)], of: "steps")
      quick.setValues([.integer(50)], of: "eval-every")
      return quick
    }

    private mutating func setValues(_ values: [JSON], of key: String) {
      guard let index = axes.firstIndex(where: { $0.key == key }) else { return }
      axes[index].values = values
    }

    /// The settings that have several values, as the command line spells them; `models` and `seeds` apart.
    var varying: [SettingAxis] { axes.filter { $0.values.count > 1 } }

    /// For every combination of values, the settings that differ from an experiment's own.
    var settings: [[String: String]] {
      axes.reduce([[:]]) { combinations, axis in
        combinations.flatMap { combination in
          axis.values.map { value in
            guard value != axis.standard else { return combination }
            return combination.merging([axis.key: value.written]) { $1 }
          }
        }
      }
    }

    /// Refuses a value that is listed twice, which would be shown, and counted, as two.
    private func requireDifferentValues() throws {
      let lists =
        [("models", models.map(\.rawValue)), ("seeds", seeds.map { "\($0)" })]
        + axes.map { ($0.key, $0.values.map(\.written)) }
      for (key, values) in lists {
        var seen = Set<String>()
        if let twice = values.first(where: { !seen.insert($0).inserted }) {
          throw SettingError("\(key) lists \(twice) twice; list each value once")
        }
      }
    }

    /// Refuses settings that none of the networks has.
    private func requireTakenSettings() throws {
      let own = Set(NetworkSettings.fields.map(\.name))
      let changed = axes.filter { own.contains($0.key) && $0.values != [$0.standard] }
      try requireTaken(changed.map { ($0.key, $0.key) }, by: models)
    }

    /// The largest dataset of any combination, for which there must be memory.
    package var dataset: DatasetConfiguration {
      let all = settings.compactMap { settings in
        try? Trial(model: .logistic, all: settings, seed: 0).experiment().dataset
      }
      return all.max { $0.numSamples < $1.numSamples } ?? DatasetConfiguration()
    }

    package func validate() throws {
      try requireValues(
        [("models", models.isEmpty), ("seeds", seeds.isEmpty)]
          + axes.map { ($0.key, $0.values.isEmpty) })
      try requireSeeds(seeds)
      if let seed = seeds.first(where: { $0 > Int(UInt32.max) }) {
        throw SettingError("seeds holds \(seed); a seed must be at most \(UInt32.max)")
      }
      try requireDifferentValues()
      try requireTakenSettings()
      for key in [x, by].compactMap(\.self) {
        let known = dimensions.map(\.key)
        guard key != "seeds" else {
          throw SettingError(
            "seeds cannot be shown along an axis: they are what means are taken over")
        }
        guard key == "models" || axes.contains(where: { $0.key == key }) else {
          throw SettingError("\(key) cannot be shown along an axis, as there is no such setting")
        }
        guard known.contains(key) else {
          throw SettingError(
            known.isEmpty
              ? "\(key) cannot be shown along an axis, as no setting has several values"
              : "\(key) cannot be shown along an axis, as it has one value; "
                + "\(known.joined(separator: ", ")) \(known.count == 1 ? "has" : "have") several")
        }
      }
      if let x, x == by { throw SettingError("by is \(x), which is x already") }
      for settings in settings {
        for model in models {
          let trial = Trial(model: model, all: settings, seed: 0)
          do { try trial.experiment().validate(for: model) } catch {
            throw varying.isEmpty && models.count == 1
              ? error : SettingError("of \(trial.withoutSeed): \(error)")
          }
        }
      }
    }
  }

  /// What can be shown of a training.
  package enum Metric: String, Codable, Sendable, CaseIterable {
    /// The accuracy on the test examples after the last step.
    case testAccuracy = "test-accuracy"
    /// The highest accuracy on the test examples of any evaluation: a selection by the test set.
    case bestTestAccuracy = "best-test-accuracy"
    /// The mean loss on the test examples after the last step.
    case testLoss = "test-loss"
    /// The accuracy on what was learned from, after the last step.
    case trainAccuracy = "train-accuracy"
    /// The mean loss on it.
    case trainLoss = "train-loss"
  }
}

extension Sweep.Trial {
  /// The training without its seed, for a message.
  var withoutSeed: String {
    let words = description.split(separator: " ").map(String.init)
    return words.dropLast(2).joined(separator: " ")
  }
}

/// A setting of an experiment with the values that it takes.
struct SettingAxis: Sendable, Equatable {
  /// The spelling on the command line, such as `dataset.corr-noise-scale`.
  let key: String
  /// The names in an encoded experiment that lead here.
  fileprivate let path: [String]
  /// The type of a value, of which a configuration holds a list.
  nonisolated(unsafe) fileprivate let type: any Codable.Type
  /// The value in an experiment of its own.
  let standard: JSON
  /// The values.
  var values: [JSON]

  static func == (a: SettingAxis, b: SettingAxis) -> Bool { a.key == b.key && a.values == b.values }

  /// Every setting of an experiment, each with its own value alone.
  static let all: [SettingAxis] = {
    func axes(_ node: EncodedNode, _ path: [String]) -> [SettingAxis] {
      if case .group(let members) = node.content {
        return members.flatMap { axes($0.node, path + [$0.key]) }
      }
      guard let type = node.type as? any Codable.Type else { return [] }
      let key = path.map(Setting.hyphenated).joined(separator: ".")
      return [
        SettingAxis(key: key, path: path, type: type, standard: node.json, values: [node.json])
      ]
    }
    return (try? EncodedNode(Experiment())).map { axes($0, []) } ?? []
  }()
}

extension Double {
  /// The number as one writes it on the command line: without a fraction it has no point.
  var written: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}

extension JSON {
  /// The value as one writes it on the command line.
  var written: String {
    switch self {
    case .number(let value): value.written
    case .array(let elements): elements.map(\.written).joined(separator: ",")
    default: spelling
    }
  }
}

// MARK: Coding

// Each setting is a list of values of its own type, under its own name: the command line then reads `steps=100,200` as
// it reads any list, and says what is wrong with a value.
extension Sweep.Configuration: Codable {
  private static var fields: [CodedField<Self>] {
    [
      .init("models", \.models, "The kinds of network."),
      .init("seeds", \.seeds, "The seeds, one training of each combination for each."),
    ]
  }
  private static var display: [CodedField<Self>] {
    [
      .init("metric", \.metric, "What is shown."),
      .init("x", \.x, "The setting along the horizontal axis."),
      .init("by", \.by, "The setting whose values are lines, bars of a colour, or rows of a map."),
    ]
  }

  package static var meanings: [String: String] {
    let parts = [
      CodedField.meanings(of: fields + display), CodedField.meanings(of: NetworkSettings.fields),
      CodedField.meanings(of: TrainingRecipe.fields),
      CodedField.meanings(of: ExampleSelection.fields),
    ]
    // The settings of the dataset stand in a group of their own.
    let dataset = DatasetConfiguration.meanings.map { ("dataset.\($0.key)", $0.value) }
    return parts.reduce(into: Dictionary(dataset, uniquingKeysWith: { first, _ in first })) {
      $0.merge($1) { first, _ in first }
    }
  }

  package init(from decoder: any Decoder) throws {
    self.init()
    try CodedField.decode(&self, as: Self.fields + Self.display, from: decoder)
    let root = try decoder.container(keyedBy: FieldName.self)
    for index in axes.indices {
      let path = axes[index].path
      let container = try path.dropLast().reduce(root) {
        try $0.nestedContainer(keyedBy: FieldName.self, forKey: FieldName(stringValue: $1))
      }
      axes[index].values = try Self.values(
        of: axes[index].type, in: container, path[path.count - 1])
    }
  }

  package func encode(to encoder: any Encoder) throws {
    try CodedField.encode(self, as: Self.fields, to: encoder)
    var root = encoder.container(keyedBy: FieldName.self)
    var (group, groupName) = (root, "")
    for axis in axes {
      // Settings of one group stand together.
      if axis.path.count == 1 {
        try Self.encode(axis.values, as: axis.type, to: &root, axis.path[0])
      } else {
        if groupName != axis.path[0] {
          groupName = axis.path[0]
          group = root.nestedContainer(
            keyedBy: FieldName.self, forKey: FieldName(stringValue: groupName))
        }
        try Self.encode(axis.values, as: axis.type, to: &group, axis.path[1])
      }
    }
    try CodedField.encode(self, as: Self.display, to: encoder)
  }

  private static func values<Value: Codable>(
    of type: Value.Type, in container: KeyedDecodingContainer<FieldName>, _ name: String
  ) throws -> [JSON] {
    try container.decode([Value].self, forKey: FieldName(stringValue: name))
      .map { try JSON(encoding: $0) }
  }

  private static func encode<Value: Codable>(
    _ values: [JSON], as type: Value.Type,
    to container: inout KeyedEncodingContainer<FieldName>, _ name: String
  ) throws {
    try container.encode(
      values.map { try $0.decode(type) }, forKey: FieldName(stringValue: name))
  }
}
