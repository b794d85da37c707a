import Figures
import NeuralNetworks
import Runs
import Storage

extension Sweep {
  /// A sweep asks a question of its user's own: it makes no claim.
  package static func findings(_ results: Results<Sweep>) -> Findings {
    // A figure shows a network at every value, also of a setting that it has not; tables and notes count trainings.
    let conditions = results.conditions
    var seen = Set<Trial>()
    let trained = conditions.filter {
      seen.insert(Trial(model: $0.model, all: $0.settings, seed: 0)).inserted
    }
    return Findings(
      tables: [results.table(trained)],
      illustrations: [results.overview(conditions), results.learningCurves(trained)],
      notes: results.notes(trained))
  }

  /// A setting that has several values, `models` among them.
  struct Dimension: Equatable {
    /// The spelling on the command line.
    let key: String
    /// The values as one writes them.
    let values: [String]
    /// The values as numbers; nil for what is none, such as the kinds of network.
    let numbers: [Double]?

    /// A value as a figure names it.
    func label(_ value: String) -> String {
      key == "models" ? Architecture(rawValue: value)?.label ?? value : Int(value)?.shown ?? value
    }

    /// The values in the order of figures: networks have their own.
    var shown: [String] {
      key == "models"
        ? Architecture.ordered(values.compactMap(Architecture.init(rawValue:))).map(\.rawValue)
        : values
    }

    /// What a value looks like: a network as everywhere, another by its place.
    func appearance(of value: String) -> Appearance {
      if key == "models", let network = Architecture(rawValue: value) { return network.appearance }
      return .place(shown.firstIndex(of: value) ?? 0)
    }

    /// Whether the values are so far apart that a logarithmic axis shows them better: each at least half as much again
    /// as the one before, and the last twenty times the first.
    var isGeometric: Bool {
      guard let numbers, numbers.count > 2, numbers.allSatisfy({ $0 > 0 }) else { return false }
      let sorted = numbers.sorted()
      return sorted[sorted.count - 1] >= 20 * sorted[0]
        && zip(sorted, sorted.dropFirst()).allSatisfy { $1 >= 1.5 * $0 }
    }
  }

  /// All trainings that differ in their seed alone.
  struct Condition {
    let model: Architecture
    let settings: [String: String]

    /// Whether a training is one of these.
    func holds(_ trial: Trial) -> Bool {
      trial == Trial(model: model, all: settings, seed: trial.seed)
    }

    /// The value of a dimension here.
    func value(of dimension: Dimension, standard: [String: String]) -> String {
      dimension.key == "models"
        ? model.rawValue : settings[dimension.key] ?? standard[dimension.key] ?? ""
    }
  }
}

extension Sweep.Configuration {
  /// The settings that have several values: kinds of network first, then in the order of an experiment.
  var dimensions: [Sweep.Dimension] {
    let models = Sweep.Dimension(key: "models", values: models.map(\.rawValue), numbers: nil)
    return (models.values.count > 1 ? [models] : [])
      + varying.map { axis in
        let numbers = axis.values.compactMap(\.number)
        return Sweep.Dimension(
          key: axis.key, values: axis.values.map(\.written),
          numbers: numbers.count == axis.values.count ? numbers : nil)
      }
  }
}

extension Sweep.Metric {
  /// What an axis says.
  var label: String {
    switch self {
    case .testAccuracy: "test accuracy (%)"
    case .bestTestAccuracy: "best test accuracy (%)"
    case .testLoss: "test loss"
    case .trainAccuracy: "training accuracy (%)"
    case .trainLoss: "training loss"
    }
  }

  var decimals: Int { self == .testLoss || self == .trainLoss ? 3 : 1 }

  func callAsFunction(_ measurement: Sweep.Measurement) -> Double {
    switch self {
    case .testAccuracy: measurement.testAccuracy
    case .bestTestAccuracy: measurement.curve.max() ?? measurement.testAccuracy
    case .testLoss: measurement.testLoss
    case .trainAccuracy: measurement.trainAccuracy
    case .trainLoss: measurement.trainLoss
    }
  }
}

extension Results<Sweep> {
  fileprivate var conditions: [Sweep.Condition] {
    configuration.models.flatMap { model in
      configuration.settings.map { Sweep.Condition(model: model, settings: $0) }
    }
  }

  private var standard: [String: String] {
    SettingAxis.all.reduce(into: [:]) { $0[$1.key] = $1.standard.written }
  }

  private func sample(
    of condition: Sweep.Condition, _ metric: (Sweep.Measurement) -> Double
  ) -> Sample? {
    sample(where: condition.holds) {
      metric($0)
    }
  }

