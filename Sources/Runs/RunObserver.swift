/// Who is told how a run goes. All calls come from the thread that carries out the run.
public protocol RunObserver {
  /// Takes note of the progress; called several times a second.
  mutating func update(_ progress: RunProgress)
  /// Takes note of something that the user should read: a warning, a failed trial, a resumption.
  mutating func announce(_ sentence: String)
  /// The run has ended, well or not.
  mutating func end()
}

/// An observer that keeps quiet.
public struct SilentObserver: RunObserver {
  /// An observer that keeps quiet.
  public init() {}

  public func update(_ progress: RunProgress) {}
  public func announce(_ sentence: String) {}
  public func end() {}
}
