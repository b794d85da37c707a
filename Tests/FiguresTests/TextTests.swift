import Figures
import Testing

@Suite("A drawing for a terminal")
struct TextTests {
  @Test("sets the dots of braille characters, and leaves out those outside")
  func dots() {
    var drawing = DotDrawing(columns: 2, rows: 1)
    #expect((drawing.width, drawing.height) == (4, 4))
    #expect(drawing.lines == ["  "])
    for (x, y) in [(0, 0), (1, 3), (-1, 0), (4, 0), (0, 4)] { drawing.set(x: x, y: y) }
    #expect(drawing.lines == ["⢁ "])
    for y in 0..<4 { drawing.set(x: 2, y: y) }
    #expect(drawing.lines == ["⢁⡇"])
  }

  @Test("connects points, and leaves a gap where one is not finite")
  func curve() {
    var drawing = DotDrawing(columns: 4, rows: 1)
    drawing.draw(x: [0, 3, .nan, 6, 7], y: [0, 3, 0, 0, 0])
    #expect(drawing.lines == ["⠑⢄ ⠉"])
    var far = DotDrawing(columns: 1, rows: 1)
    far.draw(x: [-1e300, 1e300], y: [1, 1])
    #expect(far.lines == ["⠒"])
  }

  @Test("of a figure is never wider than the terminal", arguments: [1, 7, 23, 40, 80, 200])
  func width(width: Int) {
    for figure in Samples.all {
      let lines = figure.text(width: width).split(separator: "\n").map(String.init)
      for line in lines where !line.contains(where: \.isLetter) {
        #expect(line.count <= width, "\(line)")
      }
    }
  }

  @Test("of a figure shows its titles and every panel, in rows that fit")
  func panels() {
    let text = Samples.signals.text(width: 32)
    #expect(text.hasPrefix("Templates\n\nfirst row"))
    let words = Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    #expect(words.isSuperset(of: (0...9).map(String.init)))
    let heads = text.split(separator: "\n").filter { $0.contains("5") || $0.contains("0") }
    #expect(heads.count == 2, "ten panels in two rows of five")
  }

  @Test("keeps upright signals upright and lying ones lying")
  func orientation() {
    func picture(_ orientation: Panel.Orientation) -> [Substring] {
      let panel = Panel.signals([[0, 0, 0, 0, 8]], orientation: orientation)
      return Figure(title: "", panels: [panel], aspect: 1).text(width: 8)
        .split(separator: "\n")
    }
    let (upright, lying) = (picture(.upright), picture(.lying))
    // Down along the left edge and out to the right; along the bottom and up.
    #expect(upright.count == 4 && upright[0].count == 1 && upright[3].count > 6)
    #expect(lying.count == 4 && lying[3].count > 5 && lying[0].first == " ")
  }
}
