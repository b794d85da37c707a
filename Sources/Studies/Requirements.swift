import MNIST1D
import NeuralNetworks
import Runs

/// A setting that makes no sense, as a clause.
struct SettingError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

// What all studies ask of their settings. The upper bounds are far beyond what anybody waits for, and keep products
// of settings, and the memory for a layer, from ending the program.
/// Refuses lists without a value.
func requireValues(_ lists: [(key: String, isEmpty: Bool)]) throws(SettingError) {
  for (key, isEmpty) in lists where isEmpty {
    throw SettingError("\(key) is empty; it must name one or more")
  }
}

/// Refuses settings of a network, of those that were changed, that none of the models has.
func requireTaken(
  _ changed: [(key: String, name: String)], by models: [Architecture]
) throws(SettingError) {
  let taken = Set(models.flatMap { NetworkSettings.names(for: $0) })
  for (key, name) in changed where !taken.contains(name) {
    let models = models.map(\.rawValue).joined(separator: ", ")
    throw SettingError("\(key) is a setting of none of the models \(models)")
  }
}

/// Refuses seeds that no generator takes.
func requireSeeds(_ seeds: [Int]) throws(SettingError) {
  if let seed = seeds.first(where: { $0 < 0 }) {
    throw SettingError("seeds holds \(seed); a seed must be 0 or more")
  }
}

/// Refuses numbers of steps, examples and the like that are too small or too large.
func requireCounts(
  _ counts: [(key: String, count: Int)], from least: Int = 1, to most: Int = RunLimits.count
) throws(SettingError) {
  for (key, count) in counts where count < least {
    throw SettingError("\(key) is \(count); it must be \(least) or more")
  }
  for (key, count) in counts where count > most {
    throw SettingError("\(key) is \(count); it must be at most \(most)")
  }
}

/// Refuses layers without a unit, and layers that are too wide.
func requireWidths(_ widths: [(key: String, width: Int)]) throws(SettingError) {
  try requireCounts(widths.map { ($0.key, $0.width) }, to: 10_000)
}

/// Refuses step sizes, strengths and the like that are negative or not finite.
func requireMagnitudes(_ numbers: [(key: String, number: Double)]) throws(SettingError) {
  for (key, number) in numbers where !(number.isFinite && number >= 0) {
    throw SettingError("\(key) is \(number); it must be a finite number, 0 or more")
  }
}

/// Refuses a dataset that cannot be made, or leaves nothing to learn from or nothing to test on.
func requireExamples(of dataset: DatasetConfiguration) throws {
  try dataset.validate()
  guard (1..<dataset.exampleCount).contains(dataset.trainingCount) else {
    throw SettingError(
      "dataset.train-split is \(dataset.trainSplit); of \(dataset.exampleCount) examples it must leave some for "
        + "training and some for testing")
  }
}

/// Refuses signals that are too short for a network.
func requireSignals(of dataset: DatasetConfiguration, for network: String, _ shortest: Int)
  throws(SettingError)
{
  guard dataset.finalSeqLength >= shortest else {
    throw SettingError(
      "dataset.final-seq-length is \(dataset.finalSeqLength); \(network) needs \(shortest) or more"
    )
  }
}

extension DatasetConfiguration {
  /// How many examples the dataset has, the same number of each class.
  var exampleCount: Int { numSamples / 10 * 10 }
  /// How many of them are for training, rounded as the reference does.
  var trainingCount: Int { Int(Double(exampleCount) * trainSplit) }
  /// How many are for testing.
  var testCount: Int { exampleCount - trainingCount }
}
