import Figures
import Testing

@Suite("A figure")
struct FigureTests {
  @Test("is well-formed XML that names itself to readers who cannot see", arguments: Samples.all)
  func wellFormed(figure: Figure) throws {
    let document = try #require(Document(figure))
    let root = document.elements[0]
    #expect(root.attributes["role"] == "img")
    let names = try #require(root.attributes["aria-labelledby"]).split(separator: " ")
    #expect(document.all("title").first?.text == figure.title)
    #expect(document.all("title").first?.attributes["id"] == names.first.map(String.init))
    #expect(document.all("desc").first?.attributes["id"] == names.last.map(String.init))
    #expect(document.all("desc").first?.text.isEmpty == false || figure == Samples.signals)
  }

  @Test("describes its axes and series in words")
  func summary() throws {
    let summary = try #require(Document(Samples.accuracy)?.all("desc").first?.text)
    #expect(summary.contains("test accuracy (%) against training step"))
    #expect(summary.contains("logistic, mlp, cnn, gru"))
    #expect(summary.contains("reduced scale"))
    var figure = Samples.accuracy
    figure.summary = "Four curves."
    #expect(Document(figure)?.all("desc").first?.text == "Four curves.")
  }

  @Test("shows all of its texts, a long title on several lines")
  func texts() throws {
    let document = try #require(Document(Samples.accuracy))
    #expect(document.texts(.title).count == 2)
    #expect(document.texts(.title).joined(separator: " ") == Samples.accuracy.title)
    #expect(document.texts(.subtitle) == ["mean ± standard deviation over three seeds"])
    #expect(document.texts(.notice) == ["reduced scale: --quick"])
    #expect(document.texts(.caption).joined(separator: " ") == Samples.accuracy.caption)
    #expect(document.texts(.label) == ["training step", "test accuracy (%)"])
  }

  @Test("escapes text and drops characters that XML does not allow")
  func escaping() throws {
    let name = "a < b & \"c\" > 'd' \u{1}\u{0}]]> ü 数"
    let panel = Panel(x: Axis(name), marks: [.line(Line(name, x: [0, 1], y: [0, 1]))])
    let document = try #require(Document(Figure(title: name, panels: [panel], width: 2000)))
    let shown = "a < b & \"c\" > 'd' ]]> ü 数"
    #expect(document.all("title").first?.text == shown)
    #expect(document.texts(.title) == [shown])
    #expect(document.texts(.label) == [shown])
    #expect(document.texts(.legend) == [shown])
  }

