/// Collects what a picture consists of: as the elements of an SVG document with the styles that they
/// use, and as shapes, which other formats are made from.
struct Canvas {
  /// Stands for the figure's own name until the content, and with it the name, is known.
  ///
  /// The character cannot come from a caller: XML does not allow it, and ``escaped(_:)`` drops it.
  static let name = "\u{1}"

  private(set) var content = ""
  /// What is drawn, from back to front.
  private(set) var shapes: [Shape] = []
  private var paints: [Paint: Int] = [:]
  private var rules: [String: Rule] = [:]
  private var clips = 0

  private struct Rule {
    let property: String
    let paint: Paint
  }

  /// Opens a group; what follows is inside until ``close()``.
  mutating func open(_ attributes: KeyValuePairs<String, String>) {
    content += "<g" + attributes.map { " \($0.key)=\"\($0.value)\"" }.joined() + ">\n"
  }

  mutating func close() {
    content += "</g>\n"
  }

  mutating func element(_ name: String, _ attributes: some Sequence<(String, String)>) {
    content += "<" + name + attributes.map { " \($0)=\"\($1)\"" }.joined() + "/>\n"
  }

  /// Appends what an element looks like.
  mutating func add(_ shape: Shape) {
    shapes.append(shape)
  }

  /// Fills a rectangle.
  mutating func rectangle(_ rectangle: Rectangle, fill paint: Paint, opacity: Double = 1) {
    var attributes = Canvas.sides(of: rectangle) + [("class", fill(paint))]
    if opacity < 1 { attributes.append(("fill-opacity", Numeral.coordinate(opacity))) }
    element("rect", attributes)
    add(.fill([Path.Part(points: rectangle.corners, isClosed: true)], paint, opacity: opacity))
  }

  /// Draws a rectangle's outline, its corners rounded.
  mutating func frame(_ rectangle: Rectangle, _ paint: Paint) {
    element(
      "rect",
      Canvas.sides(of: rectangle) + [("class", stroke(paint) + " f-thin"), ("rx", "4")])
    let outline = Path.Part(points: rectangle.corners, isClosed: true)
    add(.stroke([outline], paint, width: 1, dash: [], ends: .flat))
  }

  private static func sides(of rectangle: Rectangle) -> [(String, String)] {
    [
      ("x", rectangle.x), ("y", rectangle.y), ("width", rectangle.width),
      ("height", rectangle.height),
    ].map { ($0, Numeral.coordinate($1)) }
  }

  /// Writes one line of text; `at` is on the baseline.
  mutating func text(
    _ text: String, _ style: TextStyle, at point: Point, anchor: Note.Anchor = .start,
    turned: Bool = false, color: Paint? = nil, halo: Bool = false
  ) {
    let (x, y) = (Numeral.coordinate(point.x), Numeral.coordinate(point.y))
    var names = "f-\(style.rawValue)"
    if halo { names += " f-halo" }
    if let color { names += " " + fill(color) }
    var attributes = " class=\"\(names)\" x=\"\(x)\" y=\"\(y)\""
    if anchor != .start { attributes += " text-anchor=\"\(anchor == .end ? "end" : "middle")\"" }
    if turned { attributes += " transform=\"rotate(-90 \(x) \(y))\"" }
    content += "<text\(attributes)>\(Canvas.escaped(text))</text>\n"
    add(
      .text(
        Lettering(
          text, size: style.size, isBold: style.isBold, at: point, anchor, isTurned: turned),
        color ?? style.paint, hasHalo: halo))
  }

