import DataFormats
import Foundation
import MNIST1D
import Runs
import Studies
import Testing

@Suite("The quiz")
struct QuizTests {
  let dataset: Dataset
  init() throws { dataset = try Dataset(DatasetConfiguration(numSamples: 200, trainSplit: 0.5)) }

  func session(_ count: Int = 25, seed: Int = 3) -> QuizSession {
    QuizSession(of: dataset, count: count, seed: seed)
  }

  func file() -> URL {
    FileManager.default.temporaryDirectory.appendingPathComponent("QuizTests-\(UUID())/quiz.json")
  }

  @Test("shows each example once, in an order that the seed decides")
  func order() {
    #expect(session().examples == session().examples)
    #expect(session().examples != session(seed: 4).examples)
    #expect(session(1000).examples.sorted() == Array(0..<100))
  }

  @Test("goes on where it was saved")
  func resumes() throws {
    let file = file()
    defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
    var first = session()
    for digit in [3, 1, 4] { first.answer(digit) }
    try first.save(to: file)
    var second = session()
    try second.resume(from: file)
    #expect(second == first)
    #expect(second.current == first.examples[3])
    #expect(Quiz(second, of: dataset).page(columns: 80, rows: 24).contains("Example 4 of 25"))
  }

  @Test("refuses what is not this quiz", arguments: ["{}", "[", "", "other", "11", "many", "data"])
  func refuses(content: String) throws {
    let file = file()
    defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
    try session().save(to: file)
    var text = try String(contentsOf: file, encoding: .utf8)
    switch content {
    case "other": text = text.replacing("\"seed\": 3", with: "\"seed\": 4")
    case "11": text = text.replacing("\"answers\": []", with: "\"answers\": [11]")
    case "many":
      let digits = Array(repeating: "1", count: 26).joined(separator: ",")
      text = text.replacing("\"answers\": []", with: "\"answers\": [\(digits)]")
    case "data": text = text.replacing("\"data\": \"", with: "\"data\": \"0")
    default: text = content
    }
    try text.write(to: file, atomically: true, encoding: .utf8)
    #expect {
      var other = session()
      try other.resume(from: file)
    } throws: { error in
      guard case RunError.unreadable(let name, _) = error else { return false }
      return name == file.path
    }
  }

  @Test("understands keys, and what is none")
  func keys() {
    #expect(
      QuizKey.keys(in: Array("07\u{7F}\u{8}\u{3}q\n x".utf8))
        == [.digit(0), .digit(7), .back, .back, .interrupt, .stop, .again, .again, .unknown])
    // Arrow up, F1, Delete, an umlaut, an emoji, the escape key.
    #expect(
      QuizKey.keys(in: Array("\u{1B}[A\u{1B}OP\u{1B}[3~1ü2🙂3\u{1B}".utf8))
        == [
          .unknown, .unknown, .unknown, .digit(1), .unknown, .digit(2), .unknown, .digit(3),
          .unknown,
        ])
  }

  @Test("marks after every ten, and lets nobody take those back")
  func marking() {
    var quiz = Quiz(session(), of: dataset)
    #expect(quiz.press(.back) == .show)
    for number in 0..<10 {
      let truth = dataset.yTest[quiz.session.current!]
      #expect(quiz.press(.digit(number == 4 ? (truth + 1) % 10 : truth)) == .save)
      #expect((quiz.marks != nil) == (number == 9))
    }
    #expect(quiz.marks!.hasPrefix("9 of these 10 right; 9 of 10 so far. You took a "))
    #expect(quiz.page(columns: 80, rows: 24).contains("9 of these 10 right"))
    #expect(quiz.press(.back) == .show)
    #expect(quiz.session.answers.count == 10)
    _ = quiz.press(.digit(1))
    #expect(quiz.press(.back) == .save)
    #expect(quiz.session.answers.count == 10)
    #expect(quiz.press(.unknown) == .show)
    #expect(quiz.press(.stop) == .end)
    #expect(quiz.press(.interrupt) == .leave)
  }

  @Test("ends after the last example, with marks for the rest")
  func ends() {
    var quiz = Quiz(session(12), of: dataset)
    for number in 0..<12 { #expect(quiz.press(.digit(1)) == (number == 11 ? .end : .save)) }
    #expect(quiz.session.isFinished)
    #expect(quiz.marks!.contains(" of these 2 right"))
    #expect(quiz.press(.digit(1)) == .end)
    #expect(quiz.press(.back) == .show)
    #expect(quiz.session.answers.count == 12)
  }

  @Test(
    "draws pages that fit the terminal",
    arguments: [(80, 24), (40, 12), (24, 14), (200, 60), (20, 10)])
  func pages(columns: Int, rows: Int) {
    var quiz = Quiz(session(), of: dataset)
    for _ in 0..<12 {
      let lines = quiz.page(columns: columns, rows: rows).split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count < rows, "\(lines.count) lines")
      #expect(lines.allSatisfy { $0.count <= columns }, "\(lines.map(\.count))")
      let dots = lines.joined().unicodeScalars.count { (0x2801...0x28FF).contains($0.value) }
      #expect(dots > 8)
      _ = quiz.press(.digit(1))
    }
  }

  @Test("shows the ten templates until a key is pressed, which answers nothing, and on request")
  func templates() {
    var quiz = Quiz(session(), of: dataset)
    quiz.showTemplates()
    let page = quiz.page(columns: 80, rows: 24)
    for digit in 0...9 { #expect(page.contains("  \(digit)  "), "\(digit)") }
    #expect(quiz.press(.digit(4)) == .show && quiz.session.answers.isEmpty)
    #expect(quiz.page(columns: 80, rows: 24).contains("Example 1 of 25"))
    #expect(quiz.press(.templates) == .show)
    #expect(quiz.page(columns: 80, rows: 24) == page)
    #expect(quiz.press(.stop) == .end)
    #expect(QuizKey.keys(in: Array("tT".utf8)) == [.templates, .templates])
  }

  @Test(
    "shows templates as wide as the terminal, each with dots, and breaks no word",
    arguments: [(80, 24), (40, 12), (24, 14), (200, 60), (20, 10)])
  func templatesPage(columns: Int, rows: Int) {
    let page = Quiz(session(), of: dataset).templatesPage(columns: columns, rows: rows)
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count < rows, "\(lines.count) lines")
    #expect(lines.allSatisfy { $0.count <= columns }, "\(lines.map(\.count))")
    let widest =
      lines.filter { $0.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) } }
      .map(\.count).max() ?? 0
    #expect(widest > columns * 6 / 10)
  }

  @Test("says when there are fewer examples than asked for, until an answer")
  func fewer() {
    var quiz = Quiz(session(1000), of: dataset, asked: 1000)
    #expect(
      quiz.page(columns: 80, rows: 24).contains("There are 100 test examples, fewer than the 1,000")
    )
    #expect(quiz.page(columns: 20, rows: 10).contains("Only 100 examples."))
    _ = quiz.press(.digit(3))
    #expect(!quiz.page(columns: 80, rows: 24).contains("fewer"))
    #expect(!Quiz(session(), of: dataset, asked: 25).page(columns: 80, rows: 24).contains("fewer"))
  }

  @Test("the result's sentences are no wider than the terminal, and keep their words")
  func resultWidth() {
    let result = QuizResult(session(), of: dataset, network: nil)
    let (wide, narrow) = (result.text(width: 1000), result.text(width: 30))
    func words(_ text: String) -> [Substring] { text.split { $0.isWhitespace } }
    #expect(words(wide) == words(narrow))
    let lines = narrow.split { $0 == "\n" }
    #expect(lines.suffix(3).allSatisfy { $0.count <= 30 })
  }

  @Test("counts errors by class, for the paper's human too")
  func counts() {
    let errors = ErrorsByClass(labels: [0, 0, 0, 7, 9], answers: [0, 1, 2, 7, 4])
    #expect(errors.shown == [3, 0, 0, 0, 0, 0, 0, 1, 0, 1])
    #expect(errors.wrong == [2, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    #expect(errors.accuracy == 40)
    #expect(errors.rates[7] == 0 && errors.rates[9] == 100 && errors.rates[1].isNaN)
    #expect(ErrorsByClass.paper.count == 500)
    #expect(abs(ErrorsByClass.paper.accuracy - 95.8) < 1e-9)
    #expect(ErrorsByClass.paperDistinct.count == 400)
    #expect(abs(ErrorsByClass.paperDistinct.accuracy - 95.75) < 1e-9)
  }

  @Test("has the paper's human from the published answers, with the repeated quiz and without")
  func published() throws {
    let labels = try Dataset(DatasetConfiguration()).yTest
    func errors(_ quizzes: some Collection<PublishedQuiz>) -> ErrorsByClass {
      ErrorsByClass(
        labels: quizzes.flatMap { labels[$0.first..<$0.first + 100] },
        answers: quizzes.flatMap { $0.answers(labels) })
    }
    #expect(errors(PublishedQuiz.all) == .paper)
    #expect(errors(PublishedQuiz.all.dropFirst()) == .paperDistinct)
  }

  @Test("sets the person beside the network and the paper's human")
  func result() throws {
    var session = session(20)
    for _ in 0..<20 { session.answer(dataset.yTest[session.current!]) }
    let network = dataset.yTest.map { $0 == 3 ? 8 : $0 }
    let result = QuizResult(session, of: dataset, network: network)
    #expect(result.person.accuracy == 100)
    #expect(result.network!.rates[3] == 100 && result.network!.rates[4] == 0)
    #expect(result.networkOnSame!.count == 20)
    #expect(result.table.columns.suffix(3) == ["you", "CNN", "paper’s human"])
    #expect(result.text(width: 80).contains("You recognised 20 of 20: 100.0 %."))
    #expect(
      result.text(width: 80).contains("95.8 ± 0.4 %")
        && result.text(width: 80).contains("95.75 % of the 400"))
    #expect(result.figure.panels[0].marks.count == 3)
    #expect(result.json["person"]?["accuracy"]?.number == 100)
  }

  @Test("has a result without an answer and without a network")
  func nothing() {
    let result = QuizResult(session(), of: dataset, network: nil)
    #expect(result.text(width: 80).contains("No example was answered."))
    #expect(result.figure.panels[0].marks.count == 1)
    #expect(result.json["person"] == .null && result.json["cnn"] == .null)
    #expect(result.figure.svg().contains("paper"))
  }
}
