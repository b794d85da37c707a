import Figures
import Testing

@Suite("Marks")
struct MarkTests {
  private func document(_ marks: [Mark], x: Axis = Axis(), y: Axis = Axis()) throws -> Document {
    try #require(Document(Figure(title: "Marks", panels: [Panel(x: x, y: y, marks: marks)])))
  }

  @Test("a value that is not finite leaves a gap, and what stands alone is a dot")
  func gaps() throws {
    let line = Line(x: [0, 1, 2, 3, 4, 5, 6], y: [1, 2, .nan, 4, .infinity, 6, 5])
    let lines = try document([.line(line)]).lines
    #expect(lines.count == 2)
    let curve = subpaths(lines[0].attributes["d"] ?? "")
    #expect(curve.map(\.count) == [2, 2])
    #expect(curve[0][1].x < curve[1][0].x)
    #expect(lines[1].attributes["d"]?.hasSuffix("h0") == true)
  }

  @Test("values that are not positive are gaps on a logarithmic axis and leave its limits alone")
  func logarithmicGaps() throws {
    let line = Line(x: [0, 1, 2, 3, 4, 5], y: [10, 20, 0, -5, 40, 100])
    let drawn = try document([.line(line)], y: Axis(scale: .logarithmic))
    #expect(subpaths(drawn.lines[0].attributes["d"] ?? "").map(\.count) == [2, 2])
    #expect(drawn.texts(.tick).contains("100") && !drawn.texts(.tick).contains("1"))
  }

  @Test("a band without width is neither drawn nor in the legend")
  func emptyBand() throws {
    for (deviation, bands) in [(0.0, 0), (0.5, 2)] {
      let band = Band(around: [1, 2], by: [0, deviation])
      let line = Line("mean", x: [0, 1], y: [1, 2], band: band)
      let drawn = try document([.line(line)])
      #expect(drawn.elements.count { $0.attributes["fill-opacity"] != nil } == bands)
    }
  }

  @Test("a line without points appears in the legend alone")
  func legendOnly() throws {
    let drawn = try document([.line(Line("dashed", x: [], y: [], dash: .dashed))])
    #expect(drawn.lines.isEmpty)
    #expect(drawn.texts(.legend) == ["dashed"])
    let samples = drawn.all("path").filter { $0.groups.contains("f-legend") }
    #expect(samples.first?.attributes["stroke-dasharray"] == "5 5")
  }

  @Test("a hundred thousand points are thinned to a few per pixel and keep their extremes")
  func thinning() throws {
    let x = (0..<100_000).map(Double.init)
    var state: UInt64 = 1
    let y = x.map { _ -> Double in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40)
    }
    let figure = Figure(title: "Noise", panels: [Panel(marks: [.line(Line(x: x, y: y))])])
    let svg = figure.svg()
    #expect(svg.utf8.count < 60_000)
    let points = subpaths(try #require(Document(svg)).lines[0].attributes["d"] ?? "").joined()
    let cell = Composition(figure).cells[0]
    #expect(points.count > 1000 && Double(points.count) <= 4 * cell.plot.width + 8)
    let top = try #require(points.map(\.y).min())
    let bottom = try #require(points.map(\.y).max())
    #expect(abs(top - cell.y(try #require(y.max()))) < 0.01)
    #expect(abs(bottom - cell.y(try #require(y.min()))) < 0.01)
  }

  @Test("points on a straight line are drawn as its two ends")
  func straight() throws {
    let x = (0...1000).map(Double.init)
    let lines = try document([.line(Line(x: x, y: x))]).lines
    #expect(subpaths(lines[0].attributes["d"] ?? "").map(\.count) == [2])
  }

  @Test("a band encloses its line, and reaches the end of a logarithmic axis where it meets zero")
  func bands() throws {
    let line = Line(x: [0, 1, 2], y: [2, 4, 8], band: Band(around: [2, 4, 8], by: [1, 1, 9]))
    let drawn = try document([.line(line)], y: Axis(scale: .logarithmic))
    let band = try #require(drawn.all("path").first { $0.attributes["fill-opacity"] != nil })
    let corners = subpaths(band.attributes["d"] ?? "")
    #expect(corners.count == 1 && corners[0].count == 6)
    let lowest = try #require(corners[0].map(\.y).max())
    #expect(abs(lowest - (try #require(drawn.plots.first)).bottom) < 0.01)
  }

