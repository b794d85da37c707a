import Foundation
import Runs
import Storage
import Testing

@Suite("The settings of an earlier run")
struct SavedSettingsTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private func settings(_ text: String) throws -> Toy.Configuration {
    let file = scratch.url.appendingPathComponent("settings.json")
    try Data(text.utf8).write(to: file)
    return try SavedSettings(reading: file.path).configuration(of: Toy.self)
  }

  @Test("are read from its config.json, its summary.json, and what was left out of either")
  func files() throws {
    var configuration = Toy.Configuration()
    (configuration.steps, configuration.seeds, configuration.divergingSize) = (10, [7], 2)
    let run = try scratch.run(configuration)
    _ = try run.perform(RunOptions(jobs: 1))
    for name in ["config.json", "summary.json"] {
      let path = run.directory.url.appendingPathComponent(name).path
      #expect(try SavedSettings(reading: path).configuration(of: Toy.self) == configuration)
    }
    configuration = Toy.Configuration()
    configuration.divergingSize = 3
    #expect(
      try settings(#"{"study": "toy", "configuration": {"diverging_size": 3}}"#) == configuration)
  }

  @Test(
    "that are another study's, unknown, or of the wrong kind are refused by name",
    arguments: [
      ("", "it is no JSON"), ("[]", "it lacks"), (#"{"study": "toy"}"#, "it lacks"),
      (#"{"study": "toy", "configuration": 3}"#, "it lacks"),
      (#"{"study": "game", "configuration": {}}"#, "settings of the study game, and this is toy"),
      (#"{"study": "toy", "configuration": {"step": 3}}"#, "there is no setting \"step\""),
      (#"{"study": "toy", "configuration": {"steps": "x"}}"#, "cannot take its steps, \"x\""),
      (#"{"study": "toy", "configuration": {"seeds": [1, null]}}"#, "cannot take its seeds"),
      (#"{"study": "toy", "configuration": {"\u001b[2J": 1}}"#, "there is no setting"),
    ])
  func refused(text: String, words: String) {
    let error = #expect(throws: RunError.self) { try settings(text) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    #expect(error?.description.unicodeScalars.contains("\u{1B}") == false)
    #expect(error?.exitStatus == .badData)
  }

  @Test("are not waited for in a pipe, and missed where there is no file")
  func places() throws {
    let pipe = scratch.url.appendingPathComponent("pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    let waiting = #expect(throws: RunError.self) { try SavedSettings(reading: pipe) }
    #expect(waiting?.description.contains("it is a pipe") == true)
    let missing = #expect(throws: RunError.self) { try SavedSettings(reading: pipe + "x") }
    #expect(missing?.exitStatus == .missingFile)
  }
}
