import Figures
import Foundation
import Storage

/// Shows the progress of a run to a person: one line that changes on a terminal, a plain line now
/// and then elsewhere.
public struct ProgressDisplay: RunObserver {
  /// Where the text goes.
  public enum Medium: Sendable, Equatable {
    /// A terminal so many columns wide.
    case terminal(columns: Int)
    /// A file or a pipe.
    case lines
  }

  private let medium: Medium
  private let now: () -> Double
  private let write: (String) -> Void
  private var lastShown = -Double.infinity
  private var unshown: RunProgress?
  private var isLineOpen = false

  /// Shows progress on standard error.
  public static func standardError() -> ProgressDisplay {
    ProgressDisplay(.standardError) { _ = writeAll($0, to: STDERR_FILENO) }
  }

  /// Shows progress by `write`, with the time in seconds from `now`.
  public init(
    _ medium: Medium,
    now: @escaping () -> Double = { ProcessInfo.processInfo.systemUptime },
    write: @escaping (String) -> Void
  ) {
    self.medium = medium
    self.now = now
    self.write = write
  }

  public mutating func update(_ progress: RunProgress) {
    unshown = progress
    let interval = medium == .lines ? 10.0 : 0.1
    guard now() - lastShown >= interval else { return }
    lastShown = now()
    show(progress)
  }

  public mutating func announce(_ sentence: String) {
    erase()
    write(sentence.printable + "\n")
  }

  public mutating func end() {
    if let unshown { show(unshown) }
    if isLineOpen { write("\n") }
    isLineOpen = false
  }

  private mutating func show(_ progress: RunProgress) {
    unshown = nil
    switch medium {
    case .lines:
      write(progress.sentence.printable + "\n")
    case .terminal(let columns):
      erase()
      write(progress.bar(columns: columns))
      isLineOpen = true
    }
  }

  private mutating func erase() {
    if isLineOpen { write("\r\u{1B}[2K") }
    isLineOpen = false
  }
}

extension ProgressDisplay.Medium {
  /// What standard error is.
  public static var standardError: Self {
    guard isatty(STDERR_FILENO) == 1 else { return .lines }
    return .terminal(columns: TerminalSize(of: STDERR_FILENO).columns)
  }
}

extension RunProgress {
  /// The progress in a plain line.
  var sentence: String {
    var parts = ["\(study): \(ended) of \(planned) \(unit)"]
    if failed > 0 { parts.append("\(failed) failed") }
    if let rate { parts.append(Self.spelling(rate: rate)) }
    if isInterrupted, ended < planned {
      return (parts + ["interrupted"]).joined(separator: ", ")
    }
    if ended < planned, let secondsLeft {
      parts.append(Self.spelling(seconds: secondsLeft) + " left")
    }
    if ended < planned, let message { parts.append(message) }
    return parts.joined(separator: ", ")
  }

  /// The progress in a line with a bar, one column narrower than the terminal so that it never
  /// wraps.
  func bar(columns: Int) -> String {
    let width = min(24, max(0, columns - 50))
    let filled = Int((fraction * Double(width)).rounded())
    var parts = [
      "\(study) " + String(repeating: "━", count: filled)
        + String(repeating: "─", count: width - filled) + " \(ended)/\(planned)"
    ]
    if failed > 0 { parts.append("\(failed) failed") }
    if let rate { parts.append(Self.spelling(rate: rate)) }
    if ended == planned {
      parts.append(Self.spelling(seconds: elapsed))
    } else if isInterrupted {
      parts.append("interrupted")
    } else {
      parts.append(secondsLeft.map { Self.spelling(seconds: $0) + " left" } ?? "…")
      if let message { parts.append(message) }
    }
    return parts.joined(separator: " · ").printable.clipped(to: columns - 1)
  }

  /// The time that is left, as minutes and seconds; nil as long as nothing can be said.
  package var timeLeft: String? { secondsLeft.map(Self.spelling(seconds:)) }

  /// A rate in the unit that suits it.
  static func spelling(rate: Double) -> String {
    if rate >= 0.95 { return "\(rate.shown(1))/s" }
    if rate * 60 >= 0.95 { return "\((rate * 60).shown(1))/min" }
    return "\((rate * 3600).shown(1))/h"
  }

  /// A time as minutes and seconds, or hours, minutes and seconds.
  static func spelling(seconds: Double) -> String {
    let total = Int(min(seconds, 1e9).rounded(.up))
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
    let tail = rest < 10 ? "0\(rest)" : "\(rest)"
    guard hours > 0 else { return "\(minutes):\(tail)" }
    return "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(tail)"
  }
}

extension String {
  /// The beginning that fits into so many columns, with an ellipsis if something was left out.
  fileprivate func clipped(to columns: Int) -> String {
    guard terminalWidth > columns else { return self }
    var text = self
    while !text.isEmpty, text.terminalWidth > columns - 1 { text.removeLast() }
    return text + "…"
  }
}
