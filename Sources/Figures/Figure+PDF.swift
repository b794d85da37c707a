import Storage

extension Figure {
  /// The figure as a PDF page of its size on light ground: lines that stay sharp, text in Helvetica, which every reader
  /// of PDF has.
  ///
  /// Characters that the standard fonts lack are drawn as lines. The same figure gives the same bytes everywhere.
  public func pdf() -> [UInt8] {
    let drawing = Drawn(self)
    var page = PDFPage(width: width, height: drawing.height)
    for shape in drawing.shapes { page.draw(shape) }
    return page.file(title: title)
  }
}

/// One page of PDF 1.5.
private struct PDFPage {
  private let width: Double
  private let height: Double
  private var content: String
  /// The opacities that are used, in percent.
  private var opacities: [Int] = []

  /// Points, of which 72 are an inch, for each unit, of which 96 are.
  private static let unit = 0.75

  init(width: Double, height: Double) {
    (self.width, self.height) = (width, height)
    let unit = PDFPage.unit
    // Units from the upper left, downward.
    content = "\(Self.text(unit)) 0 0 \(Self.text(-unit)) 0 \(Self.text(unit * height)) cm\n"
  }

  private static func text(_ number: Double) -> String { Numeral.coordinate(number) }

  private static func color(_ paint: Paint) -> String {
    let rgb = paint.light
    return [rgb.red, rgb.green, rgb.blue].map { Numeral.fixed($0 / 255, decimals: 4) }
      .joined(separator: " ")
  }

  // MARK: Shapes

  mutating func draw(_ shape: Shape) {
    switch shape {
    case .fill(let parts, let paint, let opacity):
      if opacity < 1 { content += "q /O\(state(of: opacity)) gs " }
      content += Self.color(paint) + " rg\n" + Self.path(parts) + "f\n"
      if opacity < 1 { content += "Q\n" }
    case .cells(let rectangles, let paint):
      content += Self.color(paint) + " rg\n"
      for rectangle in rectangles { content += Self.rectangle(rectangle) + "\n" }
      content += "f\n"
    case .stroke(let parts, let paint, let width, let dash, let ends):
      stroke(parts, paint, width: width, dash: dash, ends: ends)
    case .text(let lettering, let paint, let hasHalo):
      if hasHalo { write(lettering, .ground, halo: 3) }
      write(lettering, paint, halo: 0)
    case .clip(let rectangle): content += "q " + Self.rectangle(rectangle) + " W n\n"
    case .unclip: content += "Q\n"
    }
  }

  private mutating func state(of opacity: Double) -> Int {
    let percent = Int((opacity * 100).rounded())
    if !opacities.contains(percent) { opacities.append(percent) }
    return percent
  }

  private mutating func stroke(
    _ parts: [Path.Part], _ paint: Paint, width: Double, dash: [Double], ends: Shape.Ends
  ) {
    let (cap, join) = ends == .round ? (1, 1) : (0, 0)
    content +=
      "\(Self.color(paint)) RG \(Self.text(width)) w \(cap) J \(join) j "
      + "[\(dash.map(Self.text).joined(separator: " "))] 0 d\n" + Self.path(parts) + "S\n"
  }

  private static func path(_ parts: [Path.Part]) -> String {
    parts.map { part in
      let steps = part.points.enumerated().map { index, point in
        "\(text(point.x)) \(text(point.y)) \(index == 0 ? "m" : "l")\n"
      }
      return steps.joined() + (part.isClosed ? "h\n" : "")
    }.joined()
  }

  private static func rectangle(_ rectangle: Rectangle) -> String {
    [rectangle.x, rectangle.y, rectangle.width, rectangle.height].map(text)
      .joined(separator: " ") + " re"
  }

  // MARK: Text

