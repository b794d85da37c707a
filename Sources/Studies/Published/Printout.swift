/// What one cell of a notebook printed of one computation.
package struct Printout: Sendable {
  /// The computation.
  package let computation: Published.Computation
  /// Where the numbers stand: the commit of the authors' repository, the notebook and its cell.
  package let source: String
  /// What the columns are.
  package let quantities: [String]
  /// The lines, each with its step.
  package let rows: [(step: Int, numbers: [PrintedNumber])]

  /// Reads lines of a step and as many numbers as there are quantities.
  package init(
    _ computation: Published.Computation, _ source: String, _ quantities: [String], _ text: String
  ) {
    self.computation = computation
    self.source = source
    self.quantities = quantities
    rows = text.split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      guard let step = words.first.flatMap({ Int($0) }), words.count == quantities.count + 1 else {
        preconditionFailure(
          "\"\(line)\" of \(source) is no step with \(quantities.joined(separator: ", "))")
      }
      return (step, words.dropFirst().map { PrintedNumber(String($0)) })
    }
  }

  /// Everything that is compared, in the order of the parts.
  package static let all: [Printout] =
    quickstart + learningRate + activations + learnedActivation + pooling
    + [quizzes, neighbors]

  package static let quizzes = Printout(
    .quizzes, "08ff47f, building_mnist1d, cell 27",
    ["q1", "q2", "q3", "q4", "q5", "mean", "standard error"], "0 96.0 96.0 96.0 97.0 94.0 95.8 0.44"
  )

  package static let neighbors = Printout(
    .neighbors, "7878d96, self-supervised-learning, cell 3", ["test accuracy"], "0 59.6")
}

/// A number as it was printed, and what its digits leave open.
package struct PrintedNumber: Sendable, Hashable {
  /// As it was printed.
  package let text: String
  /// Its value.
  package let value: Double
  /// How many digits it has, without leading zeros.
  package let digits: Int
  /// The power of ten that its last digit counts.
  private let exponent: Int

  /// Reads a number such as `1.537e+00` or `59.6`.
  ///
  /// - Precondition: it is one.
  package init(_ text: String) {
    let parts = text.split(separator: "e")
    guard let value = Double(text), parts.count <= 2 else {
      preconditionFailure("\"\(text)\" is no number")
    }
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    self.text = text
    self.value = value
    digits = max(1, parts[0].filter(\.isNumber).drop { $0 == "0" }.count)
    exponent =
      (parts.count == 2 ? Int(parts[1]) ?? 0 : 0) - (mantissa.count == 2 ? mantissa[1].count : 0)
  }

  /// How many leading digits a number agrees with, out of ``digits``.
  ///
  /// To one of them it agrees if it is no farther than half a unit of that digit and one step of single precision: what
  /// was printed was a number of single precision.
  package func digits(sharedWith number: Double, and other: Double? = nil) -> Int {
    let difference = abs(number - (other ?? value))
    let step = Double(Float(value).ulp)
    return (1...digits).last { difference <= unit(ofDigit: $0) / 2 + step } ?? 0
  }

  /// Whether a number is printed like this.
  package func isPrint(of number: Double) -> Bool { digits(sharedWith: number) == digits }

  /// What the digit counts.
  private func unit(ofDigit digit: Int) -> Double {
    Double("1e\(exponent + digits - digit)") ?? .nan
  }
}
