import StudyCommands
import Testing

@Suite("A result on a terminal")
struct TerminalTests {
  @Test("has verdicts in colours, and dashes that are no verdicts as they are")
  func colours() {
    let text = "✓ a – b\n✗ c\n– d\nrow  – 3.0  ✓ 4.0\n1–2"
    #expect(
      Terminal.colored(text) == """
        \u{1B}[32m✓\u{1B}[0m a – b
        \u{1B}[31m✗\u{1B}[0m c
        \u{1B}[90m–\u{1B}[0m d
        row  \u{1B}[90m–\u{1B}[0m 3.0  \u{1B}[32m✓\u{1B}[0m 4.0
        1–2
        """)
  }
}
