import Foundation
import Runs
import Storage
import Testing

/// A study of a file, which it knows by its content.
private enum Length: Study {
  struct Configuration: StudyConfiguration {
    var file = ""
    var digest = ""

    static var quick: Configuration { Configuration() }

    mutating func resolve() throws {
      guard !file.isEmpty else { return }
      guard let bytes = FileManager.default.contents(atPath: file) else {
        throw Refusal("file is \(file), which is not there")
      }
      let found = SHA256.hexadecimal(bytes)
      guard digest.isEmpty || digest == found else {
        throw Refusal("digest is that of another file")
      }
      digest = found
    }
  }

  struct Refusal: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  struct Trial: Codable, Hashable, Sendable { var number = 1 }

  static let name = "length"
  static let question = "How long is a file?"

  static func trials(for configuration: Configuration) -> [Trial] { [Trial()] }

  static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = configuration
    settings.file = ""
    return settings
  }

  static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> [Int] {
    [FileManager.default.contents(atPath: configuration.file)?.count ?? 0]
  }

  static func findings(_ results: Results<Length>) -> Findings { Findings(notes: ["It is."]) }
}

@Suite("Settings that name a file")
struct ResolvingTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private func run(_ name: String, holding text: String, digest: String = "") throws -> Run<Length>
  {
    let file = scratch.url.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    var configuration = Length.Configuration()
    (configuration.file, configuration.digest) = (file.path, digest)
    return try Run(Length.self, configuration: configuration, output: scratch.url)
  }

  @Test("are completed by what the file holds, which names the folder")
  func areCompleted() throws {
    let first = try run("a", holding: "one")
    #expect(first.configuration.digest == SHA256.hexadecimal("one".utf8))
    #expect(try run("a", holding: "one").directory == first.directory)
    #expect(try run("a", holding: "two").directory != first.directory)
  }

  @Test("let a run take the results of another one that read the same elsewhere")
  func resultsFollowTheContent() throws {
    func isTaken(_ name: String, holding text: String) throws -> Bool {
      let listener = Listener()
      _ = try run(name, holding: text).perform(RunOptions(jobs: 1), observer: listener)
      return listener.sentences.contains { $0.contains("taken from another run") }
    }
    #expect(try !isTaken("a", holding: "one"))
    #expect(try isTaken("b", holding: "one"))
    #expect(try !isTaken("c", holding: "other"))
  }

  @Test("are refused where the file is another one than it was")
  func otherContentIsRefused() throws {
    let digest = SHA256.hexadecimal("one".utf8)
    #expect(throws: RunError.invalidSettings("digest is that of another file")) {
      try run("a", holding: "two", digest: digest)
    }
  }
}
