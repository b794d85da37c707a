import Storage
import Figures
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs

/// How many examples of each class somebody saw, and how many of them were taken for another.
package struct ErrorsByClass: Codable, Sendable, Equatable {
  /// The examples of each digit.
  package let shown: [Int]
  /// Those that were taken for another digit.
  package let wrong: [Int]

  /// Counts answers.
  ///
  /// - Precondition: as many answers as labels, which lie in 0 ... 9.
  package init(labels: [Int], answers: [Int]) {
    precondition(
      labels.count == answers.count && labels.allSatisfy((0...9).contains),
      "each example has a digit and one answer, found \(answers.count) answers to the labels \(labels)"
    )
    let pairs = zip(labels, answers)
    shown = (0...9).map { digit in labels.count { $0 == digit } }
    wrong = (0...9).map { digit in pairs.count { $0 == digit && $1 != digit } }
  }

  private init(shown: [Int], wrong: [Int]) {
    self.shown = shown
    self.wrong = wrong
  }

  /// The paper's human, over five quizzes of a hundred examples: 95.8 % right, with a standard error of 0.44 over the
  /// quizzes (7878d96, building-mnist1d, cell 26; Figure 8).
  package static let paper = ErrorsByClass(
    shown: [37, 55, 42, 62, 57, 48, 51, 46, 48, 54], wrong: [2, 2, 5, 0, 3, 0, 0, 5, 0, 4])

  /// The same, each example once: the first two of the published quizzes hold the same hundred. 95.75 % right.
  package static let paperDistinct = ErrorsByClass(
    shown: [30, 42, 36, 50, 47, 40, 40, 34, 40, 41], wrong: [2, 2, 4, 0, 3, 0, 0, 3, 0, 3])

  /// The paper's human in a sentence.
  static let paperSentence =
    "\(paper.accuracy.shown(1)) ± 0.4 % over five quizzes of 100, of which two hold the same hundred examples: "
    + "\(paperDistinct.accuracy.shown(2)) % of the \(paperDistinct.count) distinct ones"

  /// The number of examples.
  package var count: Int { shown.reduce(0, +) }

  /// The part of all examples that were recognised, in percent; not a number without examples.
  package var accuracy: Double {
    100 * Double(count - wrong.reduce(0, +)) / Double(count)
  }

  /// The errors among the examples of each of the ten digits, in percent; not a number where there were none, or where
  /// a file does not say.
  package var rates: [Double] {
    (0...9).map { digit in
      guard shown.indices.contains(digit), wrong.indices.contains(digit) else { return .nan }
      return 100 * Double(wrong[digit]) / Double(shown[digit])
    }
  }
}

