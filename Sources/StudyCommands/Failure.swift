import Storage
import ArgumentParser
import Foundation
import MNIST1D
import NeuralNetworks
import Runs

/// An error of the command's own: one sentence and the status to end with.
package struct Failure: Error {
  let sentence: String
  let status: ExitStatus

  /// A sentence, and the status.
  package init(sentence: String, status: ExitStatus) {
    self.sentence = sentence
    self.status = status
  }

  /// The command was used wrongly.
  package static func usage(_ sentence: String) -> Failure {
    Failure(sentence: sentence, status: .usage)
  }
  /// A file holds what it should not.
  package static func badData(_ sentence: String) -> Failure {
    Failure(sentence: sentence, status: .badData)
  }

  /// Ends the program as `sysexits.h` asks for, with one sentence on standard error.
  static func exit<Root: ParsableCommand>(
    with error: any Error, from root: Root.Type
  ) -> Never {
    let (sentence, status): (String, ExitStatus) =
      switch error {
      case let error as Failure: (error.sentence, error.status)
      case let error as FileError: (error.description, error.exitStatus)
      case let error as RunError: (error.description, error.exitStatus)
      case let error as ConfigurationError: (error.description, .usage)
      case let error as TrainingError: (error.description, error.exitStatus)
      default: parserExit(with: error, from: root)
      }
    Terminal.warn(sentence)
    Foundation.exit(status.rawValue)
  }

  /// Ends the program with what the parser of arguments has to say: help, a mistake, or a status alone.
  private static func parserExit<Root: ParsableCommand>(
    with error: any Error, from root: Root.Type
  ) -> Never {
    let status = root.exitCode(for: error)
    let message = root.message(for: error)
    switch status {
    case .success:
      if !message.isEmpty { Terminal.print(message) }
    case .validationFailure:
      // The parser lists many values line by line.
      var sentence = message.replacing(":\n  - ", with: ": ").replacing("\n  - ", with: ", ")
      if let unknown = message.firstMatch(of: /Unknown option '--([A-Za-z0-9._-]+)'/),
        let usual = usualOption(for: unknown.1, of: root)
      {
        sentence = "\(unknown.0). Did you mean '--\(usual)'?"
      }
      Terminal.warn(sentence)
      let hints = root.fullMessage(for: error).dropFirst("Error: \(message)".count)
        .split(separator: "\n").filter { $0.hasPrefix("Help:") || $0.hasPrefix("  See") }
      for hint in hints { Terminal.note(String(hint)) }
      if let option = message.firstMatch(of: /Unknown option '--([a-z0-9.-]+)'/),
        ["reproduce", "sweep"].contains(CommandLine.arguments.dropFirst().first)
      {
        Terminal.note(
          option.1 == "data"
            ? "Studies make their datasets themselves, as dataset.num-samples=… and the like say; "
              + "train, evaluate and quiz take --data FILE."
            : "A setting of a study is written without dashes: "
              + "\(option.1)=\(value(ofOption: option.1) ?? "…")")
      }
    case .failure where !(error is ExitCode):
      Terminal.warn(message)
      Foundation.exit(ExitStatus.unforeseen.rawValue)
    default:
      if !message.isEmpty { Terminal.warn(message) }
    }
    Foundation.exit(status.rawValue)
  }

  /// The option of the command for what other programs call so; nil where it has none.
  private static func usualOption<Root: ParsableCommand>(
    for name: Substring, of root: Root.Type
  ) -> String? {
    guard let word = CommandLine.arguments.dropFirst().first,
      let command = root.configuration.subcommands.first(where: { $0._commandName == word })
    else { return nil }
    let help = command.helpMessage(columns: 200)
    return Overrides.usualNames(for: String(name)).first { help.contains("--\($0) ") }
  }

  /// What the command line gives an option, `100` in `--steps 100` and `--steps=100`; nil where nothing follows it.
  private static func value(ofOption name: Substring) -> String? {
    let arguments = CommandLine.arguments
    if let joined = arguments.first(where: { $0.hasPrefix("--\(name)=") }) {
      return joined.dropFirst("--\(name)=".count).description.printable(within: 200)
    }
    guard let place = arguments.firstIndex(of: "--\(name)"),
      let next = arguments.dropFirst(place + 1).first, !next.hasPrefix("-"), !next.contains("=")
    else { return nil }
    return next.printable(within: 200)
  }
}

extension TrainingError {
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .setting: .usage
    case .diverged, .divergedScores, .divergedMetric, .divergedState, .checkpoint, .mismatch:
      .badData
    }
  }
}
