import Figures
import MNIST1D
import ReferenceRandom

extension Figure {
  /// The dataset in pictures, as in the paper's Figure 1 and its appendix: the templates, every
  /// transformation on the way to an example, and one finished example for each class.
  ///
  /// Signals stand upright: values to the right, positions downward. The transformations are those of
  /// the dataset that has one example for each class under the same seed; the finished examples are the
  /// first of their class in the dataset itself.
  ///
  /// - Parameter configuration: The dataset's settings.
  /// - Returns: A figure with a column for each class.
  /// - Throws: `ConfigurationError` for settings from which no dataset can be made.
  package static func dataset(
    _ configuration: DatasetConfiguration
  ) throws(ConfigurationError) -> Figure {
    let dataset = try Dataset(configuration)
    let templates = Templates.digits
    var random = NumPyRandomState(seed: UInt32(configuration.seed))
    let stages = (0..<templates.classCount).map {
      Transform.stages(of: Array(templates.x[$0]), configuration, using: &random)
    }
    let values = stages.joined().joined()
    let range = Figure.range(values.min() ?? 0, values.max() ?? 1)
    var panels = Transform.Stage.allCases.flatMap { stage in
      stages.indices.map { digit in
        var panel = Panel.signals(
          [stages[digit][stage.rawValue]], title: stage == .template ? "\(digit)" : nil,
          range: range, colors: [.series(digit)])
        if stage == .padded {
          // As long as the others, so that one sees how much was appended.
          let length = templates.x.length + configuration.padding.upperBound
          panel.y.minimum = 0
          panel.y.maximum = Double(max(length - 1, 1))
        }
        return panel
      }
    }
    let examples = (0..<templates.classCount).map { dataset.firstExample(of: $0) }
    let finished = examples.joined()
    panels += examples.indices.map { digit in
      Panel.signals(
        [examples[digit]], range: Figure.range(finished.min() ?? 0, finished.max() ?? 1),
        colors: [.series(digit)])
    }
    return Figure(
      title: "From ten templates to MNIST-1D",
      subtitle: "Values to the right, positions downward; the transformations one after another",
      panels: panels, columns: templates.classCount,
      rowTitles: Transform.Stage.allCases.map { $0.title(configuration) } + [
        "In the dataset: the first example of each class, centred and normalised"
          + (configuration.shuffleSeq ? ", columns shuffled" : "")
      ], legend: .hidden, width: 860, aspect: 1.6)
  }

  /// Limits that differ, also for a signal that is constant.
  private static func range(_ low: Double, _ high: Double) -> ClosedRange<Double> {
    low < high ? low...high : (low - 1)...(high + 1)
  }
}

extension Dataset {
  /// The first signal with this label, a training example if there is one.
  fileprivate func firstExample(of label: Int) -> [Double] {
    if let index = y.firstIndex(of: label) { return Array(x[index]) }
    return yTest.firstIndex(of: label).map { Array(xTest[$0]) } ?? []
  }
}

extension Transform.Stage {
  /// What was done last, with the setting that governs it.
  fileprivate func title(_ configuration: DatasetConfiguration) -> String {
    switch self {
    case .template: "Template"
    case .padded:
      "Padded with \(configuration.padding.lowerBound) to \(configuration.padding.upperBound) zeros"
    case .dilated:
      "Dilated to \(configuration.templateLen + configuration.padding.upperBound) points"
    case .scaled: "Scaled (scale_coeff \(configuration.scaleCoeff))"
    case .translated: "Translated (max_translation \(configuration.maxTranslation))"
    case .filled:
      "Correlated noise where it is zero (corr_noise_scale \(configuration.corrNoiseScale))"
    case .noisy: "White noise everywhere (iid_noise_scale \(configuration.iidNoiseScale))"
    case .sheared: "Sheared (shear_scale \(configuration.shearScale))"
    case .subsampled: "Subsampled to \(configuration.finalSeqLength) points"
    }
  }
}
