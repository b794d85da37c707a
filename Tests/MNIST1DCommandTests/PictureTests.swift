import Foundation
import Testing

@Suite("Pictures and the quiz")
struct PictureTests {
  @Test("figure dataset writes SVG, and shows a preview without --output")
  func dataset() throws {
    try Command.inFolder { folder in
      let written = try Command.run(
        "figure", "dataset", "--seed", "3", "--output", "dataset.svg", in: folder)
      #expect(written.status == 0 && written.output.isEmpty, "\(written.messages)")
      let svg = try String(
        contentsOf: folder.appendingPathComponent("dataset.svg"), encoding: .utf8)
      #expect(svg.hasPrefix("<svg") && svg.contains("Sheared"))
      let preview = try Command.run("figure", "dataset", in: folder)
      #expect(preview.status == 0)
      #expect(preview.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
      #expect(preview.output.contains("⡇"))
      for name in ["dataset.png", "dataset.pdf"] {
        let other = try Command.run(
          "figure", "dataset", "--num-samples", "50", "--layout", "landscape", "--digits", "2,7",
          "--steps", "template,finished", "--output", name, in: folder)
        #expect(other.status == 0, "\(other.messages)")
        let bytes = try Data(contentsOf: folder.appendingPathComponent(name))
        #expect(bytes.starts(with: name.hasSuffix("png") ? [0x89, 0x50] : Array("%PDF".utf8)))
      }
      for (option, value) in [
        ("--output", "dataset.jpg"), ("--digits", "2,10"), ("--digits", "3,3"), ("--digits", ""),
        ("--steps", "template,"), ("--steps", "noise"), ("--layout", "wide"),
      ] {
        let wrong = try Command.run("figure", "dataset", option, value, in: folder)
        #expect(wrong.status == 64 && wrong.messages.contains(option), "\(wrong.messages)")
      }
      let small = try Command.run("figure", "dataset", "--num-samples", "3", in: folder)
      #expect(small.status == 64 && small.messages.contains("num_samples"))
    }
  }

  @Test("the quiz takes answers from a pipe, goes on where they ended, and compares")
  func quiz() throws {
    try Command.inFolder { folder in
      let first = try Command.run(
        "quiz", "--examples", "12", in: folder, input: "12x3\n\u{7F}4567890 5")
      #expect(first.status == 0, "\(first.messages)")
      #expect(first.messages.contains("Press a digit"))
      #expect(first.messages.contains("Every example is one of these"))
      #expect(first.messages.contains("of these 10 right"))
      #expect(first.messages.contains("goes on"))
      let second = try Command.run(
        "quiz", "--examples", "12", "--json", in: folder, input: "789")
      #expect(second.status == 0, "\(second.messages)")
      let result = try #require(
        try JSONSerialization.jsonObject(with: Data(second.output.utf8)) as? [String: Any])
      #expect(result["answered"] as? Int == 12)
      let network = try #require(result["cnn"] as? [String: Any])
      #expect(try #require(network["accuracy"] as? Double) > 90)
      let picture = folder.appendingPathComponent("runs/quiz/12-examples-seed-0-figure-8.svg")
      #expect(try String(contentsOf: picture, encoding: .utf8).contains("CNN"))
      for type in ["png", "pdf"] {
        let file = picture.deletingPathExtension().appendingPathExtension(type)
        #expect(FileManager.default.fileExists(atPath: file.path))
      }
    }
  }

  @Test("the quiz refuses a damaged file, and leaves it as it is")
  func damaged() throws {
    try Command.inFolder { folder in
      let file = folder.appendingPathComponent("runs/quiz/5-examples-seed-0.json")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("{".utf8).write(to: file)
      let outcome = try Command.run("quiz", "--examples", "5", in: folder, input: "1")
      #expect(outcome.status == 65 && outcome.messages.contains(file.lastPathComponent))
      #expect(try Data(contentsOf: file) == Data("{".utf8))
      let none = try Command.run("quiz", "--examples", "0", in: folder)
      #expect(none.status == 64 && none.messages.contains("--examples"))
    }
  }
}
