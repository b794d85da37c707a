import Storage

/// What may be written for one setting on the command line.
indirect enum SettingKind: Equatable, Sendable {
  case integer
  case number
  case flag
  case text
  case choice([JSON])
  case list(of: SettingKind?)
  case bounds(of: SettingKind?)
  case optional(SettingKind?)
  case group

  /// What the type of a setting says; nil for a type that says nothing by itself.
  init?(_ type: Any.Type) {
    switch type {
    case is any BinaryInteger.Type: self = .integer
    case is any BinaryFloatingPoint.Type: self = .number
    case is Bool.Type: self = .flag
    case is String.Type: self = .text
    case let type as any SettingShape.Type: self = type.kind
    case let type as any (CaseIterable & Encodable).Type:
      let choices = Self.choices(of: type)
      guard choices.allSatisfy({ $0.text != nil || $0.integer != nil }) else { return nil }
      self = .choice(choices)
    default: return nil
    }
  }

  /// What the value of a setting says where its type says nothing.
  init?(spelling value: JSON) {
    switch value {
    case .flag: self = .flag
    case .integer, .large: self = .integer
    case .number: self = .number
    case .text: self = .text
    case .object: self = .group
    case .null, .array: return nil
    }
  }

  private static func choices<Value: CaseIterable & Encodable>(of type: Value.Type) -> [JSON] {
    type.allCases.compactMap { try? JSON(encoding: $0) }
  }
}

/// A generic type whose settings are made of other settings.
private protocol SettingShape {
  static var kind: SettingKind { get }
}
extension Array: SettingShape {
  static var kind: SettingKind { .list(of: SettingKind(Element.self)) }
}
extension Set: SettingShape {
  static var kind: SettingKind { .list(of: SettingKind(Element.self)) }
}
extension ClosedRange: SettingShape {
  static var kind: SettingKind { .bounds(of: SettingKind(Bound.self)) }
}
extension Optional: SettingShape {
  static var kind: SettingKind { .optional(SettingKind(Wrapped.self)) }
}

extension SettingKind: CustomStringConvertible {
  /// What would be right, as a part of a sentence.
  var description: String {
    switch self {
    case .integer: "a whole number"
    case .number: "a number"
    case .flag: "true or false"
    case .text: "text"
    case .choice(let cases):
      "one of " + cases.map { $0.text ?? $0.canonical }.joined(separator: ", ")
    case .list(of: .integer):
      "whole numbers such as 1,2,3 or 0..9, at most \(RunLimits.values) of them"
    case .list(of: .number): "numbers such as 0.1,0.5 or linspace(0,1,9)"
    case .list(of: .choice(let cases)): "some of \(Self.choice(cases).description.dropFirst(7))"
    case .list(of: .flag), .list(of: .text), .list(of: nil): "values separated by commas"
    case .list(of: .optional(let kind)):
      SettingKind.list(of: kind).description + ", or null among them"
    case .list(of: .list(let kind)):
      SettingKind.list(of: kind).description + ", several such lists separated by semicolons"
    case .list(of: .bounds(let kind)):
      SettingKind.bounds(of: kind).description + ", several of them separated by semicolons"
    case .list(of: .group): "a list that the command line cannot spell"
    case .bounds(of: .integer): ClosedRange<Int>.expectation
    case .bounds: "a range such as 0.1..0.5"
    case .optional(let kind): (kind?.description ?? "a value") + ", or null"
    case .group: "its settings one by one"
    }
  }
}
