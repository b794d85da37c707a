import Storage
import ArgumentParser
import Runs

extension Option where Value: WrittenNumber & CustomStringConvertible {
  /// A number with a default, read alike in all options and in the settings of studies.
  package init(wrappedValue: Value, number help: ArgumentHelp) {
    self.init(
      wrappedValue: wrappedValue, help: help.showing(default: wrappedValue),
      transform: { try number($0) })
  }
}

extension Option {
  /// A number that may be absent, read likewise.
  package init<Number: WrittenNumber>(number help: ArgumentHelp) where Value == Number? {
    self.init(help: help, transform: { try number($0) })
  }
}

extension Option<ClosedRange<Int>> {
  /// Two whole numbers in ascending order.
  package init(wrappedValue: Value, range help: ArgumentHelp) {
    self.init(
      wrappedValue: wrappedValue,
      help: help.showing(default: "\(wrappedValue.lowerBound),\(wrappedValue.upperBound)")
    ) { word in
      guard let range = ClosedRange<Int>(written: word) else {
        throw ValidationError("it takes \(Value.expectation)")
      }
      return range
    }
  }
}

private func number<Number: WrittenNumber>(_ word: String) throws -> Number {
  guard let number = Number(written: word) else {
    throw ValidationError("it takes \(expectation(of: Number.self, insteadOf: [word]))")
  }
  return number
}

extension ArgumentHelp {
  /// The parser shows the defaults of those options alone that it reads itself.
  fileprivate func showing(default value: some CustomStringConvertible) -> ArgumentHelp {
    var help = self
    help.abstract += " (default: \(value))"
    return help
  }
}
