extension Report {
  /// A table that scrolls by itself where the screen is narrow.
  ///
  /// A column of estimates takes two, so that the means stand below each other whether or not each
  /// has a spread.
  func table(_ table: Table, of index: Int) -> HTML {
    let file = reference(to: "tables/\(table.name).csv", of: index)
      .map { link -> HTML in " \(link)" }
    let kinds = table.columns.indices.map { column in
      let cells = table.rows.map { $0[column] }
      return ColumnKind(
        isNumeric: cells.contains(where: \.isNumeric),
        hasSpread: cells.contains { $0.shown.spread != nil })
    }
    let heads = zip(table.columns, kinds).map { column, kind -> HTML in
      """
      <th scope="col"\(kind.isNumeric ? " class=\"number\"" : "" as HTML)\
      \(kind.hasSpread ? " colspan=\"2\"" : "" as HTML)>\(column)</th>
      """
    }
    let rows = table.rows.map { row -> HTML in
      let cells = row.indices.map { Self.cell(row[$0], kinds[$0], isHead: $0 == 0) }
      return "<tr>\(cells)</tr>\n"
    }
    return """
      <figure class="table">
      <figcaption>\(table.title)\(file)</figcaption>
      <div class="scroll" tabindex="0" role="group" aria-label="\(table.title)">
      <table>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>
      </figure>

      """
  }

  private struct ColumnKind {
    let isNumeric: Bool
    let hasSpread: Bool
  }

  private static func cell(_ cell: Cell, _ kind: ColumnKind, isHead: Bool) -> HTML {
    let (value, spread) = cell.shown
    if isHead, !kind.hasSpread { return "<th scope=\"row\">\(value)</th>" }
    guard kind.hasSpread else {
      return kind.isNumeric ? "<td class=\"number\">\(value)</td>" : "<td>\(value)</td>"
    }
    // Words in a column of estimates would widen the means.
    guard cell.isNumeric else { return "<td class=\"number\" colspan=\"2\">\(value)</td>" }
    let deviation = spread.map { " ± \($0)" } ?? ""
    return "<td class=\"number\">\(value)</td><td class=\"spread\">\(deviation)</td>"
  }
}
