import Foundation

extension JSON {
  /// The value as JSON, with absent optional settings written as null.
  ///
  /// - Throws: what the value's `encode(to:)` throws, or `EncodingError` for a whole number beyond
  ///   the range of 64 bits.
  public init(encoding value: some Encodable) throws {
    self = try EncodedNode(value).json
  }

  /// The Swift value that this is the encoding of.
  ///
  /// - Throws: `DecodingError`.
  public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(type, from: Data(canonical.utf8))
  }
}

/// What a value encoded, together with what its type says may stand there.
package final class EncodedNode {
  package enum Content {
    case empty
    case scalar(JSON)
    case list([EncodedNode])
    case group([(key: String, node: EncodedNode)])
  }

  package fileprivate(set) var content = Content.empty
  package let type: Any.Type

  package init(_ value: some Encodable) throws {
    type = Swift.type(of: value)
    try encode(value)
  }

  fileprivate init(type: Any.Type) {
    self.type = type
  }

  fileprivate static func null(of type: Any.Type) -> EncodedNode {
    let node = EncodedNode(type: type)
    node.content = .scalar(.null)
    return node
  }

  package var json: JSON {
    switch content {
    case .empty: return .object([])
    case .scalar(let value): return value
    case .list(let nodes):
      let elements = nodes.map(\.json)
      guard type is any UnorderedCollection.Type else { return .array(elements) }
      return .array(elements.sorted { $0.canonical < $1.canonical })
    case .group(let members):
      let named = members.map { JSON.Member($0.key, $0.node.json) }
      guard type is any UnorderedCollection.Type else { return .object(named) }
      return .object(named.sorted { $0.key < $1.key })
    }
  }

  private func encode(_ value: some Encodable) throws {
    switch value {
    case let value as Double: content = .scalar(.number(value))
    // The fewest digits that give the same Float, not the same Double.
    case let value as Float: content = .scalar(.number(Double("\(value)")!))
    case let value as Bool: content = .scalar(.flag(value))
    case let value as String: content = .scalar(.text(value))
    case let value as any BinaryInteger:
      if let whole = Int(exactly: value) {
        content = .scalar(.integer(whole))
      } else if let whole = UInt64(exactly: value) {
        content = .scalar(.large(whole))
      } else {
        let reason = "\(value) is beyond the range of 64 bits"
        throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: reason))
      }
    // These two encode themselves otherwise than Foundation's decoder reads them.
    case let value as Data: content = .scalar(.text(value.base64EncodedString()))
    case let value as URL: content = .scalar(.text(value.absoluteString))
    default: try value.encode(to: NodeEncoder(node: self))
    }
  }
}

/// A collection whose order is an accident, and differs between two runs of one program.
private protocol UnorderedCollection {}
extension Set: UnorderedCollection {}
extension Dictionary: UnorderedCollection {}

private struct NodeEncoder: Encoder {
  let node: EncodedNode
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if case .group = node.content {} else { node.content = .group([]) }
    return KeyedEncodingContainer(KeyedNodes<Key>(node: node))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if case .list = node.content {} else { node.content = .list([]) }
    return ListedNodes(node: node)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { SingleNode(node: node) }
}

private struct SingleNode: SingleValueEncodingContainer {
  let node: EncodedNode
  var codingPath: [any CodingKey] { [] }

  func encodeNil() { node.content = .scalar(.null) }
  func encode(_ value: some Encodable) throws { node.content = try EncodedNode(value).content }
}

private struct ListedNodes: UnkeyedEncodingContainer {
  let node: EncodedNode
  var codingPath: [any CodingKey] { [] }
  var count: Int { if case .list(let nodes) = node.content { nodes.count } else { 0 } }

  private func append(_ element: EncodedNode) {
    guard case .list(var nodes) = node.content else { return }
    node.content = .empty  // so that the array grows in place
    nodes.append(element)
    node.content = .list(nodes)
  }

  func encodeNil() { append(.null(of: Never.self)) }
  func encode(_ value: some Encodable) throws { append(try EncodedNode(value)) }

  func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    superEncoder().container(keyedBy: type)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    superEncoder().unkeyedContainer()
  }
  func superEncoder() -> any Encoder {
    let element = EncodedNode(type: Never.self)
    append(element)
    return NodeEncoder(node: element)
  }
}

private struct KeyedNodes<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: EncodedNode
  var codingPath: [any CodingKey] { [] }

  private func set(_ member: EncodedNode, _ key: String) {
    guard case .group(var members) = node.content else { return }
    node.content = .empty  // so that the array grows in place
    members.append((key, member))
    node.content = .group(members)
  }

  func encodeNil(forKey key: Key) { set(.null(of: Never.self), key.stringValue) }
  func encode(_ value: some Encodable, forKey key: Key) throws {
    set(try EncodedNode(value), key.stringValue)
  }

  func nestedContainer<Inner: CodingKey>(
    keyedBy type: Inner.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Inner> {
    superEncoder(forKey: key).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    superEncoder(forKey: key).unkeyedContainer()
  }
  func superEncoder() -> any Encoder { nested("super") }
  func superEncoder(forKey key: Key) -> any Encoder { nested(key.stringValue) }

  private func nested(_ key: String) -> any Encoder {
    let member = EncodedNode(type: Never.self)
    set(member, key)
    return NodeEncoder(node: member)
  }

  // A setting that is absent is still a setting, so that it can be overridden. Only the generic
  // requirement is not enough: the standard library's defaults for the plain types win over it.
  private func optional<Value: Encodable>(_ value: Value?, _ key: Key) throws {
    let member = try value.map { try EncodedNode($0) }
    let node = EncodedNode(type: Value?.self)
    node.content = member?.content ?? .scalar(.null)
    set(node, key.stringValue)
  }

  func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws {
    try optional(value, key)
  }
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try optional(value, key) }
}
