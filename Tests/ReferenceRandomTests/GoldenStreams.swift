import Fixtures

/// The golden file of streams, as `random_streams.py` writes it.
struct GoldenStreams: Decodable {
  var numpy: [GoldenStream<UInt32>]
  var torch: [GoldenStream<String>]

  static func load() throws -> GoldenStreams {
    try Fixture.json("random_streams.json", as: GoldenStreams.self)
  }
}

/// One stream: how it was drawn, its first values, and the digest of all of them.
struct GoldenStream<Seed: Decodable & Sendable>: Decodable, Sendable, CustomStringConvertible {
  var method: String
  var seed: Seed
  var bound: Int?
  var count: Int
  var first: [Double]
  var sha256: String

  var description: String {
    "\(method), seed \(seed), count \(count)" + (bound.map { ", bound \($0)" } ?? "")
  }
}
