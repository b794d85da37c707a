import Storage
import Figures
import Runs
import Testing

@Suite("What is shown")
struct PrintableTests {
  @Test("is the text itself where nothing in it steers")
  func plain() {
    for text in ["", "abc", "é e\u{301} 🙂 中", "a'b\"c\\d"] {
      #expect(text.printable == text && text.isPrintable)
    }
  }

  @Test("spells out what steers, and shortens what is long", arguments: steering)
  func steers(character: Character) {
    let text = "a\(character)\u{301}b"
    #expect(!text.isPrintable && text.printable.isPrintable)
    #expect(text.printable.hasPrefix("a\\"))
    let long = String(repeating: text, count: 1000).printable(within: 60)
    #expect(long.count < 700 && long.isPrintable && long.contains(" … "))
  }

  @Test("is never more than some lines of any error", arguments: steering)
  func errors(character: Character) {
    let evil = "\(character)" + String(repeating: "x", count: 100_000)
    let errors: [RunError] = [
      .malformedOverride(evil), .unknownSetting(evil, nearest: evil, known: [evil]),
      .wrongValue(evil, found: evil, expected: evil), .repeatedSetting(evil),
      .invalidSettings(evil), .repeatedTrial(evil), .malformedShard(evil),
      .unsuitable("--x", found: evil, expected: "y"), .irregularArray(task: evil, reason: evil),
      .differentStudies(first: evil, second: evil), .unreadable(file: evil, reason: evil),
      .unknownStoreVersion(file: "f", found: evil, understood: 2),
      .foreignStore(file: "f", found: evil, expected: evil),
      .outdatedMeasurement(file: "f", trial: evil, reason: evil),
      .noResults(study: "s", reason: evil), .missingFile(evil, remedy: "r"),
      .missingTrials(directory: "d", missing: 1, planned: 2, first: evil),
      .cannotSubmit(reason: evil), .file(.inUse(path: "d", owner: evil)),
      .file(.unwritable(path: evil, reason: evil)),
    ]
    for error in errors {
      #expect(error.description.count < 2000 && error.description.isPrintable)
    }
  }

  @Test("of a table, a comparison and progress holds nothing that steers", arguments: steering)
  func texts(character: Character) {
    let evil = "a\(character)b"
    let table = Table("t", title: evil, columns: [evil, "b"], rows: [[.text(evil), .integer(1)]])
    var shown = [table.text]
    for medium in [ProgressDisplay.Medium.lines, .terminal(columns: 80)] {
      var display = ProgressDisplay(medium, now: { 0 }, write: { shown.append($0) })
      display.announce(evil)
      display.update(
        RunProgress(study: "s", planned: 2, ended: 1, fraction: 0.5, elapsed: 1, message: evil))
    }
    for text in shown {
      #expect(!text.unicodeScalars.contains(character.unicodeScalars.first!))
    }
  }

  @Test("of a table in a file is no formula, and quoted by its scalars")
  func csv() {
    let cells: [(String, String)] = [
      ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("+1+1", "'+1+1"), ("-1+1", "'-1+1"),
      ("@SUM(1)", "'@SUM(1)"), (" =1", "' =1"), ("\t=1", "'\t=1"), ("-0.5", "-0.5"), ("+3", "+3"),
      ("-inf", "-inf"), ("a=b", "a=b"), ("a\"\u{301}b", "\"a\"\"\u{301}b\""), ("a,b", "\"a,b\""),
      ("a\nb", "\"a\nb\""), ("a\r\nb", "\"a\r\nb\""), ("\"", "\"\"\"\""),
      (",\u{301}", "\",\u{301}\""),
      ("=1,2", "\"'=1,2\""),
    ]
    for (text, field) in cells {
      let table = Table(
        "t", title: "", columns: [text, "n"], rows: [[.text(text), .number(-1.5)]])
      #expect(Array(table.csv.utf8) == Array("\(field),n\n\(field),-1.5\n".utf8))
    }
  }
}
