import Figures
import Runs
import Storage

extension StudyProgram {
  /// What `reproduce STUDY --help` and `help STUDY` say: the study's article and its settings. Nil where something else is
  /// asked.
  static func studyHelp(_ arguments: [String]) -> String? {
    let options = arguments.prefix { $0 != "--" }
    let isHelp = options.contains("--help") || options.contains("-h")
    guard arguments.count >= 2, arguments[0] == "help" || (arguments[0] == "reproduce" && isHelp)
    else { return nil }
    let names = options.dropFirst().filter { !$0.hasPrefix("-") }
    guard let study = allStudies.first(where: { $0.name == names.first }) else { return nil }
    return help(on: study, columns: Terminal.columns ?? 100)
  }

  private static func help<S: Study>(on study: S.Type, columns: Int) -> String {
    let verb = S.name == "sweep" ? S.name : "reproduce \(S.name)"
    let article = [S.question] + S.about.split(separator: "\n\n").map(String.init)
    var parts = ["\(S.title)\n"]
    parts += article.map { $0.wrapped(to: columns).joined(separator: "\n") + "\n" }
    let usage = "USAGE: \(name) \(verb) [key=value ...] [--quick] [options]"
    parts.append(usage.wrapped(to: columns, indent: "  ").joined(separator: "\n") + "\n")
    if !S.variations.isEmpty {
      let commands = S.variations.map { variation in
        let words = variation.split(separator: " ").map { ShellText.word(String($0)) }
        return "  \(name) \(verb) \(words.joined(separator: " "))\n"
      }
      parts.append("Worth changing:\n\n" + commands.joined())
    }
    let settings = SettingsList(of: S.Configuration(), quick: S.Configuration.quick)
    parts.append(
      "Settings, given as key=value: defaults, what --quick changes, and what they take\n\n"
        + settings.lines(columns: columns).map { $0 + "\n" }.joined())
    parts.append("\(name) \(verb.split(separator: " ")[0]) --help lists the options.")
    return parts.joined(separator: "\n")
  }
}

/// The settings of a study, each with what it means below it.
private struct SettingsList {
  private let rows: [(cells: [String], expected: String, meaning: String)]

  init<Configuration: StudyConfiguration>(of defaults: Configuration, quick: Configuration) {
    let reduced = Setting.list(of: quick)
    rows = Setting.list(of: defaults).map { setting in
      let other = reduced.first { $0.key == setting.key }?.value
      return (
        [
          setting.key, setting.value.shortened,
          other == setting.value ? "" : other?.shortened ?? "",
        ], setting.expected, setting.meaning
      )
    }
  }

  func lines(columns: Int) -> [String] {
    let heads = ["setting", "default", "--quick"]
    let widths = heads.indices.map { column in
      max(heads[column].count, rows.map { $0.cells[column].terminalWidth }.max() ?? 0)
    }
    func start(_ cells: [String]) -> String {
      zip(cells, widths).map { $0.padded(to: $1, leading: false) }.joined(separator: "  ")
    }
    let room = columns - start(heads).terminalWidth - 2
    // Where there is little room beside the values, what they may be goes below them.
    guard room >= 24 else {
      return [start(heads)]
        + rows.flatMap { row in
          [start(row.cells).trimmedTrailing]
            + below(
              [row.meaning.withoutStop, row.expected].filter { !$0.isEmpty }.joined(
                separator: ": "), columns)
        }
    }
    func line(_ cells: [String], _ last: String) -> [String] {
      last.wrapped(to: room).enumerated().map { index, words in
        (index == 0 ? start(cells) : String(repeating: " ", count: columns - room - 2)) + "  "
          + words
      }
    }
    return line(heads, "takes")
      + rows.flatMap { line($0.cells, $0.expected) + below($0.meaning, columns) }
  }

  /// What is said below a setting, indented.
  private func below(_ words: String, _ columns: Int) -> [String] {
    words.isEmpty ? [] : words.wrapped(to: columns - 4).map { "    " + $0 }
  }
}

extension String {
  /// The sentence as a part of a longer one.
  fileprivate var withoutStop: String { hasSuffix(".") ? String(dropLast()) : self }

  /// The text as far as a column has room for it.
  fileprivate var shortened: String { count > 22 ? prefix(21) + "…" : self }
}
