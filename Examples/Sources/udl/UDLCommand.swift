import Foundation
import Storage

/// The task of one notebook of S. J. D. Prince, *Understanding Deep Learning* (MIT Press, 2023).
protocol Notebook: Sendable {
  /// The notebook's number.
  static var number: String { get }
  /// What is asked.
  static var task: String { get }
  /// How often every example is seen, unless the command line says otherwise.
  static var epochs: Int { get }
  /// Carries out the task: prints a table, and draws a figure where there is a curve.
  static func run(epochs: Int) throws
}

/// The command `udl NOTEBOOK [EPOCHS]`.
@main
enum UDLCommand {
  static let notebooks: [any Notebook.Type] = [
    Performance.self, DoubleDescent.self, DataAugmentation.self, Convolution.self,
    ResidualNetworks.self, BatchNormalization.self, RandomData.self, FullBatchDescent.self,
    LotteryTickets.self,
  ]

  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard (1...2).contains(arguments.count),
      let notebook = notebooks.first(where: { $0.number == arguments[0] }),
      let epochs = arguments.count == 2 ? Int(arguments[1]) : notebook.epochs, epochs > 0
    else {
      fail(usage, .usage)
    }
    do {
      try notebook.run(epochs: epochs)
    } catch let error as FileError {
      fail("udl: \(error)\n", error.exitStatus)
    } catch {
      fail("udl: \(error)\n", .badData)
    }
  }

  private static var usage: String {
    "usage: udl NOTEBOOK [EPOCHS], a whole number above 0 for EPOCHS and for NOTEBOOK one of\n"
      + notebooks.map { "  \($0.number)\t\($0.task) (\($0.epochs) epochs)\n" }.joined()
  }

  private static func fail(_ message: String, _ status: ExitStatus) -> Never {
    FileHandle.standardError.write(Data(message.utf8))
    exit(status.rawValue)
  }
}
