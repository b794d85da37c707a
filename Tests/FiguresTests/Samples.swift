import Figures

/// Figures of every kind, from exact arithmetic only.
enum Samples {
  static let steps = (0...24).map { Double($0) * 250 }

  /// Test accuracy against the training step for four models, as in the paper's Figure 2.
  static let accuracy: Figure = {
    var marks: [Mark] = []
    for (index, model) in ["logistic", "mlp", "cnn", "gru"].enumerated() {
      for dash in [Dash.solid, .dashed] {
        let top = Double(30 + 20 * index) - (dash == .dashed ? 5 : 0)
        let mean = steps.map { 10 + top * $0 / ($0 + 700) }
        let spread = steps.map { 500 / ($0 + 300) + 0.25 }
        marks.append(
          .line(
            Line(
              dash == .solid ? model : nil, x: steps, y: mean,
              band: Band(around: mean, by: spread), color: .series(index), dash: dash)))
      }
    }
    marks.append(.line(Line("columns shuffled", x: [], y: [], color: .ink, dash: .dashed)))
    marks.append(.rule(Rule(.horizontal(96), label: "human expert 96 %", color: .ink)))
    marks.append(.rule(Rule(.horizontal(94), label: "reported 94 %")))
    return Figure(
      title: "Spatial priors pay off while there is structure to use, and only then, in this data",
      subtitle: "mean ± standard deviation over three seeds",
      caption: "Dashed: the same signals with their columns shuffled.",
      notice: "reduced scale: --quick",
      panels: [
        Panel(x: Axis("training step"), y: Axis("test accuracy (%)"), marks: marks)
      ])
  }()

  /// Error against size on logarithmic axes, in a grid that shares them, with thresholds.
  static let descent: Figure = {
    let sizes = (0..<12).map { Double(1 << $0) * 60 }
    let panels = ["MLP, likelihood", "MLP, squares", "CNN, likelihood", "CNN, squares"].map {
      name in
      let test = sizes.map { 40 + 8000 / ($0 + 400) }
      return Panel(
        title: name, x: Axis("parameters", scale: .logarithmic),
        y: Axis("error (%)", scale: .logarithmic),
        marks: [
          .line(Line("test", x: sizes, y: test, color: .series(0), marker: .circle)),
          .line(
            Line("train", x: sizes, y: sizes.map { 2000 / $0 }, color: .series(1), marker: .cross)),
          .rule(Rule(.vertical(40_000), label: "n · K = 40,000")),
          .rule(Rule(.vertical(20_000), label: "n = 20,000")),
        ])
    }
    return Figure(
      title: "Deep double descent", panels: panels, columns: 2, sharing: .both, legend: .below)
  }()

  /// Grouped bars with error bars, and bars with long names.
  static let bars = Figure(
    title: "Bars",
    panels: [
      Panel(
        title: "grouped",
        x: Axis("training examples", ticks: .names(["1,000", "5,000", "50,000"])),
        y: Axis("test accuracy (%)"),
        marks: [
          .bars(Bars("none", values: [59, 70, 97], errors: [2, 1, 0.5], color: .series(0))),
          .bars(Bars("max", values: [79, .nan, 97.5], errors: [1, 1, 0.5], color: .series(1))),
        ]),
      Panel(
        title: "long names",
        x: Axis(ticks: .names(["dense", "lottery, fresh initialisation", "random ticket"])),
        y: Axis("change"), marks: [.bars(Bars("ticket", values: [-3, 6, 2]))]),
      Panel(
        title: "crowded", x: Axis("architecture", ticks: .names((0..<24).map { "variant-\($0)" })),
        y: Axis("loss"), marks: [.bars(Bars("variant", values: (0..<24).map(Double.init)))]),
    ], columns: 2, legend: .belowEachPanel)

  /// Heat maps, one of them signed, with colour bars.
  static let heatMaps = Figure(
    title: "Heat maps",
    panels: [
      Panel.heatMap(
        HeatMap((0..<600).map { Double($0 % 29) * 1e5 }, rows: 20, columns: 30), title: "counts",
        columnLabel: "column", rowLabel: "row", colors: ColorScale(Axis("count"))),
      Panel.heatMap(
        HeatMap((0..<600).map { Double($0 % 7) - 3 }, rows: 20, columns: 30), title: "weights",
        columnLabel: "column", rowLabel: "row",
        colors: ColorScale(Axis("weight", from: -3, to: 3), map: .diverging)),
    ], columns: 2)

  /// Curves coloured by the outer step, with one colour bar for two panels.
  static let coloured: Figure = {
    let x = (0...40).map { Double($0) / 4 - 5 }
    let panels = [0.5, 1].map { strength in
      Panel(
        title: "strength \(strength)", x: Axis("input"), y: Axis("output"),
        marks: (0...10).map { step in
          .line(Line(x: x, y: x.map { $0 * strength * Double(step) }, color: .value(Double(step))))
        }, colors: ColorScale(Axis("outer step")))
    }
    return Figure(title: "The activation as it is learned", panels: panels, columns: 2, sharing: .y)
  }()

  /// Upright signals as small multiples.
  static let signals = Figure(
    title: "Templates",
    panels: (0..<10).map { digit in
      Panel.signals(
        [(0..<12).map { Double(($0 * digit) % 5) }, (0..<12).map { Double($0 % 4) }],
        title: "\(digit)", range: 0...5)
    }, columns: 10,
    rowTitles: ["first row: a heading that is long enough for two lines on a phone"], aspect: 2.5)

  /// Values that have no place, and values at the edge of what numbers can hold.
  static let odd: Figure = {
    func panel(_ title: String, _ y: [Double], _ scale: Axis.Scale = .linear) -> Panel {
      let x = y.indices.map(Double.init)
      return Panel(
        title: title, x: Axis("x"), y: Axis("y", scale: scale),
        marks: [.line(Line(title, x: x, y: y, band: Band(around: y, by: y)))])
    }
    return Figure(
      title: "<Odd> & \"quoted\" data",
      panels: [
        panel("gaps", [1, 2, .nan, 4, .infinity, 6, 7]), panel("empty", []),
        panel("one point", [3]), panel("constant", [7, 7, 7]), panel("zero", [0, 0]),
        panel("nothing finite", [.nan, -.infinity]), panel("huge", [-1e308, -1e299, 1e299]),
        panel("tiny", [0, 1e-305, .leastNonzeroMagnitude]), panel("close", [1e9, 1e9 + 1e-3]),
        panel("not positive", [0, -1, 1e-305], .logarithmic),
        panel("many decades", [1e-290, 1, 1e290], .logarithmic),
        panel("narrow", [60, 75], .logarithmic),
      ], columns: 4, width: 1100)
  }()

  static let all = [accuracy, descent, bars, heatMaps, coloured, signals, odd]
}
