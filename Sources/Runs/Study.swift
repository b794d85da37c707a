/// A question, the trials that answer it, and what they show together.
///
/// A study is a type without instances: everything that a trial depends on is in the configuration
/// and in the trial's key, so that any process, on any machine, gets the same bits from them.
///
///     public enum Baselines: Study {
///       public struct Configuration: StudyConfiguration { … }
///       public struct Trial: Codable, Hashable, Sendable, SeededTrial { var model: Model; var seed: Int }
///       public struct Measurement: Codable, Sendable { var testAccuracy: Double }
///
///       public static let name = "baselines"
///       public static let question = "Which models see the spatial structure of the signals?"
///
///       public static func trials(for configuration: Configuration) -> [Trial] { … }
///       public static func measure(
///         _ trial: Trial, _ configuration: Configuration, in context: TrialContext
///       ) throws -> Measurement { … }
///       public static func findings(_ results: Results<Self>) -> Findings { … }
///     }
///
/// A study prints nothing and writes nothing: what it has to say goes into its ``Findings``.
public protocol Study: Sendable {
  /// The settings; the defaults are the paper's.
  associatedtype Configuration: StudyConfiguration
  /// The key of one trial: which model, which seed, which size.
  ///
  /// Where it is `CustomStringConvertible`, the description names the trial in messages.
  associatedtype Trial: Codable & Hashable & Sendable
  /// What one trial yields.
  associatedtype Measurement: Codable & Sendable

  /// The name on the command line and of the folder, such as `double-descent`.
  static var name: String { get }
  /// The heading in a report, such as "Double descent"; made from the name unless declared.
  static var title: String { get }
  /// The question, in one sentence.
  static var question: String { get }
  /// What is done and measured, a paragraph or more for help; empty unless declared.
  static var about: String { get }
  /// Settings worth changing, as the command line spells them: `["seeds=42..51", "hidden=200"]`; none unless declared.
  static var variations: [String] { get }
  /// Whose question it is and whose settings are the defaults, such as `the paper`; nil unless declared, for one of its
  /// author's own.
  static var source: String? { get }
  /// To be raised when the same key would give other bits than before, so that stored results of
  /// an older version are not mixed with new ones; 1 unless declared.
  static var revision: Int { get }

  /// The trials in the order in which ``findings(_:)`` wants their results.
  static func trials(for configuration: Configuration) -> [Trial]

  /// How long a trial takes, in any unit, so that the longest start first and the time that is left
  /// can be foretold; 1 unless declared.
  static func cost(of trial: Trial, _ configuration: Configuration) -> Double

  /// Carries out one trial.
  ///
  /// The result depends on the first two arguments alone. A trial that fails throws; the others go
  /// on. Long trials call ``TrialContext/report(_:_:)`` and ``TrialContext/checkCancellation()``.
  static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement

  /// The settings that may differ from the study's own while its claims can still be judged; the
  /// seeds unless declared.
  static var comparableSettings: [ComparableSetting] { get }

  /// The settings without those that make no difference to a trial, such as which other seeds there are; all of them
  /// unless declared.
  ///
  /// Two runs of a study that agree in what this gives measure the trial alike: what one has stored, the other takes.
  static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration

  /// What lists of numbers in a measurement are called where curves are exported, by the names that lead to them, such
  /// as `errors.shown` or `errors` for all within; nil for what is no curve. Their own names unless declared.
  static var curveNames: [String: String?] { get }

  /// What the results show. Trials that failed are absent from them.
  ///
  /// A claim says whether it holds for these results; whether these settings can judge it is found
  /// out afterwards, from ``comparableSettings``.
  static func findings(_ results: Results<Self>) -> Findings
}

extension Study {
  public static var title: String {
    name.prefix(1).uppercased() + name.dropFirst().replacing("-", with: " ")
  }
  public static var about: String { "" }
  public static var variations: [String] { [] }
  public static var source: String? { nil }
  public static var revision: Int { 1 }
  public static var curveNames: [String: String?] { [:] }
  public static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration { configuration }
  public static func cost(of trial: Trial, _ configuration: Configuration) -> Double { 1 }
}

/// The settings of a study.
public protocol StudyConfiguration: Codable, Sendable, Equatable {
  /// The settings of the paper.
  init()
  /// What each setting means, in a sentence, by its property's name: help lists them. Empty unless declared.
  static var meanings: [String: String] { get }
  /// Settings that show the same in seconds, if less clearly.
  static var quick: Self { get }
  /// Completes settings that name files by the files' digest, so that a run is known by what it measures and not by
  /// where that lies; does nothing unless declared.
  ///
  /// It is called once, before ``validate()`` and before the run's folder is named.
  ///
  /// - Throws: any error; its description becomes the rest of a sentence.
  mutating func resolve() throws
  /// Says what is wrong with settings that do not fit together.
  ///
  /// - Throws: any error; its description becomes the rest of a sentence.
  func validate() throws
}

extension StudyConfiguration {
  public static var meanings: [String: String] { [:] }
  public func resolve() throws {}
  public func validate() throws {}
}

/// A trial and what it yielded.
public struct TrialResult<S: Study>: Sendable {
  /// The key.
  public let trial: S.Trial
  /// What was measured.
  public let measurement: S.Measurement
  /// How long it took, in seconds; unlike the measurement, no two times are the same.
  public let seconds: Double

  /// Pairs a trial with its measurement.
  public init(trial: S.Trial, measurement: S.Measurement, seconds: Double = 0) {
    self.trial = trial
    self.measurement = measurement
    self.seconds = seconds
  }
}
