import Figures
import Runs
import Testing

@Suite("A table on a terminal")
struct TableLayoutTests {
  private let table = Table(
    "t", title: "What a long title says of the numbers that stand below it",
    columns: ["condition", "mean test accuracy after the last step", "what was found, in words"],
    rows: [
      [
        .text("a network with many layers"), .estimate(mean: 12.25, spread: 3),
        .text("better than the other"),
      ],
      [.text("b"), .number(7), .text("")],
    ])

  @Test("fits its columns without breaking a word", arguments: [30, 40, 60, 80, 120])
  func fits(columns: Int) {
    let text = table.text(columns: columns)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= columns }, "\(text)")
    let words = Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    for word in "accuracy many layers better found, 12.2 3.0 7.0".split(separator: " ") {
      #expect(words.contains(String(word)), "\(word) is missing in \(text)")
    }
  }

  @Test("is as wide as its words where there is room")
  func natural() {
    #expect(table.text(columns: 200) == table.text)
    #expect(table.text.contains("a network with many layers"))
  }

  @Test("stands row below row where even its longest words are too many")
  func stacked() {
    #expect(
      Table(
        "t", title: "T", columns: ["first", "mean", "a-word-that-is-long"],
        rows: [[.text("x"), .estimate(mean: 1, spread: 2), .text("y")], ["z", .empty, "w"]]
      ).text(columns: 25) == """
        T

        x
          mean: 1.0 ± 2.0
          a-word-that-is-long: y

        z
          a-word-that-is-long: w

        """)
  }
}
