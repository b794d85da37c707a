import Storage

extension SettingKind? {
  /// The value that a word from the command line stands for; nil if it is not of this kind.
  func read(_ word: String) -> JSON? {
    switch self {
    case .integer:
      return Int(written: word).map { .integer($0) } ?? UInt64(written: word).map { .large($0) }
    case .number: return Double(written: word).map { .number($0) }
    case .flag: return Bool(word).map { .flag($0) }
    case .text: return .text(word)
    case .choice(let cases):
      let folded = Overrides.folded(word)
      return cases.first { Overrides.folded($0.text ?? $0.canonical) == folded }
    case .optional(let kind): return word == "null" ? .null : kind.read(word)
    case .list(let kind): return Self.list(word, of: kind)
    case .bounds(let kind): return Self.bounds(word, of: kind)
    case .group: return nil
    case nil:
      return SettingKind?.some(.integer).read(word) ?? SettingKind?.some(.number).read(word)
        ?? SettingKind?.some(.flag).read(word) ?? .text(word)
    }
  }

  /// What would be right instead of a word that is not of this kind, as a part of a sentence.
  func expected(insteadOf word: String) -> String {
    if case .list(let kind)? = self, kind?.isWhole ?? false {
      for part in Self.parts(of: word, separatedBy: ",") {
        guard let fraction = SpacedValues(written: part)?.firstFraction else { continue }
        return
          "whole numbers, and \(part) would give \(fraction); choose ends and a count whose steps are whole"
      }
    }
    let words = word.split(separator: ",").map(String.init)
    let ends = words.flatMap { word in Self.ends(word).map { [$0.0, $0.1] } ?? [word] }
    let (limited, kind): (SettingKind?, SettingKind?) =
      switch self {
      case .list(let kind), .bounds(let kind), .optional(let kind): (self, kind)
      default: (nil, self)
      }
    let element: String
    switch kind {
    case .integer: element = expectation(of: Int.self, insteadOf: ends)
    case .number: element = expectation(of: Double.self, insteadOf: ends)
    default: return self?.description ?? "a number or text"
    }
    guard let limited else { return element }
    if case .optional = limited { return element + ", or null" }
    let isPlain = element == Int.expectation || element == Double.expectation
    return limited.description + (isPlain ? "" : ", each \(element)")
  }

  private static func list(_ word: String, of kind: SettingKind?) -> JSON? {
    var elements: [JSON] = []
    for part in parts(of: word, separatedBy: kind?.separator ?? ",") {
      if kind?.isWhole ?? true, let range = range(part) {
        elements += range.map { .integer($0) }
      } else if let spaced = SpacedValues(written: part)?.elements(of: kind) {
        elements += spaced
      } else if !part.isEmpty, let element = kind.read(part) {
        elements.append(element)
      } else {
        return nil
      }
      guard elements.count <= RunLimits.values else { return nil }
    }
    return .array(elements)
  }

  /// The parts of a list; what stands in parentheses is not divided.
  private static func parts(of word: String, separatedBy separator: Character) -> [String] {
    var (parts, depth) = ([""], 0)
    for character in word {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if character == separator, depth <= 0 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }

  /// The numbers of `0..9`, both ends among them.
  private static func range(_ word: String) -> ClosedRange<Int>? {
    guard let (low, high) = ends(word), let first = Int(written: low),
      let last = Int(written: high),
      first <= last, case (let span, false) = last.subtractingReportingOverflow(first),
      span < RunLimits.values
    else { return nil }
    return first...last
  }

  private static func bounds(_ word: String, of kind: SettingKind?) -> JSON? {
    let listed = word.split(separator: ",").map(String.init)
    guard let (low, high) = ends(word) ?? (listed.count == 2 ? (listed[0], listed[1]) : nil),
      let first = kind.read(low), let last = kind.read(high),
      let lower = first.number, let upper = last.number, lower <= upper
    else { return nil }
    return .array([first, last])
  }

  private static func ends(_ word: String) -> (String, String)? {
    guard let dots = word.firstRange(of: ".."), !word[dots.upperBound...].hasPrefix(".") else {
      return nil
    }
    return (String(word[..<dots.lowerBound]), String(word[dots.upperBound...]))
  }
}

extension [Int] {
  /// Whole numbers as a setting lists them, written `1,2,3` or `0..9`.
  package init?(written word: String) {
    let kind: SettingKind? = .list(of: .integer)
    guard let numbers = kind.read(word)?.elements?.compactMap(\.integer) else { return nil }
    self = numbers
  }
}

extension SettingKind {
  /// Whether it is a whole number, or one that may be absent.
  fileprivate var isWhole: Bool { self == .integer || self == .optional(.integer) }

  /// What separates values of this kind in a list.
  fileprivate var separator: Character {
    switch self {
    case .list, .bounds, .optional(.list), .optional(.bounds): ";"
    default: ","
    }
  }
}

extension SpacedValues {
  /// The values as elements of a list; nil for elements that are no numbers.
  fileprivate func elements(of kind: SettingKind?) -> [JSON]? {
    switch kind {
    case .integer, .optional(.integer): wholeValues?.map { .integer($0) }
    case .number, .optional(.number), nil: values.map { .number($0) }
    default: nil
    }
  }
}

extension ClosedRange<Int> {
  /// What is right, as a part of a sentence.
  package static var expectation: String { "a range of whole numbers such as 36..60 or 36,60" }

  /// Two whole numbers in ascending order, written `36..60` or `36,60`.
  package init?(written word: String) {
    let kind: SettingKind? = .bounds(of: .integer)
    guard let ends = kind.read(word)?.elements?.compactMap(\.integer), ends.count == 2 else {
      return nil
    }
    self = ends[0]...ends[1]
  }
}
