import Foundation
import Testing

@Suite("The PyTorch modules in the documentation")
struct TorchArticleTests {
  private func shown(in path: String) throws -> [String] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../" + path)
    return try String(contentsOf: file, encoding: .utf8).components(separatedBy: "```python\n")
      .dropFirst().map { $0.components(separatedBy: "```")[0] }
      .filter { $0.contains("(nn.Module)") }
  }

  @Test("are those of the paper's four networks, as export-torch prints them")
  func article() throws {
    try Command.inFolder { folder in
      let printed = try ["logistic", "mlp", "cnn", "gru"].map { model in
        let outcome = try Command.run("export-torch", "--model", model, in: folder)
        #expect(outcome.status == 0, "\(outcome.messages)")
        // What stands before it says how to load the weights.
        return try #require(outcome.output.components(separatedBy: "\"\"\"\n\n").last)
      }
      #expect(
        try shown(in: "Sources/MNIST1DCommand/Documentation.docc/PyTorchAndBack.md") == printed)
      // A page that shows several in one piece has the imports once.
      let classes = Set(try printed.map { try #require($0.components(separatedBy: "\n\n\n").last) })
      for piece in try shown(in: "README.md") {
        let own = piece.components(separatedBy: "\n\n\n").filter { $0.hasPrefix("class ") }
        let whole = own.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }
        #expect(classes.isSuperset(of: whole), "\(piece)")
      }
    }
  }
}
