import Storage

extension Figure {
  /// The figure as an SVG document.
  ///
  /// The document has its own ground and its own styles, for light and for dark surroundings, and
  /// needs no network. Names in it are derived from its content, so that many figures can stand in
  /// one HTML page; the same figure gives the same bytes everywhere.
  public func svg() -> String {
    let drawing = Drawn(self)
    let (composition, canvas) = (drawing.composition, drawing.canvas)
    let name = Canvas.name
    let (w, h) = (Numeral.coordinate(width), Numeral.coordinate(drawing.height))
    let document = """
      <svg xmlns="http://www.w3.org/2000/svg" class="\(name)" width="\(w)" height="\(h)" \
      viewBox="0 0 \(w) \(h)" role="img" aria-labelledby="\(name)-title \(name)-desc">
      <title id="\(name)-title">\(Canvas.escaped(title))</title>
      <desc id="\(name)-desc">\(Canvas.escaped(summary ?? composition.summary))</desc>
      <style>
      \(canvas.styleSheet())</style>
      \(canvas.content)</svg>

      """
    var digest = FNV1a()
    digest.update(document.utf8)
    let own = "figure-" + String(digest.hash, radix: 16)
    return document.split(separator: Canvas.name, omittingEmptySubsequences: false)
      .joined(separator: own)
  }
}

extension Composition {
  /// The figure in words: its texts, and each panel's axes and series.
  var summary: String {
    var sentences = [figure.subtitle, figure.notice].compactMap { $0 }
    for cell in cells {
      let panel = cell.panel
      var parts: [String] = []
      if let title = panel.title { parts.append(title + ":") }
      switch (panel.y.heading, panel.x.heading) {
      case (let y?, let x?): parts.append("\(y) against \(x)")
      case (let label?, nil), (nil, let label?): parts.append(label)
      case (nil, nil): break
      }
      let series = LegendEntry.entries(of: [cell]).map(\.label)
      if !series.isEmpty { parts.append("(\(series.joined(separator: ", ")))") }
      if !parts.isEmpty { sentences.append(parts.joined(separator: " ")) }
    }
    if let caption = figure.caption { sentences.append(caption) }
    return sentences.map { $0.hasSuffix(".") ? $0 : $0 + "." }.joined(separator: " ")
  }
}
