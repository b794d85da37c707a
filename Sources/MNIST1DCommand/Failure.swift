import Storage
import ArgumentParser
import DataFormats
import Foundation
import MNIST1D
import NeuralNetworks
import Runs
import Tensors

/// An error of the command's own: one sentence and the status to end with.
struct Failure: Error {
  let sentence: String
  let status: ExitStatus

  /// The command was used wrongly.
  static func usage(_ sentence: String) -> Failure { Failure(sentence: sentence, status: .usage) }
  /// A file holds what it should not.
  static func badData(_ sentence: String) -> Failure {
    Failure(sentence: sentence, status: .badData)
  }

  /// Ends the program as `sysexits.h` asks for, with one sentence on standard error.
  static func exit(with error: any Error) -> Never {
    let (sentence, status): (String, ExitStatus) =
      switch error {
      case let error as Failure: (error.sentence, error.status)
      case let error as FileError: (error.description, error.exitStatus)
      case let error as RunError: (error.description, error.exitStatus)
      case let error as ConfigurationError: (error.description, .usage)
      case let error as TrainingError: (error.description, error.exitStatus)
      default: parserExit(with: error)
      }
    Terminal.note("mnist1d: \(sentence)")
    Foundation.exit(status.rawValue)
  }

  /// Ends the program with what the parser of arguments has to say: help, a mistake, or a status alone.
  private static func parserExit(with error: any Error) -> Never {
    let status = MNIST1DCommand.exitCode(for: error)
    let message = MNIST1DCommand.message(for: error)
    switch status {
    case .success:
      if !message.isEmpty { Terminal.print(message) }
    case .validationFailure:
      // The parser lists many values line by line.
      let sentence = message.replacing(":\n  - ", with: ": ").replacing("\n  - ", with: ", ")
      Terminal.note("mnist1d: \(sentence)")
      let hints = MNIST1DCommand.fullMessage(for: error).dropFirst("Error: \(message)".count)
        .split(separator: "\n").filter { $0.hasPrefix("Help:") || $0.hasPrefix("  See") }
      for hint in hints { Terminal.note(String(hint)) }
    case .failure where !(error is ExitCode):
      Terminal.note("mnist1d: \(message)")
      Foundation.exit(ExitStatus.unforeseen.rawValue)
    default:
      if !message.isEmpty { Terminal.note("mnist1d: \(message)") }
    }
    Foundation.exit(status.rawValue)
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

/// Refuses numbers of threads that only stand in each other's way.
func requireThreads(_ option: String, _ count: Int) throws {
  guard (1...1024).contains(count) else {
    throw Failure.usage("\(option) is \(count); it must be 1 to 1024")
  }
}

/// Refuses to go on with other kernels than were asked for.
func requireKernels() throws {
  if let request = Kernels.rejectedRequest {
    throw Failure.usage(
      "MNIST1D_KERNELS is \(request), which this machine does not have; it has "
        + Kernels.available.joined(separator: ", "))
  }
}
