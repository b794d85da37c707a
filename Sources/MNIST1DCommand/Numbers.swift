import ArgumentParser
import Runs

/// Reads the number of an option, alike in all options and in the settings of studies.
@Sendable func number<Number: WrittenNumber>(_ word: String) throws -> Number {
  guard let number = Number(written: word) else {
    throw ValidationError("it takes \(expectation(of: Number.self, insteadOf: [word]))")
  }
  return number
}

/// Reads two whole numbers in ascending order.
@Sendable func range(_ word: String) throws -> ClosedRange<Int> {
  guard let range = ClosedRange<Int>(written: word) else {
    throw ValidationError("it takes a range of whole numbers such as 36..60 or 36,60")
  }
  return range
}
