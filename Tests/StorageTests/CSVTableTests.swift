import Storage
import Testing

@Suite("CSVTable")
struct CSVTableTests {
  private func decode(_ text: String) throws -> CSVTable {
    try CSVTable.decode(Array(text.utf8))
  }

  @Test("texts with commas, quotes and line ends come back from a file")
  func roundTrip() throws {
    let table = CSVTable(
      columns: ["model", "say \"when\""],
      rows: [["a,b", "two\nlines"], ["", "\r\n"], ["größe", "\""], [" ", "plain"]])
    #expect(try CSVTable.decode(table.encode()) == table)
  }

  @Test("only texts that need quotes have them")
  func spelling() {
    let table = CSVTable(columns: ["a", "b"], rows: [["1", "x,\"y\""], ["", " "]])
    #expect(String(decoding: table.encode(), as: UTF8.self) == "a,b\n1,\"x,\"\"y\"\"\"\n, \n")
  }

  @Test("a column alone keeps its empty texts")
  func emptyTexts() throws {
    let table = CSVTable(columns: ["a"], rows: [[""], ["b"], [""]])
    #expect(try CSVTable.decode(table.encode()) == table)
  }

  @Test(
    "CRLF, a byte order mark and a missing last line end are read",
    arguments: ["a,b\r\n1,2\r\n", "\u{FEFF}a,b\n1,2\n", "a,b\n1,2", "\"a\",b\n1,\"2\""])
  func dialects(_ text: String) throws {
    #expect(try decode(text) == CSVTable(columns: ["a", "b"], rows: [["1", "2"]]))
  }

  @Test(
    "a damaged table is refused with its line",
    arguments: [
      ("", "empty"), ("a,a\n", "\"a\""), ("a,b\n1\n", "line 2"), ("a,b\n1,2\n\n", "line 3"),
      ("a,b\n1,2,3\n", "line 2"), ("a\n\"1", "line 2"), ("a\n1\"2\n", "line 2"),
      ("a\n\"1\"2\n", "line 2"), ("a\n1\r2\n", "line 2"), ("a,b\n\"\n\n\",1\nx\n", "line 5"),
    ])
  func damaged(_ text: String, _ reason: String) {
    let error = #expect(throws: FormatError.self) { try decode(text) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test("bytes that are not UTF-8 are refused")
  func encoding() {
    #expect(throws: FormatError.self) { try CSVTable.decode([0x61, 0x0A, 0xFF, 0x0A]) }
  }
}
