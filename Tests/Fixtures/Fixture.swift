import Foundation

/// The golden files that `generate/` writes with pinned versions of the reference libraries.
package enum Fixture {
  /// The folder of golden files.
  package static let directory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("Golden")

  /// The location of one golden file, by its name inside `Golden/`.
  package static func url(_ name: String) -> URL {
    directory.appendingPathComponent(name)
  }

  /// Decodes a golden JSON file.
  package static func json<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: url(name)))
  }
}
