import Figures

/// The examples of the module `Figures`.
enum FigureExamples {
  static func curves(steps: [Double], mean: [Double], deviation: [Double], shuffled: [Double])
    -> Figure
  {
    let figure = Figure(
      title: "Shuffling the columns costs the CNN its advantage",
      panels: [
        Panel(
          x: Axis("training step"), y: Axis("test accuracy (%)", from: 0, to: 100),
          marks: [
            .line(Line("cnn", x: steps, y: mean, band: Band(around: mean, by: deviation))),
            .line(Line(x: steps, y: shuffled, color: .series(0), dash: .dashed)),
            .line(Line("columns shuffled", x: [], y: [], color: .ink, dash: .dashed)),
            .rule(Rule(.horizontal(96), label: "human 96 %")),
          ])
      ])
    return figure
  }

  static func picture(steps: [Double], accuracy: [Double]) -> String {
    let figure = Figure(
      title: "The ticket keeps its advantage",
      panels: [
        Panel(
          x: Axis("training step"), y: Axis("test accuracy (%)"),
          marks: [.line(Line("lottery", x: steps, y: accuracy))])
      ])
    let picture = figure.svg()
    return picture
  }
}
