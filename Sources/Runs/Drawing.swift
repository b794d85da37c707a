import Foundation

/// A drawing on its way into a page, as a picture: a browser runs and fetches nothing in one, whatever its file holds.
///
/// A picture keeps its own styles and names to itself, and turns dark with the page.
struct Drawing {
  /// The `<svg>` element.
  let svg: String
  /// What it shows.
  let caption: String

  var html: HTML {
    let data = Data(svg.utf8).base64EncodedString()
    return #"<img src="data:image/svg+xml;base64,\#(data)" alt="\#(caption)">"#
  }
}
