import Storage
import ArgumentParser
import DataFormats
import Figures
import Foundation
import MNIST1D
import Runs
import Studies
import StudyCommands

struct QuizCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quiz", abstract: "Classify test examples yourself.",
    discussion: """
      Shows the templates of the ten digits, then one signal after another, upright as in the paper, and takes a digit \
      for each: press 0 to 9, t to see the templates again, backspace to take an answer back, q to stop. Ten answers are marked at a time. Every answer is saved, and the same \
      command goes on where it was. The end shows your errors by class beside those of the CNN and of the paper's \
      human, as a table and as Figure 8. A quiz belongs to one process at a time: for another one at the same time, \
      give another --seed or --output.
      """)

  @Option(number: ArgumentHelp("How many examples to show.", valueName: "n"))
  var examples = 100

  @Option(
    number: ArgumentHelp("The seed of the order: the same seed is the same quiz.", valueName: "n"))
  var seed = 0

  @OptionGroup var data: DataOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder of all results; the quiz goes into its folder quiz.", valueName: "folder"),
    completion: .directory)
  var output = "runs"

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  func run() throws {
    guard examples > 0 else {
      throw Failure.usage("--examples is \(examples); it must be 1 or more")
    }
    guard (0...Int(UInt32.max)).contains(seed) else {
      throw Failure.usage("--seed is \(seed); it must be 0 to \(UInt32.max)")
    }
    try Outputs.require("--output", output + "/quiz", .folder)
    let dataset = try data.dataset()
    guard dataset.yTest.count > 0 else {
      throw Failure.badData(
        "\(data.data ?? "the dataset") holds no test examples; the quiz is made of them")
    }
    guard dataset.labelCount <= 10 else {
      throw Failure.badData(
        "\(data.data ?? "the dataset") has the label \(dataset.labelCount - 1); the quiz is about the digits 0 to 9"
      )
    }
    let folder = URL(fileURLWithPath: output).appendingPathComponent("quiz")
    var session = QuizSession(of: dataset, count: examples, seed: seed)
    let name = "\(session.examples.count)-examples-seed-\(seed)"
    let file = folder.appendingPathComponent("\(name).json")
    // One quiz at a time: two would overwrite each other's answers.
    let lock = try QuizSession.lock(file)
    defer { withExtendedLifetime(lock) {} }
    try session.resume(from: file)

    if session.examples.count < examples {
      say(
        "mnist1d: there are \(session.examples.count.shown) test examples, fewer than the \(examples.shown) that "
          + "--examples asks for: the quiz shows them all")
    }
    var quiz = Quiz(session, of: dataset, asked: examples)
    if !session.isFinished { try ask(&quiz, savingTo: file) }
    Terminal.note("")
    say("Comparing with the CNN; its training takes a few seconds.")
    let result = QuizResult(
      quiz.session, of: dataset, network: try QuizResult.networkPredictions(on: dataset))
    let picture = folder.appendingPathComponent("\(name)-figure-8")
    try quiz.session.save(to: file)
    for format in PictureFormat.allCases {
      try OutputFile.write(
        result.figure.file(as: format), to: "\(picture.path).\(format.rawValue)")
    }
    if json {
      var report = result.json
      report["folder"] = .text(folder.path)
      report["figure"] = .text(picture.path)
      MNIST1DCommand.print(json: report)
    } else {
      Terminal.print(result.text(width: TerminalSize(of: STDOUT_FILENO).columns))
    }
    Terminal.note("Figure 8 is \(picture.path).svg, .png and .pdf")
    if !quiz.session.isFinished { say("The same command goes on with the quiz.") }
  }

  /// Says something without breaking a word.
  private func say(_ sentence: String) {
    for line in sentence.wrapped(to: TerminalSize(of: STDERR_FILENO).columns) {
      Terminal.note(line)
    }
  }

  /// Shows pages and takes keys until the quiz or the input ends.
  private func ask(_ quiz: inout Quiz, savingTo file: URL) throws {
    let keyboard = Keyboard()
    defer { keyboard.restore() }
    if keyboard.isInteractive {
      quiz.showTemplates()
    } else {
      // Where nobody presses keys, nothing waits for one.
      let size = TerminalSize(of: STDERR_FILENO)
      try keyboard.show(quiz.templatesPage(columns: size.columns, rows: size.rows))
    }
    try show(quiz, keyboard)
    while let bytes = keyboard.read() {
      if bytes.isEmpty { try show(quiz, keyboard) }
      for key in QuizKey.keys(in: bytes) {
        let step = quiz.press(key)
        if step == .save || step == .end { try quiz.session.save(to: file) }
        switch step {
        case .show, .save: try show(quiz, keyboard)
        case .end:
          keyboard.restore()
          if let marks = quiz.marks { say(marks) }
          return
        case .leave:
          keyboard.restore()
          say(
            "mnist1d: \(quiz.session.answers.count) of \(quiz.session.examples.count) answers are saved; the same "
              + "command goes on")
          throw ExitCode(128 + SIGINT)
        }
      }
    }
  }

  private func show(_ quiz: Quiz, _ keyboard: Keyboard) throws {
    let size = TerminalSize(of: STDERR_FILENO)
    try keyboard.show(quiz.page(columns: size.columns, rows: size.rows))
  }
}