  /// Writes a character at every point, its middle there.
  mutating func characters(_ character: Character, at points: [Point], size: Double, paint: Paint) {
    guard !points.isEmpty else { return }
    // Down to the baseline, from the middle of a digit.
    let places = points.map { Point(x: $0.x, y: $0.y + size * 0.36) }
    let text = String(character)
    // One place for each character: a thousand of them are one element.
    let (x, y) = (places.map { Numeral.coordinate($0.x) }, places.map { Numeral.coordinate($0.y) })
    content +=
      "<text class=\"\(fill(paint))\" font-size=\"\(Numeral.coordinate(size))\""
      + " text-anchor=\"middle\""
      + " x=\"\(x.joined(separator: " "))\" y=\"\(y.joined(separator: " "))\">"
      + String(repeating: Canvas.escaped(text), count: points.count) + "</text>\n"
    for place in places {
      add(.text(Lettering(text, size: size, at: place, .middle), paint, hasHalo: false))
    }
  }

  /// Writes lines of text below each other, the first one's top at `y`.
  mutating func lines(
    _ lines: [String], _ style: TextStyle, x: Double, top: Double, anchor: Note.Anchor = .start,
    color: Paint? = nil
  ) {
    for (index, line) in lines.enumerated() {
      let baseline = top + Double(index) * style.lineHeight + style.size
      text(line, style, at: Point(x: x, y: baseline), anchor: anchor, color: color)
    }
  }

  /// Opens a group that shows only what lies inside the rectangle, until ``closeClip()``.
  mutating func openClip(_ rectangle: Rectangle) {
    let id = "\(Canvas.name)-clip\(clips)"
    clips += 1
    content += "<clipPath id=\"\(id)\">"
    element("rect", Canvas.sides(of: rectangle))
    content += "</clipPath>\n"
    open(["clip-path": "url(#\(id))"])
    add(.clip(rectangle))
  }

  mutating func closeClip() {
    close()
    add(.unclip)
  }

  /// Text as XML allows it.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += " "
      case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}": break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Canvas {
  /// The class of elements that are filled with the paint.
  mutating func fill(_ paint: Paint) -> String {
    name(of: paint, prefix: "f-p", property: "fill")
  }

  /// The class of elements that are stroked with the paint.
  mutating func stroke(_ paint: Paint) -> String {
    name(of: paint, prefix: "f-s", property: "stroke")
  }

  private mutating func name(of paint: Paint, prefix: String, property: String) -> String {
    let number = paints[paint, default: paints.count]
    paints[paint] = number
    let name = "\(prefix)\(number)"
    rules[name] = Rule(property: property, paint: paint)
    return name
  }

  /// The style sheet, whose rules hold inside this figure alone.
  ///
  /// The colours are plain ones for light ground, which every converter understands, and a second
  /// set where a browser prefers a dark one.
  func styleSheet() -> String {
    let scope = "." + Canvas.name
    let font =
      "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif"
    var light = [
      "\(scope){font-family:\(font);font-variant-numeric:tabular-nums}",
      "\(scope) .f-line{fill:none;stroke-linejoin:round;stroke-linecap:round}",
      "\(scope) .f-thin{fill:none;stroke-width:1}",
      "\(scope) .f-halo{paint-order:stroke;stroke-width:3;stroke-linejoin:round}",
    ]
    var dark: [String] = []
    var colors = [("f-halo", "stroke", Paint.ground)]
    for style in TextStyle.allCases {
      let weight = style.isBold ? ";font-weight:600" : ""
      light.append("\(scope) .f-\(style.rawValue){font-size:\(Int(style.size))px\(weight)}")
      colors.append(("f-\(style.rawValue)", "fill", style.paint))
    }
    // Later rules win, so that a text's own colour does over its style's.
    for (name, rule) in rules.sorted(by: { $0.key < $1.key }) {
      colors.append((name, rule.property, rule.paint))
    }
    for (name, property, paint) in colors {
      light.append("\(scope) .\(name){\(property):\(paint.light.hex)}")
      if paint.light != paint.dark {
        dark.append("\(scope) .\(name){\(property):\(paint.dark.hex)}")
      }
    }
    return light.joined(separator: "\n") + "\n@media screen and (prefers-color-scheme:dark){\n"
      + dark.joined(separator: "\n") + "\n}\n"
  }
}
