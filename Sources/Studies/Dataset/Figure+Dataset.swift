import Figures
import MNIST1D
import ReferenceRandom
import Runs

/// A step on the way from a template into the dataset.
package enum DatasetStage: String, CaseIterable, Sendable {
  case template
  case padded
  case dilated
  case scaled
  case translated
  case filled
  case noisy
  case sheared
  case subsampled
  /// As it stands in the dataset.
  case finished

  /// The transformation that leads here; nil for what the dataset does with all examples together.
  fileprivate var transformation: Transform.Stage? {
    Self.allCases.firstIndex(of: self).flatMap { Transform.Stage(rawValue: $0) }
  }
}

/// How the dataset is laid out in a picture.
package enum DatasetLayout: String, CaseIterable, Sendable {
  /// A column for each digit, a row for each step, signals upright as in the paper.
  case portrait
  /// A row for each digit, a column for each step, signals lying: for a slide.
  case landscape
}

extension Figure {
  /// The dataset in pictures, as in the paper's Figure 1 and its appendix: for each digit one example of
  /// the dataset, from its template through every transformation to what is learned from.
  ///
  /// The examples are the first that are made of their class. A template is drawn on the scale of the
  /// templates, a finished example on that of the finished ones, and all others on one scale.
  ///
  /// - Parameters:
  ///   - configuration: The dataset's settings.
  ///   - digits: The classes to show.
  ///   - steps: The steps to show, in order.
  ///   - layout: Upright or lying.
  /// - Returns: A figure with a panel for each digit and step.
  /// - Throws: `ConfigurationError` for settings from which no dataset can be made.
  /// - Precondition: at least one digit and one step, digits from 0 to 9.
  package static func dataset(
    _ configuration: DatasetConfiguration, digits: [Int] = Array(0...9),
    steps: [DatasetStage] = DatasetStage.allCases, layout: DatasetLayout = .portrait
  ) throws(ConfigurationError) -> Figure {
    precondition(
      !digits.isEmpty && digits.allSatisfy((0...9).contains) && !steps.isEmpty,
      "the dataset in pictures takes digits from 0 to 9 and a step or more, found \(digits) and \(steps)"
    )
    let journeys = try Journey.firstOfEachClass(configuration)
    let ranges = Journey.ranges(of: journeys)
    // As long as the others, so that one sees how much was appended.
    let longest = Templates.digits.x.length + configuration.padding.upperBound
    func panel(_ step: DatasetStage, _ digit: Int, title: String?) -> Panel {
      let isLying = layout == .landscape
      var panel = Panel.signals(
        [journeys[digit].signal(at: step)], title: title,
        orientation: isLying ? .lying : .upright, range: ranges(step), colors: [.series(digit)])
      if step == .padded {
        let positions = Axis(
          from: 0, to: Double(max(longest - 1, 1)), ticks: .hidden,
          direction: isLying ? .forward : .backward)
        if isLying { panel.x = positions } else { panel.y = positions }
      }
      if isLying, step == steps[0] { panel.y.label = "\(digit)" }
      return panel
    }
    let titles = steps.map { $0.title(configuration, layout) }
    let caption =
      "\(digits.count == 1 ? "An example" : "One example of each digit") of the dataset of seed "
      + "\(configuration.seed), followed from its template into the dataset. "
      + "Templates and finished examples have scales of their own; all steps between share one."
    switch layout {
    case .portrait:
      return Figure(
        title: "From \(digits.count == 1 ? "a template" : "templates") to MNIST-1D",
        subtitle: "Values to the right, positions downward; the transformations one after another",
        caption: caption,
        panels: steps.flatMap { step in
          digits.map { panel(step, $0, title: step == steps[0] ? "\($0)" : nil) }
        }, columns: digits.count, rowTitles: titles, legend: .hidden,
        width: 60 + 80 * Double(max(digits.count, 4)), aspect: digits.count < 4 ? 0.9 : 1.6)
    case .landscape:
      return Figure(
        title: "From \(digits.count == 1 ? "a template" : "templates") to MNIST-1D",
        subtitle: "Positions to the right, values upward; the transformations one after another",
        caption: caption,
        panels: digits.flatMap { digit in
          zip(steps, titles).map { panel($0, digit, title: digit == digits[0] ? $1 : nil) }
        }, columns: steps.count, legend: .hidden, width: 1280,
        aspect: landscapeAspect(rows: digits.count, columns: steps.count))
    }
  }
}