  @Test("the bars of a group stand side by side from zero, and a missing value has no bar")
  func bars() throws {
    let drawn = try document(
      [
        .bars(Bars("a", values: [1, 2, -1], errors: [0.1, 0.1, 0.1], color: .series(0))),
        .bars(Bars("b", values: [3, .nan, 2], color: .series(1))),
      ], x: Axis(ticks: .names(["p", "q", "r"])))
    let paths = drawn.all("path").filter {
      $0.groups.contains("f-panel") && $0.classes.contains { $0.hasPrefix("f-p") }
    }
    let starts = paths.map { $0.attributes["d", default: ""].split(separator: "M") }
    #expect(starts.map(\.count) == [3, 2])
    // x, y, width, height of each bar
    let boxes = starts.joined().map { part in
      part.split { " hvZ".contains($0) }.compactMap { Double($0) }
    }
    let spans = boxes.map { ($0[0], $0[0] + $0[2]) }.sorted { $0.0 < $1.0 }
    for (one, next) in zip(spans, spans.dropFirst()) { #expect(one.1 <= next.0) }
    // The positive bars end where the negative one begins.
    #expect(abs(boxes[0][1] + boxes[0][3] - boxes[2][1]) < 0.02)
    #expect(abs(boxes[1][3] - 2 * boxes[0][3]) < 0.02)
  }

  @Test("a bar of zero is seen, on the side of the positive ones")
  func zeroBar() throws {
    let drawn = try document(
      [.bars(Bars(values: [0, 1]))], x: Axis(ticks: .names(["none", "one"])))
    let plot = try #require(drawn.plots.first)
    let bars = drawn.all("path").filter { $0.classes.contains { $0.hasPrefix("f-p") } }
    let boxes = (bars.first?.attributes["d"] ?? "").split(separator: "M").map { part in
      part.split { " hvZ".contains($0) }.compactMap { Double($0) }
    }
    #expect(boxes.count == 2)
    #expect(boxes[0][3] == 2.5 && abs(boxes[0][1] + 2.5 - plot.bottom) < 0.02)
  }

  @Test("bars that are never negative start at zero, however large their errors are")
  func barsFromZero() throws {
    let bars = Bars(values: [0.1, 0.2], errors: [0.3, 0.3])
    let figure = Figure(
      title: "Bars", panels: [Panel(x: Axis(ticks: .names(["a", "b"])), marks: [.bars(bars)])])
    #expect(Composition(figure).cells[0].y.lower == 0)
  }

  @Test("characters stand in place of a shape at every point, as one element, also in the legend")
  func characters() throws {
    let drawn = try document([
      .points(Points("class 7", x: [0, 1, 2], y: [0, 1, 4], character: "7", size: 7))
    ])
    let texts = drawn.all("text").filter { !$0.text.isEmpty && $0.text.allSatisfy { $0 == "7" } }
    #expect(texts.map(\.text) == ["777", "7"] && texts[1].groups.contains("f-legend"))
    #expect(texts[0].attributes["x"]?.split(separator: " ").count == 3)
  }

  @Test(
    "names beside close lines do not cover each other, and a leader takes each to its own line",
    arguments: [[90, 90.5, 91, 91.5], [10, 50, 90, 99], [99, 99, 99, 99]])
  func leaders(levels: [Double]) throws {
    let marks = levels.enumerated().map { index, level in
      index.isMultiple(of: 2)
        ? Mark.rule(Rule(.horizontal(level), label: "name \(index)"))
        : .line(Line(x: [0, 1], y: [50, level], endLabel: "name \(index)"))
    }
    let drawn = try document(marks, x: Axis(from: 0, to: 1), y: Axis(from: 0, to: 100))
    let plot = try #require(drawn.plots.first)
    let names = drawn.textBoxes.filter { $0.text.hasPrefix("name") }
    #expect(names.count == 4)
    for (index, one) in names.enumerated() {
      #expect(one.box.x > plot.right)
      for other in names[..<index] { #expect(!one.box.overlaps(other.box)) }
    }
    // Each leader begins at the height of a level and ends at the height of a name, in the same order.
    let leaders = drawn.all("path").map { subpaths($0.attributes["d"] ?? "") }
      .filter { $0.count == 1 && $0[0].count == 3 && ($0[0].last?.x ?? 0) > plot.right }
      .map { $0[0] }.sorted { $0[2].y < $1[2].y }
    #expect(leaders.count == 4)
    let heights = levels.sorted(by: >).map { plot.bottom - $0 / 100 * plot.height }
    for (leader, height) in zip(leaders, heights) { #expect(abs(leader[0].y - height) < 0.02) }
    let middles = names.map { $0.box.y + $0.box.height / 2 }.sorted()
    for (leader, middle) in zip(leaders, middles) { #expect(abs(leader[2].y - middle) < 4) }
  }

  @Test("error bars span twice the error")
  func errorBars() throws {
    let plain = Points(x: [0, 1], y: [1, 3])
    let exact = try document([.points(plain)], y: Axis(from: 0, to: 4))
    let marked = Points(x: [0, 1], y: [1, 3], errors: [0.5, .nan])
    let drawn = try document([.points(marked)], y: Axis(from: 0, to: 4))
    let before = Set(exact.all("path").compactMap { $0.attributes["d"] })
    let added = drawn.all("path").compactMap { $0.attributes["d"] }.filter { !before.contains($0) }
    let plot = try #require(drawn.plots.first)
    #expect(added.count == 1)
    let length = added.first?.split(separator: "v").last?.split(separator: "M").first
    #expect(abs((length.flatMap { Double($0) } ?? 0) - plot.height / 4) < 0.02)
  }

  @Test("a heat map draws every cell once, and leaves out those without a value")
  func heatMap() throws {
    let values: [Double] = [0, 1, 1, .nan, 1, 0, 0.5, 0.5]
    let figure = Figure(
      title: "Cells", panels: [Panel.heatMap(HeatMap(values, rows: 2, columns: 4))])
    let document = try #require(Document(figure))
    let paths = document.all("path").filter { $0.groups.contains("f-cells") }
    #expect(
      paths.map { $0.attributes["d"] } == ["M0 0h1M1 1h1", "M2 1h2", "M1 0h2M0 1h1"])
    #expect(Set(paths.map(\.classes)).count == 3)
  }

  @Test("a mask of twenty thousand cells takes a few kilobytes, and its empty cells nothing")
  func mask() {
    let cells = (0..<20_000).map { $0 % 13 == 0 ? 1.0 : 0 }
    let panel = Panel.heatMap(
      HeatMap(cells, rows: 40, columns: 500), colors: ColorScale(map: .ink, bar: .hidden))
    #expect(Figure(title: "Mask", panels: [panel]).svg().utf8.count < 20_000)
  }

  @Test("many points on the same spot are drawn once, and points outside the limits not at all")
  func points() throws {
    let x = [Double](repeating: 0.5, count: 1000) + [0, 1, 5]
    let drawn = try document([.points(Points("a", x: x, y: x))], x: Axis(from: 0, to: 1))
    #expect(subpaths(drawn.lines[0].attributes["d"] ?? "").count == 3)
  }

  @Test("labels of close thresholds stand in rows above each other", arguments: [1.0, 1.01, 2, 9])
  func thresholds(second: Double) throws {
    let drawn = try document(
      [
        .rule(Rule(.vertical(1), label: "n = 4,000")),
        .rule(Rule(.vertical(second), label: "n · K = 40,000")),
      ], x: Axis(from: 0, to: 10))
    let boxes = drawn.textBoxes.filter { $0.text.hasPrefix("n") }.map(\.box)
    #expect(boxes.count == 2 && !boxes[0].overlaps(boxes[1]))
    #expect((boxes[0].y == boxes[1].y) == (second == 9))
  }

  @Test("signals stand upright, their first value on top")
  func signals() throws {
    let panel = Panel.signals([[0, 1, 2, 3, 9]], title: "7")
    let document = try #require(Document(Figure(title: "Signal", panels: [panel], aspect: 2)))
    let points = subpaths(document.lines[0].attributes["d"] ?? "").joined()
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.y < $1.y && $0.x < $1.x })
    #expect(document.texts(.tick).isEmpty && document.texts(.heading) == ["7"])
  }

  @Test("a note is shown where it belongs, and not at all outside the limits")
  func notes() throws {
    let notes: [Mark] = [.note(Note("in", x: 1, y: 1)), .note(Note("out", x: 3, y: 1))]
    let drawn = try document(notes, x: Axis(from: 0, to: 2))
    #expect(drawn.texts(.tick).contains("in") && !drawn.texts(.tick).contains("out"))
  }
}