  /// Writes a line of text, its letters also outlined where they have a halo of a width.
  private mutating func write(_ lettering: Lettering, _ paint: Paint, halo: Double) {
    let start = lettering.start
    let size = lettering.size / 1000
    var along = 0.0
    var run: (text: String, along: Double)?
    func show(_ run: (text: String, along: Double)) -> String {
      let way = run.along * size
      let place =
        lettering.isTurned
        ? "0 -1 -1 0 \(Self.text(start.x)) \(Self.text(start.y - way))"
        : "1 0 0 -1 \(Self.text(start.x + way)) \(Self.text(start.y))"
      let mode = halo > 0 ? "\(Self.color(paint)) RG \(Self.text(halo)) w 1 j 1 Tr" : "0 Tr"
      return "BT /F\(lettering.isBold ? 2 : 1) \(Self.text(lettering.size)) Tf "
        + "\(Self.color(paint)) rg \(mode) \(place) Tm (\(run.text)) Tj ET\n"
    }
    for character in lettering.text.unicodeScalars {
      if let code = Self.code(of: character) {
        run = ((run?.text ?? "") + code, run?.along ?? along)
      } else {
        if let run { content += show(run) }
        run = nil
        let glyph = Glyph(character, isBold: lettering.isBold)
        stroke(
          lettering.placed(glyph, along: along), paint, width: lettering.weight + halo, dash: [],
          ends: .round)
      }
      along += Glyph.advance(of: character, isBold: lettering.isBold)
    }
    if let run { content += show(run) }
  }

  /// A character of the encoding of Windows in a string of PDF; nil for one that it lacks.
  private static func code(of character: Unicode.Scalar) -> String? {
    let special: [Unicode.Scalar: Int] = [
      "…": 0x85, "‘": 0x91, "’": 0x92, "“": 0x93, "”": 0x94, "•": 0x95, "–": 0x96, "—": 0x97,
      "€": 0x80,
    ]
    switch character {
    case "(", ")", "\\": return "\\" + String(character)
    case " "..."~": return String(character)
    case "\u{A1}"..."\u{FF}": return octal(Int(character.value))
    default: return special[character].map(octal)
    }
  }

  private static func octal(_ code: Int) -> String { "\\" + String(code, radix: 8) }

  // MARK: File

  func file(title: String) -> [UInt8] {
    let states = opacities.map { "/O\($0) << /ca \(Self.text(Double($0) / 100)) >>" }
    let stream = Deflate.zlib(Array(content.utf8))
    let utf16 = ([0xFEFF] + Array(title.utf16)).map { unit in
      let digits = String(unit, radix: 16, uppercase: true)
      return String(repeating: "0", count: 4 - digits.count) + digits
    }
    let box = "[0 0 \(Self.text(width * Self.unit)) \(Self.text(height * Self.unit))]"
    func font(_ name: String) -> String {
      "<< /Type /Font /Subtype /Type1 /BaseFont /\(name) /Encoding /WinAnsiEncoding >>"
    }
    let objects: [[UInt8]] = [
      Array("<< /Type /Catalog /Pages 2 0 R >>".utf8),
      Array("<< /Type /Pages /Kids [3 0 R] /Count 1 >>".utf8),
      Array(
        ("<< /Type /Page /Parent 2 0 R /MediaBox \(box) /Contents 4 0 R /Resources << /Font "
          + "<< /F1 5 0 R /F2 6 0 R >> /ExtGState << \(states.joined(separator: " ")) >> >> >>")
          .utf8),
      Array(
        "<< /Length \(stream.count) /DL \(content.utf8.count) /Filter /FlateDecode >>\nstream\n"
          .utf8) + stream
        + Array("\nendstream".utf8),
      Array(font("Helvetica").utf8), Array(font("Helvetica-Bold").utf8),
      Array("<< /Title <\(utf16.joined())> >>".utf8),
    ]
    // The second line says that the file is no text.
    var file = Array("%PDF-1.5\n%".utf8) + [0xE2, 0xE3, 0xCF, 0xD3, 0x0A]
    var places: [Int] = []
    for (index, object) in objects.enumerated() {
      places.append(file.count)
      file += Array("\(index + 1) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
    }
    let start = file.count
    file += Array("xref\n0 \(objects.count + 1)\n0000000000 65535 f \n".utf8)
    for place in places {
      let digits = String(place)
      file += Array(
        (String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n").utf8)
    }
    file += Array(
      "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R /Info 7 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        .utf8)
    return file
  }
}
