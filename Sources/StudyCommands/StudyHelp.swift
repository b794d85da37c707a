import Runs
import Storage

extension StudyProgram {
  /// What `reproduce STUDY --help` and `help STUDY` say: the study's settings. Nil where something else is asked.
  static func studyHelp(_ arguments: [String]) -> String? {
    let options = arguments.prefix { $0 != "--" }
    let isHelp = options.contains("--help") || options.contains("-h")
    guard arguments.count >= 2, arguments[0] == "help" || (arguments[0] == "reproduce" && isHelp)
    else { return nil }
    let names = options.dropFirst().filter { !$0.hasPrefix("-") }
    guard let study = allStudies.first(where: { $0.name == names.first }) else { return nil }
    return help(on: study)
  }

  private static func help<S: Study>(on study: S.Type) -> String {
    let quick = Setting.list(of: S.Configuration.quick)
    var table = Table(
      "settings", title: "Settings, given as key=value",
      columns: ["setting", "default", "--quick", "takes"])
    for setting in Setting.list(of: S.Configuration()) {
      let reduced = quick.first { $0.key == setting.key }?.value
      table.append([
        .text(setting.key), .text(setting.value.shortened),
        reduced == setting.value ? .empty : .text(reduced?.shortened ?? ""),
        .text(setting.expected),
      ])
    }
    return """
      \(S.title): \(S.question)

      USAGE: \(name) reproduce \(S.name) [key=value ...] [--quick] [options]

      \(table.text)
      \(name) reproduce --help lists the options.
      """
  }
}

extension String {
  /// The text as far as a column has room for it.
  fileprivate var shortened: String { count > 22 ? prefix(21) + "…" : self }
}