/// What a quiz came to, beside the convolutional network and the paper's human (Figure 8).
package struct QuizResult: Sendable {
  /// The person.
  package let person: ErrorsByClass
  /// The network on the whole test set; nil where the signals are too short for it.
  package let network: ErrorsByClass?
  /// The network on the examples that the person answered.
  package let networkOnSame: ErrorsByClass?
  private let session: QuizSession

  /// Marks a session.
  ///
  /// - Parameters:
  ///   - session: The answers.
  ///   - dataset: The dataset of the session.
  ///   - predictions: The network's answers to all test examples, if there is one.
  package init(_ session: QuizSession, of dataset: Dataset, network predictions: [Int]?) {
    let answered = Array(session.examples.prefix(session.answers.count))
    let labels = answered.map { dataset.yTest[$0] }
    self.session = session
    person = ErrorsByClass(labels: labels, answers: session.answers)
    network = predictions.map { ErrorsByClass(labels: dataset.yTest, answers: $0) }
    networkOnSame = predictions.map { predictions in
      ErrorsByClass(labels: labels, answers: answered.map { predictions[$0] })
    }
  }

  /// The answers of the study ``Baselines``'s convolutional network, seed 42, to all test examples.
  ///
  /// - Returns: A digit for each example; nil if the signals are too short for the network.
  /// - Throws: `TrainingError` if the training fails.
  package static func networkPredictions(on dataset: Dataset) throws -> [Int]? {
    guard dataset.length >= ConvolutionalNetwork.shortestInput, dataset.x.count > 0 else {
      return nil
    }
    var generator = TorchGenerator(seed: 42)
    let test = Examples(dataset.xTest, dataset.yTest)
    var recipe = TrainingRecipe()
    recipe.evalEvery = recipe.steps
    var training = try Training(
      of: BaselineNetwork(.cnn, inputs: dataset.length, using: &generator),
      on: Examples(dataset.x, dataset.y), testing: test, by: recipe)
    while !training.isFinished { try training.stepAndEvaluate() }
    return training.model.predictions(for: test.inputs)
  }

  private var judged: [(name: String, errors: ErrorsByClass, appearance: Appearance)] {
    let all: [(String, ErrorsByClass?, Appearance)] = [
      ("you", person, .you), ("CNN", network, Architecture.cnn.appearance),
      ("paper’s human", .paper, .human),
    ]
    return all.compactMap { name, errors, appearance in
      errors.flatMap { $0.count > 0 ? (name, $0, appearance) : nil }
    }
  }

  /// The errors by class.
  package var table: Table {
    var table = Table(
      "figure-8", title: "Errors by class, in percent of its examples (Figure 8)",
      columns: ["digit", "shown to you", "wrong"] + judged.map(\.name))
    func cell(_ rate: Double) -> Cell { rate.isFinite ? .number(rate, decimals: 1) : .empty }
    for digit in 0...9 {
      table.append(
        [.text("\(digit)"), .integer(person.shown[digit]), .integer(person.wrong[digit])]
          + judged.map { cell($0.errors.rates[digit]) })
    }
    table.append(
      ["all", .integer(person.count), .integer(person.wrong.reduce(0, +))]
        + judged.map { cell(100 - $0.errors.accuracy) })
    return table
  }

  /// Figure 8: the errors by class as bars.
  package var figure: Figure {
    Figure(
      title: "Which digits do people and a network take for others?",
      caption:
        "Percent of the examples of a digit that were taken for another: one quiz, one network of seed 42, and "
        + "the paper’s human over five quizzes.",
      panels: [
        Panel(
          x: Axis("digit", ticks: .names((0...9).map(String.init))),
          y: Axis("errors (%)", from: 0),
          marks: judged.map { judged in
            .bars(
              Bars(
                "\(judged.name) (\(judged.errors.count.shown) examples)",
                values: judged.errors.rates, color: judged.appearance.color))
          })
      ], legend: .below, aspect: 0.5)
  }

  /// The result for a terminal: the table, and sentences in lines of at most so many columns.
  package func text(width: Int) -> String {
    var sentences: [String] = []
    if person.count > 0 {
      let right = person.count - person.wrong.reduce(0, +)
      sentences.append(
        "You recognised \(right) of \(person.count): \(person.accuracy.shown(1)) %.")
    } else {
      sentences.append("No example was answered.")
    }
    if let network {
      let same =
        networkOnSame.flatMap { $0.count > 0 ? " (\($0.accuracy.shown(1)) % of those)" : nil } ?? ""
      sentences.append(
        "The CNN: \(network.accuracy.shown(1)) % of all \(network.count) test examples\(same).")
    }
    sentences.append("The paper’s human: \(ErrorsByClass.paperSentence).")
    return table.text + "\n"
      + sentences.flatMap { $0.wrapped(to: width) }.joined(separator: "\n") + "\n"
  }

  /// The result for scripts; accuracies in percent, null without examples.
  package var json: JSON {
    func object(_ errors: ErrorsByClass?) -> JSON {
      guard let errors, errors.count > 0 else { return nil }
      return [
        "accuracy": .number(errors.accuracy), "examples": .integer(errors.count),
        "shown": .array(errors.shown.map { .integer($0) }),
        "wrong": .array(errors.wrong.map { .integer($0) }),
      ]
    }
    return [
      "seed": .integer(session.seed), "examples": .integer(session.examples.count),
      "answered": .integer(session.answers.count), "person": object(person),
      "cnn": object(network), "cnn_on_same_examples": object(networkOnSame),
      "paper_human": object(.paper), "paper_human_distinct": object(.paperDistinct),
    ]
  }
}