  @Test("keeps its texts apart from each other and inside the picture", arguments: Samples.all)
  func overlaps(figure: Figure) throws {
    let document = try #require(Document(figure))
    let boxes = document.textBoxes
    for (index, one) in boxes.enumerated() {
      #expect(
        one.box.x >= 0 && one.box.right <= document.width && one.box.y >= 0
          && one.box.bottom <= document.height, "\(one.text) is cut off: \(one.box)")
      for other in boxes[..<index] where one.box.overlaps(other.box) {
        Issue.record("\(other.text) \(other.box) and \(one.text) \(one.box) overlap")
      }
    }
  }

  @Test("keeps legends, labels and titles off the data", arguments: Samples.all)
  func textOutsidePlots(figure: Figure) throws {
    let document = try #require(Document(figure))
    for plot in document.plots {
      for (text, _, box) in document.textBoxes where box.overlaps(plot) {
        Issue.record("\(text) \(box) covers the plotting area \(plot)")
      }
    }
  }

  @Test("keeps its texts apart also where it is laid out for a phone", arguments: Samples.all)
  func fitted(figure: Figure) throws {
    let narrow = figure.fitted(to: 380)
    #expect(narrow.width == 380 && narrow.columns <= figure.columns)
    #expect(figure.fitted(to: figure.width + 1) == figure)
    try overlaps(figure: narrow)
    try textOutsidePlots(figure: narrow)
  }

  @Test("puts the legend where it was asked to", arguments: [Figure.Legend.right, .below, .hidden])
  func legendPlace(legend: Figure.Legend) throws {
    var figure = Samples.accuracy
    figure.legend = legend
    let document = try #require(Document(figure))
    let plot = try #require(document.plots.first)
    let boxes = document.textBoxes.filter { $0.groups.contains("f-legend") }
    switch legend {
    case .right:
      #expect(boxes.count == 5)
      #expect(boxes.allSatisfy { $0.box.x > plot.right && $0.box.y >= plot.y - 4 })
    case .below:
      #expect(boxes.count == 5)
      #expect(boxes.allSatisfy { $0.box.y > plot.bottom })
    case .hidden, .belowEachPanel:
      #expect(boxes.isEmpty)
    }
  }

  @Test("lists what several panels share once, and each panel's own series under the panel")
  func legendEntries() throws {
    let shared = try #require(Document(Samples.descent))
    #expect(shared.texts(.legend) == ["test", "train"])
    let own = try #require(Document(Samples.bars))
    #expect(own.texts(.legend) == ["none", "max", "ticket", "variant"])
    let boxes = own.textBoxes.filter { $0.groups.contains("f-legend") }
    for (index, panel) in [0, 0, 1, 2].enumerated() {
      let plot = own.plots[panel]
      #expect(boxes[index].box.x >= plot.x && boxes[index].box.y > plot.bottom)
    }
  }

  @Test("wraps long names in the legend")
  func longNames() throws {
    let name = "a lottery ticket with a fresh initialisation, retrained on shuffled columns"
    let panel = Panel(marks: [.line(Line(name, x: [0, 1], y: [0, 1]))])
    let document = try #require(Document(Figure(title: "Names", panels: [panel])))
    #expect(document.texts(.legend).count > 1)
    #expect(document.texts(.legend).joined(separator: " ") == name)
    #expect(document.textBoxes.allSatisfy { $0.box.right <= document.width })
  }

  @Test("labels shared axes at the edge of the grid only, and gives them the same limits")
  func sharing() throws {
    let document = try #require(Document(Samples.descent))
    #expect(document.texts(.label).filter { $0 == "parameters (log scale)" }.count == 2)
    #expect(document.texts(.label).filter { $0 == "error (%, log scale)" }.count == 2)
    let cells = Composition(Samples.descent).cells
    for cell in cells.dropFirst() {
      #expect(cell.xTicks == cells[0].xTicks)
      #expect(cell.yTicks == cells[0].yTicks)
      #expect(cell.plot.width == cells[0].plot.width)
    }
    #expect(cells[0].plot.x == cells[2].plot.x)
    #expect(cells[0].plot.y == cells[1].plot.y)
  }

  @Test("gives axes of the same label the same limits where it is asked to, and labels each panel")
  func alike() throws {
    let figure = Figure(
      title: "Losses",
      panels: [("loss", 1.0), ("error", 40), ("loss", 9)].map { label, high in
        Panel(x: Axis("step"), y: Axis(label), marks: [.line(Line(x: [0, high], y: [0, high]))])
      }, columns: 3, sharing: .alike)
    let cells = Composition(figure).cells
    #expect(cells[0].y == cells[2].y.between(cells[0].y.start, cells[0].y.end))
    #expect(cells[1].y.upper > cells[0].y.upper)
    #expect(Set(cells.map(\.x.upper)).count == 1)
    #expect(try #require(Document(figure)).texts(.label).filter { $0 == "step" }.count == 3)
  }

  @Test("is drawn with one colour bar where all panels have the same colour scale")
  func colorBars() throws {
    func bars(_ figure: Figure) throws -> Int {
      try #require(Document(figure)).all("g").count { $0.classes == ["f-colorbar"] }
    }
    #expect(try bars(Samples.coloured) == 1)
    #expect(try bars(Samples.heatMaps) == 2)
    #expect(try bars(Samples.accuracy) == 0)
  }

  @Test("gives the same bytes again, and those that any other machine gives")
  func determinism() {
    for figure in Samples.all { #expect(figure.svg() == figure.svg()) }
    // The class is a digest of the whole document.
    let digests = [Samples.accuracy, Samples.descent].map { figure in
      figure.svg().split(separator: "\"").first { $0.hasPrefix("figure-") }
    }
    #expect(digests == ["figure-47b83d9ce7875a43", "figure-d6ceb3ec794978bd"])
  }

  @Test("writes coordinates with at most two decimals and no exponents", arguments: Samples.all)
  func coordinates(figure: Figure) throws {
    let document = try #require(Document(figure))
    let names = ["d", "x", "y", "width", "height", "stroke-width"]
    for element in document.elements {
      for name in names {
        guard let value = element.attributes[name] else { continue }
        let numbers = value.split { !"0123456789.-einfa+".contains($0) }
        let wrong = numbers.filter { number in
          let decimals = number.split(separator: ".").dropFirst().first?.count ?? 0
          return Double(number)?.isFinite != true || decimals > 2 || number.contains("e")
        }
        #expect(wrong.isEmpty, "\(element.name) \(name)")
      }
    }
  }

  @Test("disturbs no other figure in the same page")
  func namespaces() throws {
    let figures = [Samples.accuracy, Samples.descent, Samples.bars]
    var roots: Set<String> = []
    var identifiers: Set<String> = []
    for figure in figures {
      let document = try #require(Document(figure))
      let root = try #require(document.elements[0].attributes["class"])
      #expect(roots.insert(root).inserted)
      for id in document.elements.compactMap({ $0.attributes["id"] }) {
        #expect(id.hasPrefix(root) && identifiers.insert(id).inserted)
      }
      let style = try #require(document.all("style").first?.text)
      for line in style.split(separator: "\n") where line.contains("{") && !line.hasPrefix("@") {
        #expect(line.hasPrefix(".\(root)"), "\(line)")
      }
    }
  }

  @Test("has a plain colour for everything and another one where dark is preferred")
  func themes() throws {
    let style = try #require(Document(Samples.accuracy)?.all("style").first?.text)
    let parts = style.split(separator: "@media screen and (prefers-color-scheme:dark)")
    #expect(parts.count == 2)
    #expect(parts[0].contains("{stroke:#2f6fd0}") && parts[1].contains("{stroke:#3c88bd}"))
    #expect(parts[0].contains("{fill:#ffffff}") && parts[1].contains("{fill:#16181d}"))
    #expect(!style.contains("var("))
  }

  @Test("can be empty")
  func empty() throws {
    let document = try #require(Document(Figure(title: "Nothing yet", panels: [])))
    #expect(document.texts(.title) == ["Nothing yet"])
    #expect(document.height > 20)
  }

  @Test("refuses lists that do not match in length")
  func mismatches() async {
    await #expect(processExitsWith: .failure) { _ = Line("a", x: [1, 2], y: [1]) }
    await #expect(processExitsWith: .failure) { _ = Band(lower: [1], upper: []) }
    await #expect(processExitsWith: .failure) { _ = HeatMap([1, 2, 3], rows: 2, columns: 2) }
    await #expect(processExitsWith: .failure) { _ = Axis("x", scale: .logarithmic, from: 0) }
    await #expect(processExitsWith: .failure) {
      let axis = Axis(ticks: .names(["a", "b"]))
      _ = Figure(title: "", panels: [Panel(x: axis, marks: [.bars(Bars(values: [1]))])]).svg()
    }
  }
}
