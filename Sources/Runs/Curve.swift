import Storage
import Foundation

/// A list of numbers that the measurement of a trial holds, such as the test accuracy while training.
///
/// Curves are found without knowing the study: every list of numbers in a measurement is one, under the names that
/// lead to it, unless the study says otherwise: ``Study/curveNames``. A member `steps`, `step`, `epochs` or `epoch`
/// beside lists of its length says where they were taken; a list of objects counts as an object of lists, or, where the
/// objects hold lists themselves, as objects that their words or places name.
package struct Curve: Sendable, Equatable {
  /// The trial's key.
  package var trial: JSON
  /// The name, such as `test_accuracy`, or `samples.value` where it lies deeper.
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

  /// The value after the last step.
  var last: Double? { values.last }

  /// The best value: the highest accuracy, or the lowest loss or error; nil where neither is better.
  var best: Double? {
    switch name {
    case _ where name.hasSuffix("accuracy"): values.max()
    case _ where name.hasSuffix("loss") || name.hasSuffix("error"): values.min()
    default: nil
    }
  }

  /// The curve's tag in TensorBoard, which compares what comes after the slash: `accuracy/test` for `test_accuracy`.
  package var tag: String { Self.tag(of: name) }

  /// The tag of a quantity by its name.
  package static func tag(of name: String) -> String {
    let parts = name.split(separator: ".").map(String.init)
    let words = parts.last?.split(separator: "_").map(String.init) ?? []
    guard words.count == 2, ["loss", "accuracy", "error"].contains(words[1]) else {
      return parts.joined(separator: "/")
    }
    return (parts.dropLast() + [words[1], words[0]]).joined(separator: "/")
  }
}

/// What is in the measurement of one trial.
struct MeasuredLists {
  /// The curves.
  var curves: [Curve] = []
  /// Lists of numbers that are none, such as errors by class.
  var others: [Curve] = []

  /// Sorts the lists of a measurement.
  ///
  /// - Parameters:
  ///   - measurement: What a trial has measured.
  ///   - trial: The trial's key.
  ///   - names: What curves are called, by the names that lead to them; nil for what is no curve.
  init(in measurement: JSON, of trial: JSON, naming names: [String: String?] = [:]) {
    for list in measurement.lists(under: []) {
      var curve = Curve(
        trial: trial, name: list.path.map(Setting.underscored).joined(separator: "."),
        steps: list.steps, values: list.values)
      let declared = names.first { name, _ in
        list.path.starts(with: name.split(separator: ".").map(String.init))
      }
      if let declared {
        guard let name = declared.value else {
          others.append(curve)
          continue
        }
        curve.name = Setting.underscored(name)
      }
      curves.append(curve)
    }
  }
}

extension Curve {
  /// The curves in the measurement of one trial.
  package static func all(in measurement: JSON, of trial: JSON) -> [Curve] {
    MeasuredLists(in: measurement, of: trial).curves
  }
}

extension JSON {
  fileprivate typealias List = (path: [String], steps: [Int], values: [Double])

  fileprivate func lists(under path: [String]) -> [List] {
    guard let members else { return [] }
    let axis = members.first { ["steps", "step", "epochs", "epoch"].contains($0.key) }
    let steps = axis?.value.elements?.compactMap(\.integer)
    return members.flatMap { member -> [List] in
      let path = path + [member.key]
      guard let elements = member.value.elements else { return member.value.lists(under: path) }
      if member.key == axis?.key, steps?.count == elements.count { return [] }
      if elements.contains(where: \.holdsLists) {
        return elements.enumerated().flatMap { $1.lists(under: path + [$1.words ?? "\($0)"]) }
      }
      if let columns = Self.transposed(elements) { return columns.lists(under: path) }
      let values = elements.compactMap(\.measured)
      guard !values.isEmpty, values.count == elements.count else { return [] }
      guard let steps, steps.count == values.count else {
        return [(path, Array(values.indices), values)]
      }
      return [(path, steps, values)]
    }
  }

  /// Whether this is an object with lists in it.
  private var holdsLists: Bool { members?.contains { $0.value.elements != nil } ?? false }

  /// The first words in an object, which tell it from others.
  private var words: String? { members?.lazy.compactMap(\.value.text).first }

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