  private var seeds: String { Spread.deviation.caption(over: configuration.seeds.count) }

  // MARK: Table

  fileprivate func table(_ conditions: [Sweep.Condition]) -> Table {
    let dimensions = configuration.dimensions
    let usual: [Sweep.Metric] = [.testAccuracy, .testLoss, .trainAccuracy]
    let metrics = [configuration.metric] + usual.filter { $0 != configuration.metric }
    var table = Table(
      "results", title: "What each combination came to, \(seeds)",
      columns: (dimensions.isEmpty ? ["model"] : dimensions.map(\.key))
        + metrics.map { $0.rawValue.replacing("-", with: " ") } + ["parameters"])
    let standard = standard
    for condition in conditions {
      let names =
        dimensions.isEmpty
        ? [condition.model.rawValue]
        : dimensions.map { condition.value(of: $0, standard: standard) }
      let sample = sample(of: condition) { Double($0.parameters) }
      table.append(
        names.map { Double($0).map { .number($0, decimals: Self.decimals($0)) } ?? .text($0) }
          + metrics.map { metric in
            Cell(self.sample(of: condition) { metric($0) }, decimals: metric.decimals)
          }
          + [sample.map { .integer(Int($0.mean)) } ?? .empty])
    }
    return table
  }

  /// As few decimals as give a setting's value back.
  private static func decimals(_ value: Double) -> Int {
    (0...12).first { Double(value.shown($0).replacing("−", with: "-")) == value } ?? 6
  }

  // MARK: Figure

  /// Which dimension is shown how: along the axis, by colour, and over the panels.
  private var layout: (x: Sweep.Dimension?, by: Sweep.Dimension?, panels: [Sweep.Dimension]) {
    var rest = configuration.dimensions
    func take(_ isWanted: (Sweep.Dimension) -> Bool) -> Sweep.Dimension? {
      rest.firstIndex(where: isWanted).map { rest.remove(at: $0) }
    }
    let by = configuration.by.flatMap { key in take { $0.key == key } }
    let x =
      configuration.x.flatMap { key in take { $0.key == key } }
      ?? take { $0.numbers != nil } ?? take { _ in true }
    return (x, by ?? take { $0.numbers == nil } ?? take { _ in true }, rest)
  }

  /// What the metric does along the settings that vary.
  ///
  /// One numeric setting is an axis with a line for each value of another; two numeric ones are a map; kinds are bars.
  fileprivate func overview(_ conditions: [Sweep.Condition]) -> Illustration? {
    let (x, by, others) = layout
    guard let x else { return nil }
    let metric = configuration.metric
    let standard = standard
    let panels = Self.combinations(of: others).prefix(24).map { fixed in
      let shown = conditions.filter { condition in
        zip(others, fixed).allSatisfy { condition.value(of: $0, standard: standard) == $1 }
      }
      func sample(_ xValue: String, _ byValue: String?) -> Sample? {
        shown.first { condition in
          condition.value(of: x, standard: standard) == xValue
            && by.map { condition.value(of: $0, standard: standard) == byValue } ?? true
        }.flatMap { self.sample(of: $0) { metric($0) } }
      }
      return panel(
        others.isEmpty ? nil : zip(others, fixed).map { "\($0.key) \($1)" }.joined(separator: ", "),
        x: x, by: by, sample)
    }
    let caption =
      "\(metric.label.capitalizedFirst) by \(x.key)\(by.map { " and \($0.key)" } ?? ""), \(seeds)."
    return Illustration(
      "sweep", caption: caption,
      figure: Figure(
        title: "\(metric.label.replacing(" (%)", with: "").capitalizedFirst) by \(x.key)",
        subtitle: by.map {
          isMap(x, $0) ? "Each cell is a mean over seeds" : "By \($0.key): \(seeds)"
        }
          ?? seeds.capitalizedFirst,
        panels: Array(panels), columns: Swift.min(3, panels.count), sharing: .both, legend: .below,
        width: panels.count > 1 ? 1080 : 720, aspect: 0.62))
  }

  /// Two numeric settings are shown as a map, unless one of them is asked for as lines.
  private func isMap(_ x: Sweep.Dimension, _ by: Sweep.Dimension) -> Bool {
    configuration.by == nil && x.numbers != nil && by.numbers != nil
  }

