import Storage

/// One setting of a configuration, as the command line spells it.
package struct Setting: Sendable, Equatable {
  /// The spelling, such as `batch-size` or `dataset.num-samples`.
  package let key: String
  /// The value as one would write it, such as `100` or `42,43,44`.
  package let value: String
  /// What it means, in a sentence; empty where the configuration does not say.
  package let meaning: String
  /// The names in the encoded configuration that lead here.
  let path: [String]
  let kind: SettingKind?

  /// What may be written, as a part of a sentence.
  package var expected: String { kind?.description ?? "a number or text" }

  /// The settings of a configuration in the order in which it declares them.
  package static func list(of configuration: some Encodable) -> [Setting] {
    all(in: configuration).filter { $0.kind != .group }
  }

  static func all(in configuration: some Encodable) -> [Setting] {
    guard let root = try? EncodedNode(configuration) else { return [] }
    return all(in: root, path: [], meanings: [:])
  }

  // The meanings have the names that lead to them, joined by dots.
  private static func all(
    in node: EncodedNode, path: [String], meanings: [String: String]
  ) -> [Setting] {
    let place = path.joined(separator: ".")
    let here = path.isEmpty ? [] : [Setting(node, path: path, meaning: meanings[place] ?? "")]
    guard case .group(let members) = node.content else { return here }
    let own =
      (node.type as? any ExplainedSettings.Type)?.meanings
      ?? (node.type as? any StudyConfiguration.Type)?.meanings ?? [:]
    let known = own.reduce(into: meanings) { known, entry in
      known[path.isEmpty ? entry.key : "\(place).\(entry.key)"] = entry.value
    }
    return here + members.flatMap { all(in: $0.node, path: path + [$0.key], meanings: known) }
  }

  private init(_ node: EncodedNode, path: [String], meaning: String) {
    self.path = path
    self.meaning = meaning
    key = path.map(Self.hyphenated).joined(separator: ".")
    value = node.json.spelling
    kind = node.kind
  }

  /// The spelling of a property's name as a flag: `batchSize` becomes `batch-size`.
  package static func hyphenated(_ name: String) -> String {
    var out = ""
    for character in name {
      if character.isUppercase, !out.isEmpty { out += "-" }
      out += character == "_" ? "-" : character.lowercased()
    }
    return out
  }

  /// The same name in JSON: `batchSize` and `batch-size` become `batch_size`.
  package static func underscored(_ name: String) -> String {
    hyphenated(name).replacing("-", with: "_")
  }
}

extension JSON {
  /// The value with its members under the names that JSON has wherever people and programs see it.
  ///
  /// Keys, measurements and the settings that name a folder are stored under the names of their properties: the digests
  /// are made of those.
  package var underscored: JSON {
    switch self {
    case .object(let members):
      .object(members.map { Member(Setting.underscored($0.key), $0.value.underscored) })
    case .array(let elements): .array(elements.map(\.underscored))
    default: self
    }
  }

  /// The value as one would write it on the command line.
  package var spelling: String {
    switch self {
    case .text(let value): value
    case .array(let elements) where elements.contains(where: { $0.elements != nil }):
      elements.map(\.spelling).joined(separator: ";")
    case .array(let elements): elements.map(\.spelling).joined(separator: ",")
    default: canonical
    }
  }

  /// The settings of an encoded configuration, as the command line spells them.
  func settings(path: [String]) -> [(name: String, value: String)] {
    leaves(path: path).map { ($0.name, $0.value.spelling) }
  }

  /// The values that are no objects, under the same names.
  func leaves(path: [String]) -> [(name: String, value: JSON)] {
    guard let members else { return [(path.joined(separator: "."), self)] }
    return members.flatMap { $0.value.leaves(path: path + [Setting.hyphenated($0.key)]) }
  }
}

extension EncodedNode {
  /// What may be written in this place.
  var kind: SettingKind? {
    let declared = SettingKind(type)
    switch content {
    case .list(let nodes):
      guard declared == nil || declared == .list(of: nil), let first = nodes.first else {
        return declared
      }
      return .list(of: first.kind)
    case .group: return .group
    case .empty: return declared
    case .scalar(let value): return declared ?? SettingKind(spelling: value)
    }
  }
}
