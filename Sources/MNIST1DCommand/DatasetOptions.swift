import ArgumentParser
import DataFormats
import MNIST1D
import StudyCommands

/// Every setting of the dataset, under the names of the reference implementation.
struct DatasetOptions: ParsableArguments {
  @Option(number: help("numSamples")) var numSamples = DatasetConfiguration().numSamples
  @Option(number: help("trainSplit")) var trainSplit = DatasetConfiguration().trainSplit
  @Option(number: help("templateLen")) var templateLen = DatasetConfiguration().templateLen
  @Option(range: help("padding")) var padding = DatasetConfiguration().padding
  @Option(number: help("scaleCoeff")) var scaleCoeff = DatasetConfiguration().scaleCoeff
  @Option(number: help("maxTranslation")) var maxTranslation = DatasetConfiguration().maxTranslation
  @Option(number: help("corrNoiseScale")) var corrNoiseScale = DatasetConfiguration().corrNoiseScale
  @Option(number: help("iidNoiseScale")) var iidNoiseScale = DatasetConfiguration().iidNoiseScale
  @Option(number: help("shearScale")) var shearScale = DatasetConfiguration().shearScale
  @Flag(help: help("shuffleSeq")) var shuffleSeq = false
  @Option(number: help("finalSeqLength")) var finalSeqLength = DatasetConfiguration().finalSeqLength
  @Option(number: help("seed")) var seed = DatasetConfiguration().seed

  var configuration: DatasetConfiguration {
    DatasetConfiguration(
      numSamples: numSamples, trainSplit: trainSplit, templateLen: templateLen, padding: padding,
      scaleCoeff: scaleCoeff, maxTranslation: maxTranslation, corrNoiseScale: corrNoiseScale,
      iidNoiseScale: iidNoiseScale, shearScale: shearScale, shuffleSeq: shuffleSeq,
      finalSeqLength: finalSeqLength, seed: seed)
  }
}

/// What a setting means, from the dataset's own list.
private func help(_ name: String) -> ArgumentHelp {
  guard let parameter = DatasetConfiguration.parameters.first(where: { $0.name == name }) else {
    preconditionFailure("a dataset has no setting \(name)")
  }
  let placeholder: String? =
    switch parameter.value {
    case .integer: "n"
    case .number: "x"
    case .range: "low,high"
    case .flag: nil
    }
  return ArgumentHelp(parameter.meaning, valueName: placeholder)
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
    guard let data else { return try Dataset(DatasetConfiguration()) }
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
