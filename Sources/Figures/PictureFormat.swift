/// A format in which a figure can be written.
public enum PictureFormat: String, Sendable, CaseIterable {
  /// For pages: it keeps its text and turns dark with its surroundings.
  case svg
  /// For slides.
  case png
  /// For print.
  case pdf

  /// The format that a file's name asks for by its ending.
  public init?(ofFileNamed name: String) {
    let lowercased = name.lowercased()
    guard let format = Self.allCases.first(where: { lowercased.hasSuffix("." + $0.rawValue) })
    else { return nil }
    self = format
  }
}

extension Figure {
  /// The figure as a file.
  public func file(as format: PictureFormat) -> [UInt8] {
    switch format {
    case .svg: Array(svg().utf8)
    case .png: png()
    case .pdf: pdf()
    }
  }
}

/// What a figure looks like, as shapes.
struct Drawn {
  let shapes: [Shape]
  let height: Double
  let composition: Composition
  let canvas: Canvas

  init(_ figure: Figure) {
    composition = Composition(figure)
    height = composition.height
    var canvas = Canvas()
    canvas.rectangle(
      Rectangle(x: 0, y: 0, width: figure.width, height: height), fill: .ground)
    composition.draw(on: &canvas)
    self.canvas = canvas
    shapes = canvas.shapes
  }
}
