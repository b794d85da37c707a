import Figures
import Foundation
import MNIST1D
import Runs

/// A quiz as it goes: what is on the screen, and what a key does.
///
/// It reads no keyboard and writes no screen, so that any of both will do.
package struct Quiz: Sendable {
  /// The answers so far.
  package private(set) var session: QuizSession
  private let dataset: Dataset
  /// Whether the page shows the ten templates, until a key is pressed.
  package private(set) var showsTemplates = false
  /// What there is to say, and the same in fewer words for a small terminal.
  private var message: [String] = []

  /// What has to happen after a key.
  package enum Step: Sendable, Equatable {
    /// Show the page again; nothing was answered.
    case show
    /// Save the session, then show the page.
    case save
    /// Show the result.
    case end
    /// Leave without a word.
    case leave
  }

  /// Shows the examples of a session's dataset.
  ///
  /// - Parameters:
  ///   - session: The answers so far.
  ///   - dataset: The dataset of the session.
  ///   - asked: How many examples were asked for; where there are fewer, the first page says so.
  package init(_ session: QuizSession, of dataset: Dataset, asked: Int? = nil) {
    self.session = session
    self.dataset = dataset
    if !session.answers.isEmpty, !session.isFinished {
      message = ["Going on after \(session.answers.count) of \(session.examples.count) answers."]
    } else if let asked, asked > session.examples.count {
      message = [
        "There are \(session.examples.count.shown) test examples, fewer than the \(asked.shown) asked for: "
          + "the quiz shows them all.", "Only \(session.examples.count.shown) examples.",
      ]
    }
  }

  /// Shows the ten templates until a key is pressed.
  package mutating func showTemplates() { showsTemplates = true }

  /// Does what a key asks for.
  package mutating func press(_ key: QuizKey) -> Step {
    if showsTemplates, key != .stop, key != .interrupt {
      // Nothing is answered by who has not seen the example.
      showsTemplates = false
      return .show
    }
    message = []
    switch key {
    case .digit(let digit):
      guard !session.isFinished else { return .end }
      session.answer(digit)
      message = [marks, shortMarks].compactMap(\.self)
      if message.isEmpty {
        message = ["You said \(digit); backspace takes it back.", "You said \(digit)."]
      }
      return session.isFinished ? .end : .save
    case .back:
      guard session.canTakeBack else {
        message =
          session.answers.isEmpty
          ? ["There is no answer to take back yet.", "No answer yet."]
          : ["The last answers have been marked; they stay.", "Those are marked."]
        return .show
      }
      session.takeBack()
      message = ["Once more:"]
      return .save
    case .again: return .show
    case .templates:
      showTemplates()
      return .show
    case .stop: return .end
    case .interrupt: return .leave
    case .unknown:
      message = [
        "Press a digit from 0 to 9, t for the templates, backspace to take an answer back, or q to stop.",
        "Press 0–9, t, ⌫ or q.",
      ]
      return .show
    }
  }

  /// The feedback on the last answers, when there is some: after every ten and at the end.
  package var marks: String? {
    guard let shortMarks else { return nil }
    let mistakes = latest.filter { $0.answer != $0.truth }
      .map { "\(Self.one($0.truth)) for \(Self.one($0.answer))" }
    guard !mistakes.isEmpty else { return shortMarks }
    return shortMarks + " You took \(mistakes.joined(separator: ", "))."
  }

  private var shortMarks: String? {
    guard !latest.isEmpty else { return nil }
    let right = latest.count { $0.answer == $0.truth }
    return "\(right) of these \(latest.count) right; "
      + "\(answered.count { $0.answer == $0.truth }) of \(answered.count) so far."
  }

  private static func one(_ digit: Int) -> String { digit == 8 ? "an 8" : "a \(digit)" }

  private var answered: [(answer: Int, truth: Int)] {
    zip(session.answers, session.examples).map { ($0, dataset.yTest[$1]) }
  }

  /// The answers that are marked now.
  private var latest: ArraySlice<(answer: Int, truth: Int)> {
    let last = session.answers.count % QuizSession.markedTogether
    guard last == 0 || session.isFinished else { return [] }
    return answered.suffix(last == 0 ? QuizSession.markedTogether : last)
  }

  /// The page: how far the quiz is, what there is to say, the example, and what can be pressed.
  ///
  /// - Parameters:
  ///   - columns: The terminal's width in characters.
  ///   - rows: Its height in lines.
  /// - Returns: Fewer lines than `rows`, none wider than `columns`, where those are ten and twenty or
  ///   more.
  package func page(columns: Int, rows: Int) -> String {
    guard !showsTemplates else { return templatesPage(columns: columns, rows: rows) }
    let number = session.answers.count + (session.isFinished ? 0 : 1)
    var head = "Example \(number) of \(session.examples.count)".wrapped(to: columns)
    let messages = message.map { $0.wrapped(to: columns) }
    let most = max(2, rows / 6)
    head += (messages.first { $0.count <= most } ?? messages.last ?? [""]).prefix(most)
    let prompt = Self.first(
      of: ["Which digit is it? (0–9, t templates, ⌫ back, q stop)", "0–9, t, ⌫, q?", "0–9?"],
      within: columns)
    let height = max(3, rows - head.count - 4)
    // As wide as it is high, where there is room: a character is twice as high as it is wide.
    let width = max(4, min(columns - 4, 2 * height))
    let margin = String(repeating: " ", count: max(0, columns - width) / 2)
    let picture = drawing(columns: width, rows: height).map { margin + $0 }
    return (head + [""] + picture + ["", prompt]).joined(separator: "\n") + " "
  }

  /// The ten templates side by side, in two rows where they are not all as wide as five characters.
  ///
  /// - Returns: Fewer lines than `rows`, none wider than `columns`, as ``page(columns:rows:)``.
  package func templatesPage(columns: Int, rows: Int) -> String {
    let templates = dataset.templates ?? .digits
    let sentence = Self.first(
      of: [
        "The templates: every example is one of these, stretched, moved, tilted and made noisy.",
        "Every example is one of these, changed.", "The templates",
      ], within: columns)
    let prompt = Self.first(
      of: ["Press any key to go on; t shows the templates again.", "Any key goes on."],
      within: columns)
    let perLine = columns >= 6 * templates.classCount ? templates.classCount : 5
    let lines = (templates.classCount + perLine - 1) / perLine
    let width = max(2, (columns - perLine) / perLine)
    let height = max(1, min(width, (rows - 4) / lines - 2))
    var page = [sentence, ""]
    for first in stride(from: 0, to: templates.classCount, by: perLine) {
      let classes = first..<min(first + perLine, templates.classCount)
      page.append(classes.map { "\(templates.y[$0])".centered(in: width) }.joined(separator: " "))
      let pictures = classes.map {
        Self.drawing(of: Array(templates.x[$0]), columns: width, rows: height)
      }
      page += (0..<height).map { row in pictures.map { $0[row] }.joined(separator: " ") }
      if classes.upperBound < templates.classCount, rows >= 16 { page.append("") }
    }
    return (page + ["", prompt]).joined(separator: "\n") + " "
  }

  /// The first of several texts that fits beside the cursor.
  private static func first(of texts: [String], within columns: Int) -> String {
    texts.first { $0.terminalWidth < columns } ?? "?"
  }

  /// The current example, upright.
  private func drawing(columns: Int, rows: Int) -> [String] {
    guard let example = session.current else {
      return DotDrawing(columns: columns, rows: rows).lines
    }
    return Self.drawing(of: Array(dataset.xTest[example]), columns: columns, rows: rows)
  }

  /// A signal, upright: values to the right, positions downward, as wide as its values.
  private static func drawing(of values: [Double], columns: Int, rows: Int) -> [String] {
    var drawing = DotDrawing(columns: columns, rows: rows)
    guard let low = values.min(), let high = values.max() else { return drawing.lines }
    let scale = high > low ? Double(drawing.width - 1) / (high - low) : 0
    let step = Double(drawing.height - 1) / Double(max(values.count - 1, 1))
    drawing.draw(
      x: values.map { ($0 - low) * scale }, y: values.indices.map { Double($0) * step })
    return drawing.lines
  }
}
