/// A JSON value that keeps the order of its members, and 1 apart from 1.0.
///
/// Foundation's encoder is not used for what is written: the bytes of a configuration name its
/// folder and the bytes of a measurement enter a digest, so they must not depend on the version
/// of Foundation, and the order in which settings are declared is worth keeping for readers.
public enum JSON: Sendable, Equatable {
  case null
  case flag(Bool)
  case integer(Int)
  /// A whole number above the largest `Int`; make one by ``whole(_:)``.
  case large(UInt64)
  case number(Double)
  case text(String)
  case array([JSON])
  case object([Member])

  /// One named value of an object.
  public struct Member: Sendable, Equatable {
    /// The name.
    public var key: String
    /// The value.
    public var value: JSON

    /// Names a value.
    public init(_ key: String, _ value: JSON) {
      self.key = key
      self.value = value
    }
  }
}

extension JSON {
  /// A whole number, however large.
  public static func whole(_ value: UInt64) -> JSON {
    Int(exactly: value).map { .integer($0) } ?? .large(value)
  }

  /// The value of the member called `key`; nil if there is none or this is no object.
  ///
  /// Setting replaces the member in its place, appends a new one, or, with nil, removes it.
  public subscript(key: String) -> JSON? {
    get {
      guard case .object(let members) = self else { return nil }
      return members.first { $0.key == key }?.value
    }
    set {
      guard case .object(var members) = self else { return }
      let index = members.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(key, value))
      case (nil, nil): break
      }
      self = .object(members)
    }
  }

  /// The text, if this is text.
  public var text: String? {
    if case .text(let value) = self { value } else { nil }
  }

  /// The truth value, if this is one.
  public var flag: Bool? {
    if case .flag(let value) = self { value } else { nil }
  }

  /// The whole number, if this is one.
  public var integer: Int? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The number, whole or not, if this is one.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .large(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The elements, if this is an array.
  public var elements: [JSON]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members, if this is an object.
  public var members: [Member]? {
    if case .object(let value) = self { value } else { nil }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .flag(value) }
  public init(nilLiteral: ()) { self = .null }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}
