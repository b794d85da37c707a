import Storage
import DataFormats
import Foundation
import MNIST1D
import ReferenceRandom
import Runs

/// The human baseline: test examples in random order, and what a person took them for so far.
///
/// The paper's authors classified five quizzes of a hundred examples. The same seed gives the same quiz,
/// so that two people can be compared.
package struct QuizSession: Sendable, Equatable {
  /// The seed of the order.
  package let seed: Int
  /// The examples in the order in which they are shown, as rows of the test set.
  package let examples: [Int]
  /// The digits that were answered, one for each of the first examples.
  package private(set) var answers: [Int] = []
  /// The SHA-256 of the test set.
  let data: String

  /// How many answers are marked at a time; what has been marked is final.
  package static let markedTogether = 10

  /// Draws a quiz from a dataset's test set; it has at most as many examples as that.
  ///
  /// - Precondition: `count` is positive and the seed one of NumPy's.
  package init(of dataset: Dataset, count: Int, seed: Int) {
    precondition(
      count > 0 && UInt32(exactly: seed) != nil,
      "a quiz has 1 example or more and a seed from 0 to \(UInt32.max), found \(count) and \(seed)")
    var random = NumPyRandomState(seed: UInt32(seed))
    examples = Array(random.permutation(dataset.yTest.count).prefix(count))
    self.seed = seed
    data = Self.digest(of: dataset)
  }

  /// Whether every example has an answer.
  package var isFinished: Bool { answers.count == examples.count }

  /// The example that is shown now; nil at the end.
  package var current: Int? { isFinished ? nil : examples[answers.count] }

  /// Answers the current example.
  ///
  /// - Precondition: the quiz is not finished and `digit` lies in 0 ... 9.
  package mutating func answer(_ digit: Int) {
    precondition(
      !isFinished && (0...9).contains(digit),
      "a quiz that goes on is answered by 0 to 9, found \(digit) as answer \(answers.count + 1) of \(examples.count)"
    )
    answers.append(digit)
  }

  /// Whether the last answer can be taken back: there is one, and it has not been marked.
  package var canTakeBack: Bool { answers.count % Self.markedTogether != 0 && !isFinished }

  /// Takes the last answer back.
  ///
  /// - Precondition: ``canTakeBack``.
  package mutating func takeBack() {
    precondition(canTakeBack, "there is no answer to take back, or it has been marked")
    answers.removeLast()
  }

  private static func digest(of dataset: Dataset) -> String {
    var digest = SHA256()
    for value in dataset.xTest.values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { digest.update($0) }
    }
    digest.update(dataset.yTest.map { UInt8(truncatingIfNeeded: $0) })
    return digest.hexadecimal
  }
}

// MARK: Files

extension QuizSession {
  private static let version = 1

  /// What the session's file holds.
  private var json: JSON {
    [
      "format": "quiz", "version": .integer(Self.version), "seed": .integer(seed),
      "examples": .integer(examples.count), "data": .text(data),
      "answers": .array(answers.map { .integer($0) }),
    ]
  }

  /// Saves the session, whole or not at all; the folder is made where it is missing.
  ///
  /// - Throws: `FileError` if the file cannot be written.
  package func save(to file: URL) throws(FileError) {
    try OutputFile.createFolder(file.deletingLastPathComponent().path)
    try OutputFile.write(Array((json.pretty + "\n").utf8), to: file.path)
  }

  /// Keeps other processes away from a session's file for as long as the result lives; the folder is made where it is
  /// missing.
  ///
  /// - Throws: `FileError.inUse` if another has the file, and what making the folder gives.
  package static func lock(_ file: URL) throws(FileError) -> FileLock {
    try OutputFile.createFolder(file.deletingLastPathComponent().path)
    return try FileLock(guarding: file)
  }

  /// Goes on with what a file holds, if there is one.
  ///
  /// - Throws: `RunError` if the file holds no quiz, or another one.
  package mutating func resume(from file: URL) throws(RunError) {
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    do {
      let saved = try JSON(reading: Data(contentsOf: file))
      guard saved["format"]?.text == "quiz", saved["version"]?.integer == Self.version else {
        throw Mismatch("it is no quiz of version \(Self.version)")
      }
      guard saved["data"]?.text == data else {
        throw Mismatch("its quiz is about other data; give another --output")
      }
      guard saved["seed"]?.integer == seed, saved["examples"]?.integer == examples.count else {
        throw Mismatch("its quiz is not the one of \(examples.count) examples with seed \(seed)")
      }
      let digits = saved["answers"]?.elements?.map(\.integer)
      guard let digits, digits.count <= examples.count,
        digits.allSatisfy({ $0.map((0...9).contains) ?? false })
      else { throw Mismatch("its answers are not up to \(examples.count) digits") }
      answers = digits.compactMap(\.self)
    } catch {
      throw .unreadable(file: file.path, reason: "\(error)")
    }
  }

  private struct Mismatch: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }
}
