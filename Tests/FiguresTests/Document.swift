import Figures
import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An SVG document as a list of elements, in document order.
struct Document {
  struct Element {
    let name: String
    let attributes: [String: String]
    /// The classes of the groups around the element.
    let groups: [String]
    var text = ""

    var classes: [String] {
      attributes["class", default: ""].split(separator: " ").map(String.init)
    }

    func number(_ attribute: String) -> Double {
      attributes[attribute].flatMap(Double.init) ?? .nan
    }
  }

  let elements: [Element]
  let width: Double
  let height: Double

  /// Parses a document; `nil` if it is not well-formed XML.
  init?(_ svg: String) {
    let reader = Reader()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    guard parser.parse(), let root = reader.elements.first, root.name == "svg" else { return nil }
    elements = reader.elements
    width = root.number("width")
    height = root.number("height")
  }

  init?(_ figure: Figure) {
    self.init(figure.svg())
  }

  func all(_ name: String) -> [Element] {
    elements.filter { $0.name == name }
  }

  /// The texts of one style.
  func texts(_ style: TextStyle) -> [String] {
    all("text").filter { $0.classes.contains("f-\(style.rawValue)") }.map(\.text)
  }

  /// The data lines: stroked paths inside panels.
  var lines: [Element] {
    all("path").filter { $0.classes.contains("f-line") && $0.groups.contains("f-panel") }
  }

  /// The plotting areas, from the clipping rectangles, which are 1.5 pixels larger.
  var plots: [Rectangle] {
    all("rect").filter { $0.groups.contains("clipPath") }.map { element in
      Rectangle(
        x: element.number("x") + 1.5, y: element.number("y") + 1.5,
        width: element.number("width") - 3, height: element.number("height") - 3)
    }
  }

  /// Where every text is expected to stand, by the estimate of its width.
  var textBoxes: [(text: String, groups: [String], box: Rectangle)] {
    all("text").compactMap { element in
      let styles = TextStyle.allCases.filter { element.classes.contains("f-\($0.rawValue)") }
      guard let style = styles.first, !element.classes.contains("f-halo") else { return nil }
      let (x, y) = (element.number("x"), element.number("y"))
      let width = style.width(of: element.text)
      let offset: Double =
        switch element.attributes["text-anchor"] {
        case "middle": width / 2
        case "end": width
        default: 0
        }
      let (ascent, height) = (style.size * 0.75, style.size * 0.95)
      let box =
        element.attributes["transform"] == nil
        ? Rectangle(x: x - offset, y: y - ascent, width: width, height: height)
        : Rectangle(x: x - ascent, y: y + offset - width, width: height, height: width)
      return (element.text, element.groups, box)
    }
  }
}

extension Rectangle {
  func overlaps(_ other: Rectangle) -> Bool {
    x < other.right && other.x < right && y < other.bottom && other.y < bottom
  }
}

/// Subpaths of straight lines in absolute coordinates, as this module writes data lines.
func subpaths(_ data: String) -> [[Point]] {
  data.split(separator: "M").map { part in
    let numbers = part.split { " hvlZ".contains($0) }.compactMap { Double($0) }
    return stride(from: 0, to: numbers.count - 1, by: 2).map {
      Point(x: numbers[$0], y: numbers[$0 + 1])
    }
  }
}

private final class Reader: NSObject, XMLParserDelegate {
  var elements: [Document.Element] = []
  private var open: [Int] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    let groups = open.flatMap { elements[$0].classes + [elements[$0].name] }
    open.append(elements.count)
    elements.append(Document.Element(name: name, attributes: attributes, groups: groups))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if let last = open.last { elements[last].text += string }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    open.removeLast()
  }
}
