import Storage
import Foundation
import Runs
import Testing

@Suite("Findings")
struct FindingsTests {
  private let table = Table(
    "table-1", title: "Test accuracy, %", columns: ["model", "reported", "measured", "trials"],
    rows: [
      ["cnn", .number(94, decimals: 0), .estimate(mean: 93.21, spread: 0.8), .integer(10)],
      [
        "mlp, \"ours\"", .number(68, decimals: 0), .estimate(mean: 5.4, spread: 11.94), .integer(3),
      ],
      ["人 human", "≈ 30", .number(-0.04), .empty],
    ])

  @Test("as a table for a terminal line up, whatever the width of their characters")
  func terminalTable() {
    #expect(
      table.text == """
        Test accuracy, %

        model        reported     measured  trials
        ───────────  ────────  ───────────  ──────
        cnn                94  93.2 ±  0.8      10
        mlp, "ours"        68   5.4 ± 11.9       3
        人 human         ≈ 30   0.0

        """)
  }

  @Test("as CSV keep all digits, quote what must be, and give a spread its own column")
  func csv() {
    #expect(
      table.csv == #"""
        model,reported,measured,measured (spread),trials
        cnn,94.0,93.21,0.8,10
        "mlp, ""ours""",68.0,5.4,11.94,3
        人 human,≈ 30,-0.04,,

        """#)
  }

  @Test("average as a mean and the sample standard deviation")
  func means() {
    #expect(Cell(Sample([])) == .empty)
    #expect(Cell(Sample([3]), decimals: 2) == .number(3, decimals: 2))
    #expect(Cell(Sample([1, 2, 3, 6])) == .estimate(mean: 3, spread: (14.0 / 3).squareRoot()))
  }

  @Test("in summary.json have the form of the contract")
  func summaryForm() throws {
    let scratch = try Scratch()
    var configuration = Toy.Configuration()
    configuration.seeds = [41]
    let run = try scratch.run(configuration)
    _ = try run.perform(RunOptions(jobs: 1))
    let json = try JSON(
      reading: Data(contentsOf: run.directory.url.appendingPathComponent("summary.json")))
    #expect(json["study"] == "toy")
    #expect(json["reduced"] == false)
    #expect(json["changed"] == ["seeds"])
    #expect(json["paper"] == ["seeds": "42,43"])
    #expect(json["configuration"]?["seeds"] == [41])
    #expect(json["seconds"]?.number != nil)
    let claims = try #require(json["claims"]?.elements)
    #expect(claims.map { $0["holds"] } == [true, false, JSON.null])
    #expect(claims[1]["id"] == "score")
    #expect(claims[1]["statement"] == "The score is <high>.")
    #expect(claims[1]["reported"] == 94.0)
    #expect(claims[1]["measured"] == 93.25)
    #expect(claims[1]["spread"] == 0.8)
    #expect(claims[2]["measured"] == JSON.null)
    let scores = try #require(json["tables"]?["scores"])
    #expect(scores["columns"] == ["size", "score", "last"])
    #expect(scores["rows"]?.elements?.count == 3)
  }

  @Test("for a terminal show tables, claims with their verdicts, and notes")
  func terminalText() throws {
    let scratch = try Scratch()
    let summary = try #require(try scratch.run().perform(RunOptions(jobs: 1)).summary)
    #expect(
      summary.text.contains("\n✗ The score is <high>. (reported 94, measured 93.2 ± 0.8)\n"))
    #expect(summary.text.contains("\n– People agree. (reported ≈ 30)\n"))
    #expect(summary.text.hasSuffix("\nA toy.\n"))
  }

  @Test(
    "say in file, terminal and report by which interval a claim was judged, and where it stands")
  func intervals() throws {
    let scratch = try Scratch()
    let run = try scratch.run()
    _ = try run.perform(RunOptions(jobs: 1))
    var summary = try RunSummary(reading: run.directory)
    let claim = try #require(
      Claim(
        "lead", "One leads.", source: "Figure 3, cell <28>", reported: .number(63.55 - 59.2),
        difference: Sample([1, 2, 3]), in: .above(0)))
    summary.findings.claims = [claim]
    let read = try RunSummary(JSON(reading: Data(summary.json.pretty.utf8)))
    #expect(read.findings.claims == [claim])
    #expect(
      summary.text.contains("– One leads. (reported 4.35, measured 2.0 (95 %: −0.5 to 4.5))\n"))
    let page = Report(runs: [summary]).html
    #expect(page.contains("One leads. <span class=\"source\">Figure 3, cell &lt;28&gt;</span></p>"))
    #expect(page.contains("<dd>2.0 (95 %: −0.5 to 4.5)</dd>"))
  }

  @Test("of a run that is missing or damaged are refused by name")
  func damagedSummary() throws {
    let scratch = try Scratch()
    let run = try scratch.run()
    let missing = #expect(throws: RunError.self) { try RunSummary(reading: run.directory) }
    #expect(missing?.exitStatus == .missingFile)
    _ = try run.perform(RunOptions(jobs: 1))
    let file = run.directory.url.appendingPathComponent("summary.json")
    let whole = try String(contentsOf: file, encoding: .utf8)
    for (found, replacement) in [
      ("\"trials\": 6", "\"trials\": \"6\""), ("\"size\", \"score\"", "\"size\""), ("{", "["),
    ] {
      try Data(whole.replacing(found, with: replacement).utf8).write(to: file)
      let error = #expect(throws: RunError.self) { try RunSummary(reading: run.directory) }
      #expect(error?.exitStatus == .badData)
      #expect(error?.description.hasPrefix("\(file.path) cannot be read as") == true)
    }
  }
}
