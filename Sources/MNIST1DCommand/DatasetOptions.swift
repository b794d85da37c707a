import ArgumentParser
import DataFormats
import MNIST1D

/// Every setting of the dataset, under the names of the reference implementation.
struct DatasetOptions: ParsableArguments {
  @Option(
    number: ArgumentHelp(
      "How many examples to make, a tenth of them for each class.", valueName: "n"))
  var numSamples = Configuration().numSamples

  @Option(number: ArgumentHelp("The share of the examples that are for training.", valueName: "x"))
  var trainSplit = Configuration().trainSplit

  @Option(number: ArgumentHelp("How many points a template has.", valueName: "n"))
  var templateLen = Configuration().templateLen

  @Option(range: ArgumentHelp("The least and the most points to pad with.", valueName: "low,high"))
  var padding = Configuration().padding

  @Option(number: ArgumentHelp("By how much the height of a signal varies.", valueName: "x"))
  var scaleCoeff = Configuration().scaleCoeff

  @Option(number: ArgumentHelp("By how many points a signal is shifted at most.", valueName: "n"))
  var maxTranslation = Configuration().maxTranslation

  @Option(number: ArgumentHelp("The size of the correlated noise around a signal.", valueName: "x"))
  var corrNoiseScale = Configuration().corrNoiseScale

  @Option(number: ArgumentHelp("The size of the white noise.", valueName: "x"))
  var iidNoiseScale = Configuration().iidNoiseScale

  @Option(number: ArgumentHelp("The size of the added slope.", valueName: "x"))
  var shearScale = Configuration().shearScale

  @Flag(help: "Shuffle the columns, in the same order for all examples.")
  var shuffleSeq = false

  @Option(number: ArgumentHelp("How many points an example has in the end.", valueName: "n"))
  var finalSeqLength = Configuration().finalSeqLength

  @Option(number: ArgumentHelp("The seed of everything random.", valueName: "n"))
  var seed = Configuration().seed

  var configuration: Configuration {
    var configuration = Configuration()
    configuration.numSamples = numSamples
    configuration.trainSplit = trainSplit
    configuration.templateLen = templateLen
    configuration.padding = padding
    configuration.scaleCoeff = scaleCoeff
    configuration.maxTranslation = maxTranslation
    configuration.corrNoiseScale = corrNoiseScale
    configuration.iidNoiseScale = iidNoiseScale
    configuration.shearScale = shearScale
    configuration.shuffleSeq = shuffleSeq
    configuration.finalSeqLength = finalSeqLength
    configuration.seed = seed
    return configuration
  }
}

/// Where training data come from.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A dataset that generate, or the reference implementation, has written. (default: the paper's)",
      valueName: "file"),
    completion: .file(extensions: DatasetFormat.allCases.map(\.rawValue)))
  var data: String?

  func dataset() throws -> Dataset {
    guard let data else { return try Dataset(Configuration()) }
    return try Dataset(reading: data)
  }

  /// The dataset, refused if there is nothing to learn from or nothing to test on.
  func completeDataset() throws -> Dataset {
    let dataset = try dataset()
    for (kind, count) in [("training", dataset.y.count), ("test", dataset.yTest.count)]
    where count == 0 {
      throw Failure.badData(
        "\(data ?? "the dataset") holds no \(kind) examples; it must hold training and test examples"
      )
    }
    return dataset
  }
}

extension Dataset {
  /// How many classes there must be for every label to be one of them.
  var labelCount: Int { (max(y.max() ?? -1, yTest.max() ?? -1)) + 1 }

  /// Refuses labels that a network of so many classes does not know; `file` holds its weights.
  func requireClasses(_ classes: Int, of file: String?) throws {
    guard labelCount <= classes else {
      throw Failure.badData(
        "\(file.map { "\($0) is" } ?? "this is") for \(classes) classes, and the data have the label "
          + "\(labelCount - 1); they should have 0 to \(classes - 1)")
    }
  }
}

/// Says what was dropped from the names in a file of weights.
func noteDropped(_ prefix: String?, from file: String?) {
  guard let prefix, let file else { return }
  Terminal.note("\(file): every name starts with \(prefix), which is left out")
}
