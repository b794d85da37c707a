import Testing

import Lab

/// Calls of the surface, as the page makes them.
enum Calls {
  /// What the surface refuses.
  struct Refusal: Error { let sentence: String }

  /// What a call has given, or the sentence of its failure.
  static func result<Element>(_ count: Int32, of type: Element.Type) throws -> [Element] {
    let bytes = UnsafeRawPointer(try #require(labAnswer()))
    guard count >= 0 else {
      let text = UnsafeRawBufferPointer(start: bytes, count: Int(-count - 1))
      throw Refusal(sentence: String(decoding: text, as: UTF8.self))
    }
    return Array(
      UnsafeBufferPointer(start: bytes.assumingMemoryBound(to: type), count: Int(count)))
  }

  static func text(_ count: Int32) throws -> String {
    String(decoding: try result(count, of: UInt8.self), as: UTF8.self)
  }

  /// Calls with a text, whose bytes and their number the surface takes.
  static func with<Value>(
    _ text: String, _ call: (UnsafePointer<UInt8>?, Int32) throws -> Value
  ) rethrows -> Value {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer { try call($0.baseAddress, Int32($0.count)) }
  }

  static func dataset(_ settings: String = "", order: String? = nil) throws -> Int32 {
    let dataset = try result(with(settings) { labDataset($0, $1) }, of: Int32.self)[0]
    guard let order else { return dataset }
    defer { _ = labRemoveDataset(dataset) }
    return try result(with(order) { labReordered(dataset, $0, $1) }, of: Int32.self)[0]
  }

  static func trial(
    _ dataset: Int32, _ kind: String, _ settings: String = ""
  ) throws -> Int32 {
    let count = with(kind) { kind, kindCount in
      with(settings) { labTrial(dataset, kind, kindCount, $0, $1) }
    }
    return try result(count, of: Int32.self)[0]
  }

  static func advance(_ trial: Int32, _ steps: Int32) throws -> [Double] {
    try result(labAdvance(trial, steps), of: Double.self)
  }

  /// The settings of a kind of trial or, without one, of a dataset.
  static func settings(
    of kind: TrialKind?
  ) throws -> [(key: String, kind: String, standard: String)] {
    let lines =
      try kind.map { kind in
        try text(with(kind.rawValue) { labTrialSettings($0, $1) })
      } ?? text(labDatasetSettings())
    return lines.split(separator: "\n").map { line in
      let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      return (parts[0], parts[1], parts[2])
    }
  }
}
