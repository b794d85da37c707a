import Foundation
import Testing

/// What is shown is compiled: every example of the documentation stands in a file of the tests or of `Examples`.
///
/// Words are compared, not lines, so that an example may be indented and broken as its surroundings ask for. Its imports
/// must be among those of the file.
@Suite("The examples of the documentation")
struct ExampleTests {
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardized

  /// A piece of code in the documentation.
  private struct Example: CustomTestStringConvertible {
    let file: String
    let code: String
    var testDescription: String { "\(file): \(code.prefix(40))" }
  }

  /// How the blocks begin that are formulas, output or sketches rather than code, or inside a module.
  private static let other = [
    "i = σ", "r = σ", "y[o, t]", "y[o, t, u]", "y = (x", "head(", "[[ 1.", "mnist1d ",
    "public enum Baselines",
    "let item: HTML",
  ]

  private static func files(in folders: [String], named ending: String) -> [String] {
    folders.flatMap { folder in
      let paths = FileManager.default.enumerator(
        atPath: repository.appendingPathComponent(folder).path)
      return (paths?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(ending) }
        .map { "\(folder)/\($0)" }
    }.sorted()
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOf: repository.appendingPathComponent(path), encoding: .utf8)) ?? ""
  }

  /// The blocks between ```swift and ``` of a text.
  private static func fenced(_ text: String) -> [String] {
    text.components(separatedBy: "```swift\n").dropFirst()
      .map { $0.components(separatedBy: "```")[0] }
  }

  /// The comments for documentation in a source file, each without its slashes.
  private static func comments(_ source: String) -> [String] {
    let lines = source.components(separatedBy: "\n").map { $0.drop { $0 == " " } }
    return lines.split { !$0.hasPrefix("///") }.map { comment in
      comment.map { $0.dropFirst(4) }.joined(separator: "\n")
    }
  }

  /// The blocks of a comment that are indented by four, after an empty line.
  private static func indented(_ comment: String) -> [String] {
    var blocks: [[Substring]] = []
    var isInside = false
    var previous: Substring = "-"
    for line in comment.split(separator: "\n", omittingEmptySubsequences: false) {
      let isCode = line.hasPrefix("    ")
      if isCode, !isInside, previous.isEmpty {
        isInside = true
        blocks.append([])
      } else if !isCode, !line.isEmpty {
        isInside = false
      }
      if isInside { blocks[blocks.count - 1].append(line.dropFirst(4)) }
      previous = line
    }
    return blocks.map { $0.joined(separator: "\n") }
      .filter { block in !other.contains { block.hasPrefix($0) } }
  }

  private static let examples: [Example] = {
    let articles = ["README.md"] + files(in: ["Sources", "Examples"], named: ".md")
    let sources = files(in: ["Sources"], named: ".swift")
    return articles.flatMap { file in fenced(text(file)).map { Example(file: file, code: $0) } }
      + sources.flatMap { file in
        comments(text(file)).flatMap { comment in
          (fenced(comment + "\n") + indented(comment)).map { Example(file: file, code: $0) }
        }
      }
  }()

  private static func isManifest(_ example: Example) -> Bool { example.code.contains(".package(") }

  /// Words, and lists without the comma after their last element, which formatting adds.
  private static func words(_ code: String) -> String {
    code.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      .replacing(/, ([\])])/) { "\($0.1)" }.replacing(/,([\])])/) { "\($0.1)" }
      .replacing("( ", with: "(").replacing("[ ", with: "[").replacing(" )", with: ")")
      .replacing(" ]", with: "]")
  }

  /// The modules that are imported, and the words of the rest.
  private static func parts(_ code: String) -> (imports: Set<String>, rest: String) {
    let lines = code.components(separatedBy: "\n")
    let imports = lines.filter { $0.hasPrefix("import ") }
    return (
      Set(imports.map { String($0.dropFirst(7)) }),
      words(lines.filter { !$0.hasPrefix("import ") }.joined(separator: "\n"))
    )
  }

  private static let compiled = files(in: ["Tests", "Examples/Sources"], named: ".swift")
    .map { parts(text($0)) }

  @Test("are found, in articles and beside declarations")
  func found() {
    #expect(Self.examples.count > 60)
    #expect(Self.examples.contains { $0.file == "README.md" })
  }

  @Test("are compiled", arguments: examples.filter { !isManifest($0) })
  private func compiles(_ example: Example) {
    let shown = Self.parts(example.code)
    #expect(
      Self.compiled.contains {
        $0.rest.contains(shown.rest) && shown.imports.isSubset(of: $0.imports)
      },
      "\(example.file) shows what no file of the tests has:\n\(example.code)")
  }

  @Test("that are manifests name products of this package", arguments: examples.filter(isManifest))
  private func manifests(_ example: Example) {
    let manifest = Self.text("Package.swift")
    let products = example.code.matches(of: /\.product\(name: "(\w+)", package: "swift-mnist1d"\)/)
    for product in products {
      #expect(
        manifest.contains(".library(name: \"\(product.1)\"")
          || manifest.contains("name: \"\(product.1)\", targets: ["))
    }
    #expect(!products.isEmpty, "\(example.file) has a manifest without products")
  }
}