  private func panel(
    _ title: String?, x: Sweep.Dimension, by: Sweep.Dimension?,
    _ sample: (_ x: String, _ by: String?) -> Sample?
  ) -> Panel {
    let metric = configuration.metric
    let y = Axis(metric.label)
    if let by, isMap(x, by) {
      // Larger values of the second setting lie higher.
      let rows = Array(by.shown.reversed())
      return Panel(
        title: title, x: Axis(x.key, ticks: .names(x.shown.map(x.label))),
        y: Axis(by.key, ticks: .names(rows.map(by.label)), direction: .backward),
        marks: [
          .heatMap(
            HeatMap(
              rows.flatMap { row in x.shown.map { sample($0, row)?.mean ?? .nan } },
              rows: rows.count, columns: x.shown.count))
        ], colors: ColorScale(Axis(metric.label)))
    }
    let groups: [String?] = by.map { $0.shown } ?? [nil]
    func appearance(_ group: String?) -> Appearance {
      group.flatMap { by?.appearance(of: $0) } ?? .place(0)
    }
    guard let numbers = x.numbers else {
      return Panel(
        title: title, x: Axis(x.key, ticks: .names(x.shown.map(x.label))), y: y,
        marks: groups.map { group in
          let samples = x.shown.map { sample($0, group) }
          return .bars(
            Bars(
              group.flatMap { by?.label($0) }, values: samples.map { $0?.mean ?? .nan },
              errors: configuration.seeds.count > 1 ? samples.map { $0?.deviation ?? 0 } : nil,
              color: appearance(group).color))
        })
    }
    let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    return Panel(
      title: title, x: Axis(x.key, scale: x.isGeometric ? .logarithmic : .linear), y: y,
      marks: groups.map { group in
        .line(
          Line(
            group.flatMap { by?.label($0) },
            SampleCurve(x: order.map { numbers[$0] }, order.map { sample(x.values[$0], group) }),
            as: appearance(group), points: .shown))
      })
  }

  private static func combinations(of dimensions: [Sweep.Dimension]) -> [[String]] {
    dimensions.reduce([[]]) { combinations, dimension in
      combinations.flatMap { combination in dimension.values.map { combination + [$0] } }
    }
  }

  /// The way there, for as many combinations as a figure can tell apart.
  fileprivate func learningCurves(_ conditions: [Sweep.Condition]) -> Illustration? {
    guard conditions.count <= 10 else { return nil }
    let (dimensions, standard) = (configuration.dimensions, standard)
    let others = dimensions.filter { $0.key != "models" }
    // Networks have their colours, and what else differs has dashes; without several networks it has colours.
    let settings = conditions.map { condition in
      others.map { condition.value(of: $0, standard: standard) }
    }.reduce(into: [[String]]()) { if !$0.contains($1) { $0.append($1) } }
    let lines = conditions.sorted { $0.model.place < $1.model.place }.compactMap {
      condition -> Mark? in
      let place =
        settings.firstIndex(of: others.map { condition.value(of: $0, standard: standard) }) ?? 0
      let appearance =
        others.count < dimensions.count || others.isEmpty
        ? condition.model.appearance.dashed(place) : .place(place)
      let label =
        dimensions.isEmpty
        ? condition.model.label
        : dimensions.map { $0.label(condition.value(of: $0, standard: standard)) }
          .joined(separator: ", ")
      return curve(where: condition.holds) {
        ($0.steps, $0.curve)
      }.map { .line(Line(label, $0, as: appearance)) }
    }
    guard !lines.isEmpty else { return nil }
    return Illustration(
      "learning-curves", caption: "Test accuracy while training, \(seeds).",
      figure: Figure(
        title: "Test accuracy while training", subtitle: seeds.capitalizedFirst,
        panels: [Panel(x: Axis("training step"), y: Axis("test accuracy (%)"), marks: lines)],
        legend: .below, width: 720, aspect: 0.62))
  }

  // MARK: Notes

  fileprivate func notes(_ conditions: [Sweep.Condition]) -> [String] {
    let metric = configuration.metric
    let isLoss = metric == .testLoss || metric == .trainLoss
    let measured = conditions.compactMap { condition in
      sample(of: condition) { metric($0) }.map { (condition: condition, sample: $0) }
    }
    let best = measured.max {
      isLoss ? $0.sample.mean > $1.sample.mean : $0.sample.mean < $1.sample.mean
    }
    guard let best, measured.count > 1 else { return [] }
    let (dimensions, standard) = (configuration.dimensions, standard)
    let values = dimensions.map { "\($0.key) \(best.condition.value(of: $0, standard: standard))" }
    return [
      "The \(isLoss ? "lowest" : "highest") mean \(metric.label) of \(measured.count) combinations is "
        + "\(best.sample.shown(metric.decimals)), with \(values.joined(separator: ", "))."
    ]
  }
}

extension Architecture {
  fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
