import ArgumentParser
import CSignals
import Runs
import Storage
import Tensors

/// A command that carries out studies, with the subcommands `reproduce`, `report`, `compare`, `runs`, `export`, `merge`
/// and `slurm`.
///
///     import StudyCommands
///
///     @main
///     enum NoiseCommand: StudyProgram {
///       static let name = "noise"
///       static let studies: [any Study.Type] = [NoiseTolerance.self]
///     }
///
/// Everything else has a default.
public protocol StudyProgram {
  /// The command's name in help, messages and scripts.
  static var name: String { get }
  /// The studies, in the order in which `reproduce all` carries them out.
  static var studies: [any Study.Type] { get }
  /// Studies that `reproduce all` leaves out, such as one that asks what its user wants to know.
  static var furtherStudies: [any Study.Type] { get }

  /// The command's version, which its JSON and its reports name; nil for none.
  static var version: String? { get }

  /// What the command is for, in one sentence.
  static var abstract: String { get }
  /// Whose claims the studies judge, such as `the paper`; nil for their own.
  static var source: String? { get }
  /// Which study is which, a paragraph in the help of `reproduce`; their questions unless declared.
  static var guide: String { get }
  /// Settings as an example in the help of `reproduce`; some of the first study unless declared.
  static var exampleSettings: String { get }
  /// The heading of the page that gathers several runs.
  static var pageTitle: String { get }

  /// Refuses a study's settings before its trials start, such as those that need more memory than there is.
  ///
  /// - Throws: an error whose description is one sentence, such as `RunError.invalidSettings`.
  static func check(_ configuration: any StudyConfiguration) throws
}

extension StudyProgram {
  public static var version: String? { nil }
  public static var abstract: String { "Carry out studies in small-scale deep learning." }
  public static var furtherStudies: [any Study.Type] { [] }
  static var allStudies: [any Study.Type] { studies + furtherStudies }
  public static var source: String? { nil }
  public static var guide: String {
    studies.map { "\($0.name): \($0.question)" }.joined(separator: "\n")
  }
  public static var exampleSettings: String {
    func settings<S: Study>(of study: S.Type) -> [Setting] { Setting.list(of: S.Configuration()) }
    return studies.prefix(1).flatMap { settings(of: $0) }.prefix(3)
      .map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }
  public static var pageTitle: String { "Studies of \(name)" }
  public static func check(_ configuration: any StudyConfiguration) throws {}

  /// Does what the arguments of the process ask for.
  public static func main() { start(StudyCommand<Self>.self) }

  /// Does what the arguments ask for as a command of one's own, which has other subcommands, too.
  ///
  /// - Parameters:
  ///   - root: the command.
  ///   - prepare: called before anything else is done.
  package static func start<Root: ParsableCommand>(
    _ root: Root.Type, preparing prepare: () -> Void = {}
  ) {
    Surroundings.prepare(name)
    Kernels.onOutOfMemory { sentence in cs_end(sentence, ExitStatus.refused.rawValue) }
    prepare()
    do {
      let arguments = try Surroundings.arguments()
      if let help = studyHelp(arguments) { return Terminal.print(help) }
      var command = try root.parseAsRoot(arguments)
      try requireKernels()
      // Help, which the parser brings with it, can be had anywhere.
      if !String(reflecting: type(of: command)).hasPrefix("ArgumentParser.") {
        try Surroundings.requireFolder()
      }
      try command.run()
    } catch {
      Failure.exit(with: error, from: root)
    }
  }
}

/// The command of a program that has these subcommands alone.
struct StudyCommand<Program: StudyProgram>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Program.name, abstract: Program.abstract, version: Program.version ?? "",
      subcommands: [
        ReproduceCommand<Program>.self, SlurmCommand<Program>.self, MergeCommand<Program>.self,
        ReportCommand<Program>.self, CompareCommand<Program>.self, RunsCommand<Program>.self,
        ExportCommand<Program>.self,
      ])
  }
}
