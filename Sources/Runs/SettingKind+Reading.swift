extension SettingKind? {
  /// The value that a word from the command line stands for; nil if it is not of this kind.
  func read(_ word: String) -> JSON? {
    switch self {
    case .integer: return Self.integer(word)
    case .number: return Double(word).flatMap { $0.isFinite ? .number($0) : nil }
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
      return Self.integer(word) ?? SettingKind?.some(.number).read(word)
        ?? SettingKind?.some(.flag).read(word) ?? .text(word)
    }
  }

  /// A whole number, also as 1e4.
  private static func integer(_ word: String) -> JSON? {
    if let large = UInt64(word), large > Int.max { return .large(large) }
    return (Int(word) ?? Double(word).flatMap { Int(exactly: $0) }).map { .integer($0) }
  }

  private static func list(_ word: String, of kind: SettingKind?) -> JSON? {
    switch kind {
    case .list, .bounds, .group, .optional: return nil
    default: break
    }
    var elements: [JSON] = []
    for part in word.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      if kind == .integer || kind == nil, let range = range(part) {
        elements += range.map { .integer($0) }
      } else if !part.isEmpty, let element = kind.read(part) {
        elements.append(element)
      } else {
        return nil
      }
      guard elements.count <= RunLimits.values else { return nil }
    }
    return .array(elements)
  }

  /// The numbers of `0..9`, both ends among them.
  private static func range(_ word: String) -> ClosedRange<Int>? {
    guard let (low, high) = ends(word), let first = Int(low), let last = Int(high),
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
    guard let dots = word.firstRange(of: "..") else { return nil }
    return (String(word[..<dots.lowerBound]), String(word[dots.upperBound...]))
  }
}
