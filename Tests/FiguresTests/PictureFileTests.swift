import DataFormats
import Figures
import Storage
import Testing

/// A PNG picture with a palette, read without the module that wrote it.
private struct PNG {
  let width: Int
  let height: Int
  private let palette: [UInt8]
  private let places: [UInt8]

  init?(_ file: [UInt8]) throws {
    guard file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { return nil }
    func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
    var chunks: [String: [UInt8]] = [:]
    var rest = file.dropFirst(8)
    while rest.count >= 12 {
      let length = number(rest.prefix(4))
      let content = rest.dropFirst(4).prefix(4 + length)
      guard number(rest.dropFirst(8 + length).prefix(4)) == Int(CRC32.zip.checksum(content)) else {
        return nil
      }
      chunks[String(decoding: content.prefix(4), as: UTF8.self)] = Array(content.dropFirst(4))
      rest = rest.dropFirst(12 + length)
    }
    guard rest.isEmpty, let header = chunks["IHDR"], header[8] == 8, header[9] == 3,
      let colors = chunks["PLTE"], let data = chunks["IDAT"], chunks["IEND"] == []
    else { return nil }
    width = number(header[0..<4])
    height = number(header[4..<8])
    palette = colors
    // Two bytes of zlib before, and its checksum after.
    let rows = try Inflate.decode(data.dropFirst(2).dropLast(4), size: (width + 1) * height)
    let length = width + 1
    guard (0..<height).allSatisfy({ rows[$0 * length] == 0 }) else { return nil }
    places = (0..<height).flatMap { rows[($0 * length + 1)..<(($0 + 1) * length)] }
  }

  func color(_ x: Int, _ y: Int) -> [UInt8] {
    let place = 3 * Int(places[y * width + x])
    return Array(palette[place..<place + 3])
  }
}

/// One character for each byte.
private func latin1(_ bytes: [UInt8]) -> String {
  String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}

@Suite("A figure as a file")
struct PictureFileTests {
  private static let bars = Figure(
    title: "Bars",
    panels: [
      Panel(
        x: Axis(ticks: .names(["a"])), y: Axis(from: 0, to: 1),
        marks: [.bars(Bars(values: [1], color: .series(2)))])
    ], width: 200)

  @Test("as PNG has two pixels for each of SVG, on white, with the colours of the marks")
  func png() throws {
    let picture = try #require(try PNG(Self.bars.png()))
    let plot = Composition(Self.bars).cells[0].plot
    #expect(picture.width == 400 && picture.height == 2 * Int(Composition(Self.bars).height))
    #expect(picture.color(0, 0) == [255, 255, 255])
    let (x, y) = (Int(2 * (plot.x + plot.width / 2)), Int(2 * (plot.y + plot.height / 2)))
    #expect(picture.color(x, y) == [0xA8, 0x19, 0x21])
    #expect(try PNG(Self.bars.png(scale: 1))?.width == 200)
  }

  @Test("has letters in PNG: the title's ink stands where the title does")
  func letters() throws {
    let picture = try #require(try PNG(Self.bars.png()))
    func darkest(_ columns: Range<Int>, _ rows: Range<Int>) -> UInt8 {
      rows.flatMap { y in columns.map { x in picture.color(x, y)[0] } }.min() ?? 255
    }
    #expect(darkest(32..<100, 32..<74) < 40)
    #expect(darkest(0..<30, 0..<60) == 255)
  }

  @Test(
    "of every kind is written in all formats, small, and with the same bytes again",
    arguments: Samples.all)
  func files(figure: Figure) throws {
    #expect(figure.file(as: .svg) == Array(figure.svg().utf8))
    let png = figure.png(scale: 1)
    #expect(try PNG(png) != nil)
    #expect(png == figure.png(scale: 1) && png.count < 200_000, "\(png.count) bytes")
    let pdf = figure.pdf()
    #expect(pdf == figure.pdf() && pdf.count < 100_000, "\(pdf.count) bytes")
  }