extension Figure {
  /// A panel's height in units of its width, so that all rows fill a slide of 1280 × 720, less the titles.
  fileprivate static func landscapeAspect(rows: Int, columns: Int) -> Double {
    let gap = 18.0
    let width = 1230 / Double(columns) - gap
    return min(0.75, max(0.15, (550 / Double(rows) - gap) / width))
  }
}

/// One example from its template into the dataset.
private struct Journey {
  /// The signal after each transformation.
  let stages: [[Double]]
  /// What the dataset holds.
  let finished: [Double]

  func signal(at step: DatasetStage) -> [Double] {
    step.transformation.map { stages[$0.rawValue] } ?? finished
  }

  /// The first example that is made of each class, as the dataset of these settings is made.
  static func firstOfEachClass(
    _ configuration: DatasetConfiguration
  ) throws(ConfigurationError) -> [Journey] {
    let dataset = try Dataset(configuration)
    let templates = Templates.digits
    let perClass = configuration.numSamples / templates.classCount
    var random = NumPyRandomState(seed: UInt32(configuration.seed))
    var stages: [[[Double]]] = []
    for digit in 0..<templates.classCount {
      for example in 0..<perClass {
        let signals = Transform.stages(
          of: Array(templates.x[digit]), configuration, using: &random)
        if example == 0 { stages.append(signals) }
      }
    }
    // Then the dataset shuffles its examples.
    let rows = random.permutation(perClass * templates.classCount)
    return stages.enumerated().map { digit, stages in
      let row = rows.firstIndex(of: digit * perClass) ?? 0
      let training = dataset.x.count
      let finished = row < training ? dataset.x[row] : dataset.xTest[row - training]
      return Journey(stages: stages, finished: Array(finished))
    }
  }

  /// The values that each step's panels have to show.
  static func ranges(of journeys: [Journey]) -> (DatasetStage) -> ClosedRange<Double> {
    func range(_ signals: [[Double]]) -> ClosedRange<Double> {
      let (low, high) = (signals.joined().min() ?? 0, signals.joined().max() ?? 1)
      // Limits that differ, also for a signal that is constant.
      return low < high ? low...high : (low - 1)...(high + 1)
    }
    let templates = range(journeys.map { $0.stages[0] })
    let between = range(journeys.flatMap { $0.stages.dropFirst() })
    let finished = range(journeys.map(\.finished))
    return { $0 == .template ? templates : $0 == .finished ? finished : between }
  }
}

extension DatasetStage {
  /// What was done last, with the setting that governs it: by its name where a row has room for that.
  fileprivate func title(_ configuration: DatasetConfiguration, _ layout: DatasetLayout) -> String {
    func governed(_ action: String, by name: String, _ value: some CustomStringConvertible)
      -> String
    {
      layout == .portrait ? "\(action) (\(name) \(value))" : "\(action), \(value)"
    }
    switch self {
    case .template: return "Template"
    case .padded:
      return
        "Padded with \(configuration.padding.lowerBound) to \(configuration.padding.upperBound) zeros"
    case .dilated:
      return "Dilated to \(configuration.templateLen + configuration.padding.upperBound) points"
    case .scaled: return governed("Scaled", by: "scale_coeff", configuration.scaleCoeff)
    case .translated:
      return governed("Translated", by: "max_translation", configuration.maxTranslation)
    case .filled:
      return governed(
        "Correlated noise where it is zero", by: "corr_noise_scale", configuration.corrNoiseScale)
    case .noisy:
      return governed("White noise everywhere", by: "iid_noise_scale", configuration.iidNoiseScale)
    case .sheared: return governed("Sheared", by: "shear_scale", configuration.shearScale)
    case .subsampled: return "Subsampled to \(configuration.finalSeqLength) points"
    case .finished:
      return "In the dataset: centred and normalised"
        + (configuration.shuffleSeq ? ", columns shuffled" : "")
    }
  }
}
