import Foundation
import Storage
import Testing

/// The article with questions for a class, and its commands run as a class would, with fewer steps.
@Suite("The exercises")
struct ExerciseTests {
  /// What replaces an exercise's settings, or is added, by the first words of its command.
  private static let reduced: [(command: [String], settings: [String])] = [
    (["mnist1d", "sweep"], ["steps=2", "seeds=0"]),
    (["mnist1d", "train"], ["--steps", "2"]),
    (
      ["mnist1d", "reproduce", "double-descent"],
      ["epochs=1", "widths=2,3", "epoch-widths=3", "dataset.num-samples=400"]
    ),
    (
      ["mnist1d", "reproduce", "lottery"],
      [
        "steps=2", "hidden=8", "sparsities=3", "ticket=2", "seeds=0", "analysis-steps=2",
        "analysis-eval-every=1", "dataset.num-samples=200",
      ]
    ),
    (["mnist1d", "figure"], []), (["mnist1d", "quiz"], []),
  ]

  private struct Exercise: CustomTestStringConvertible {
    let title: String
    let text: String
    /// The words of each command.
    let commands: [[String]]
    var testDescription: String { title }
  }

  private static let exercises: [Exercise] = {
    let article = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/Studies/Documentation.docc/Exercises.md")
    let text = (try? String(contentsOf: article, encoding: .utf8)) ?? ""
    return text.components(separatedBy: "\n### ").dropFirst().map { section in
      Exercise(
        title: section.components(separatedBy: "\n")[0], text: section,
        commands: section.components(separatedBy: "\n")
          .filter { $0.hasPrefix("    mnist1d ") }.map(words))
    }
  }()

  /// The words of a command line, as a shell reads those that the article has.
  private static func words(_ line: String) -> [String] {
    // What is between quotes stays together.
    line.components(separatedBy: "\"").enumerated().flatMap { place, part in
      place % 2 == 1 ? [part] : part.split(separator: " ").map(String.init)
    }
  }

  @Test("are ten, each with a command, what to look for, and what one finds")
  func ten() {
    #expect(Self.exercises.count == 10)
    for exercise in Self.exercises {
      #expect(!exercise.commands.isEmpty, "\(exercise.title)")
      #expect(exercise.text.contains("**Look for**"), "\(exercise.title)")
      #expect(exercise.text.contains("**One finds**"), "\(exercise.title)")
    }
  }

  @Test("are done by their commands", arguments: exercises)
  private func commands(_ exercise: Exercise) throws {
    try Command.inFolder { folder in
      for command in exercise.commands {
        let reduced = try #require(
          Self.reduced.first { command.starts(with: $0.command) }, "\(command)")
        let keys = reduced.settings.compactMap { setting in
          setting.firstIndex(of: "=").map { setting[...$0] }
        }
        let kept = command.dropFirst().filter { word in !keys.contains { word.hasPrefix($0) } }
        let outcome = try Command.run(kept + reduced.settings, in: folder, input: "0123q")
        #expect(outcome.status == 0, "\(command): \(outcome.messages)")
        #expect(!outcome.messages.contains("failed"), "\(command): \(outcome.messages)")
      }
    }
  }
}
