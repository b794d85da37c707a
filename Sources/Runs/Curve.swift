import Storage
import Foundation

/// A list of numbers that the measurement of a trial holds, such as the test accuracy while training.
///
/// Curves are found without knowing the study: every list of numbers in a measurement is one, under the names that
/// lead to it. A member `steps` (or `step`) beside lists of its length says at which steps they were taken; a list of
/// objects counts as an object of lists.
package struct Curve: Sendable, Equatable {
  /// The trial's key.
  package var trial: JSON
  /// The name, such as `testAccuracy`, or `samples.value` where it lies deeper.
  package var name: String
  /// The steps; 0, 1, 2 … where the measurement does not say.
  package var steps: [Int]
  /// The values, one per step.
  package var values: [Double]

  /// The trial in a form that can name a file, such as `model=cnn,seed=42`.
  package var trialName: String {
    let members = trial.members?.map { "\(Setting.hyphenated($0.key))=\($0.value.spelling)" }
    let name = (members ?? [trial.spelling]).joined(separator: ",")
    return String(
      name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "=,.+-_".contains($0)) ? $0 : "-" })
  }
}

extension Curve {
  /// The curves in the measurement of one trial.
  package static func all(in measurement: JSON, of trial: JSON) -> [Curve] {
    measurement.lists(under: []).map { list in
      Curve(
        trial: trial, name: list.path.joined(separator: "."), steps: list.steps,
        values: list.values)
    }
  }
}

extension JSON {
  fileprivate typealias List = (path: [String], steps: [Int], values: [Double])

  fileprivate func lists(under path: [String]) -> [List] {
    guard let members else { return [] }
    let axis = members.first { $0.key == "steps" || $0.key == "step" }
    let steps = axis?.value.elements?.compactMap(\.integer)
    return members.flatMap { member -> [List] in
      let path = path + [member.key]
      guard let elements = member.value.elements else { return member.value.lists(under: path) }
      if member.key == axis?.key, steps?.count == elements.count { return [] }
      if let columns = Self.transposed(elements) { return columns.lists(under: path) }
      let values = elements.compactMap(\.measured)
      guard !values.isEmpty, values.count == elements.count else { return [] }
      guard let steps, steps.count == values.count else {
        return [(path, Array(values.indices), values)]
      }
      return [(path, steps, values)]
    }
  }

  /// An object of lists from a list of objects; nil if this is none.
  private static func transposed(_ elements: [JSON]) -> JSON? {
    guard let names = elements.first?.members?.map(\.key) else { return nil }
    return .object(
      names.compactMap { name in
        let values = elements.compactMap { $0[name] }
        return values.count == elements.count ? Member(name, .array(values)) : nil
      })
  }

  /// The number, if this is one, also one that is not finite.
  var measured: Double? {
    switch text {
    case "nan": .nan
    case "inf": .infinity
    case "-inf": -.infinity
    default: number
    }
  }
}