  @Test(
    "as PDF has one page of its size, whose objects stand where its table says",
    arguments: Samples.all)
  func pdf(figure: Figure) throws {
    let file = figure.pdf()
    let text = latin1(file)
    #expect(text.hasPrefix("%PDF-1.5\n") && text.hasSuffix("%%EOF\n"))
    let start = try #require(
      text.split(separator: "startxref\n").last?.split(separator: "\n").first)
    let table = text.unicodeScalars.dropFirst(Int(start) ?? 0)
    #expect(String(table).hasPrefix("xref\n0 8\n"))
    for (index, line) in String(table).split(separator: "\n").dropFirst(3).prefix(7).enumerated() {
      let place = try #require(Int(line.prefix(10)))
      #expect(String(text.unicodeScalars.dropFirst(place)).hasPrefix("\(index + 1) 0 obj\n"))
    }
    let width = 0.75 * figure.width
    #expect(
      text.contains("/MediaBox [0 0 \(width == width.rounded() ? "\(Int(width))" : "\(width)")"))
    let page = try content(of: file)
    #expect(page.hasPrefix("0.75 0 0 -0.75 0 "))
    // What the standard fonts have is text, which can be searched for and copied.
    let isPlain = figure.title.unicodeScalars.allSatisfy { (" "..."~").contains($0) && $0 != "(" }
    if isPlain, TextStyle.title.lines(of: figure.title, width: figure.width - 32).count == 1 {
      #expect(page.contains("(\(figure.title)) Tj"))
    }
    #expect(
      page.split(separator: "\n").filter { $0.hasPrefix("q ") }.count
        == page.split(separator: "\n").filter { $0 == "Q" }.count)
  }

  /// The decompressed page of a PDF file.
  private func content(of file: [UInt8]) throws -> String {
    let text = latin1(file)
    let parts = text.split(separator: "stream\n", maxSplits: 1)
    let start = Array(parts[0].unicodeScalars).count + "stream\n".count
    func number(_ key: String) throws -> Int {
      try #require(
        parts[0].split(separator: key + " ").last?.split(separator: " ").first.flatMap { Int($0) })
    }
    let data = file[start..<start + (try number("/Length"))]
    return latin1(
      try Inflate.decode(data.dropFirst(2).dropLast(4), size: try number("/DL")))
  }

  @Test("of very many panels takes no more memory than others: its picture is drawn smaller")
  func huge() {
    #expect(Figure.scale(2, width: 1080, height: 800) == 2)
    let scale = Figure.scale(2, width: 1080, height: 200_000)
    #expect(scale < 1 && abs(1080 * 200_000 * scale * scale - 24e6) < 1)
  }

  @Test(
    "has a letter for every character of ASCII and of the words in figures, and a box for others")
  func glyphs() throws {
    func points(_ text: String) throws -> [[Int]] {
      let picture = try #require(try PNG(Figure(title: text, panels: [], width: 160).png(scale: 1)))
      return (0..<picture.height).map { y in
        (0..<picture.width).filter { picture.color($0, y) != [255, 255, 255] }
      }
    }
    let (box, nothing) = (try points("\u{4E00}"), try points(" "))
    for character in (0x21...0x7E).map({ Character(Unicode.Scalar($0)) })
      + Array("äÖüßéñçÅ×÷±−–—…’“”·°Δηλσμπαβε≤≥≈≠→∞√²³¹⁰⁴⁵⁶⁷⁸⁹⁻")
    {
      let own = try points(String(character))
      #expect(own != nothing && own != box, "\(character)")
    }
  }

  @Test("takes its format from its name's ending")
  func endings() {
    #expect(PictureFormat(ofFileNamed: "a/figure.SVG") == .svg)
    #expect(PictureFormat(ofFileNamed: "figure.png") == .png)
    #expect(PictureFormat(ofFileNamed: "figure.v2.pdf") == .pdf)
    #expect(PictureFormat(ofFileNamed: "png") == nil && PictureFormat(ofFileNamed: "a.jpg") == nil)
  }
}
