import Storage

/// Settings given as `key=value` on the command line, for any configuration.
///
///     let overrides = try Overrides(["steps=600", "seeds=0..9", "models=mlp,cnn"])
///     let configuration = try overrides.applied(to: Baselines.Configuration())
///
/// Keys are spelt like flags (`batch-size`) or like properties (`batchSize`); those of a setting
/// within a setting are joined by a dot (`dataset.num-samples`). Whole numbers, numbers, `true` and
/// `false`, text, the cases of an enumeration, lists (`0.1,0.5`), ranges of whole numbers with both
/// ends (`0..9`), numbers by a rule (`linspace(0,1,9)`, `geomspace(0.001,1,4)`, `uniform(0,1,9)`,
/// `loguniform(0.001,1,9)`) and, where a setting may be absent, `null` are understood; which of them
/// is right is taken from the configuration itself.
public struct Overrides: Sendable, Equatable {
  /// One `key=value`.
  struct Override: Sendable, Equatable {
    let key: String
    let value: String
  }

  let overrides: [Override]

  /// Splits each argument at its first equals sign.
  ///
  /// - Throws: ``RunError/malformedOverride(_:)`` or ``RunError/repeatedSetting(_:)``.
  public init(_ arguments: [String]) throws(RunError) {
    var overrides: [Override] = []
    for argument in arguments {
      guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
        throw .malformedOverride(argument)
      }
      let key = String(argument[..<equals])
      guard !overrides.contains(where: { Self.folded($0.key) == Self.folded(key) }) else {
        throw .repeatedSetting(key)
      }
      overrides.append(
        Override(key: key, value: String(argument[argument.index(after: equals)...])))
    }
    self.overrides = overrides
  }

  /// The configuration with the settings changed.
  ///
  /// - Throws: ``RunError/unknownSetting(_:nearest:known:)`` or
  ///   ``RunError/wrongValue(_:found:expected:)``.
  public func applied<Configuration: Codable>(
    to configuration: Configuration
  ) throws(RunError) -> Configuration {
    let settings = Setting.all(in: configuration)
    do {
      let defaults = try JSON(encoding: configuration)
      let changes = try overrides.map { override in
        let setting = try Self.setting(override.key, among: settings)
        return (setting.path[...], try Self.value(of: override, as: setting))
      }
      let changed = changes.reduce(into: defaults) { $0.replace(at: $1.0, with: $1.1) }
      if let result = try? changed.decode(Configuration.self) { return result }
      // A type may be pickier than its encoded form, such as an unsigned number.
      for (override, change) in zip(overrides, changes) {
        var alone = defaults
        alone.replace(at: change.0, with: change.1)
        do { _ = try alone.decode(Configuration.self) } catch {
          let expected =
            change.1.holdsLarge
            ? "whole numbers up to \(Int.max)" : "another value (\(error.reason))"
          throw RunError.wrongValue(override.key, found: override.value, expected: expected)
        }
      }
      return try changed.decode(Configuration.self)
    } catch let error as RunError {
      throw error
    } catch {
      throw .invalidSettings(error.reason)
    }
  }

  /// A spelling of a key that ignores case, hyphens and underscores.
  static func folded(_ key: String) -> String {
    key.lowercased().filter { $0 != "-" && $0 != "_" }
  }

  private static func setting(
    _ key: String, among settings: [Setting]
  ) throws(RunError) -> Setting {
    let wanted = folded(key)
    if let setting = settings.first(where: { folded($0.key) == wanted }) { return setting }
    let named = settings.filter { $0.kind != .group }
    // A setting within a setting is often called by its last name alone.
    let called = named.first { folded($0.path.last!) == wanted }
    let usual = named.first { synonyms[wanted]?.contains($0.key) ?? false }
    let nearest = called ?? usual ?? Self.nearest(to: wanted, among: named)
    throw .unknownSetting(key, nearest: nearest?.key, known: named.map(\.key))
  }

  /// The setting whose key is nearest to a folded one; nil where none is near.
  private static func nearest(to wanted: String, among settings: [Setting]) -> Setting? {
    let distances = settings.map { distance(from: wanted, to: $0) }
    guard let least = distances.min(), least <= max(1, (wanted.count + 1) / 3) else { return nil }
    return distances.firstIndex(of: least).map { settings[$0] }
  }

  /// How far a folded key is from that of a setting, or from its last name alone; 1 for the beginning of that name.
  private static func distance(from wanted: String, to setting: Setting) -> Int {
    let last = folded(setting.path.last!)
    if wanted.count > 3, last.hasPrefix(wanted) { return 1 }
    return min(editDistance(folded(setting.key), wanted), editDistance(last, wanted))
  }

  /// What a setting that other programs call so is called here.
  package static func usualNames(for key: String) -> [String] { synonyms[folded(key)] ?? [] }

  /// What other programs call settings, folded, and what they are called here.
  private static let synonyms: [String: [String]] = [
    "lr": ["learning-rate"], "eta": ["learning-rate"], "stepsize": ["learning-rate"],
    "bs": ["batch-size"], "batch": ["batch-size"], "wd": ["weight-decay"],
    "l2": ["weight-decay"], "epochs": ["epochs", "steps"], "epoch": ["epochs", "steps"],
    "iterations": ["steps"], "iters": ["steps"], "maxsteps": ["steps"], "seed": ["seeds"],
    "model": ["models"], "network": ["models", "networks"], "arch": ["models"],
    "width": ["hidden", "widths"], "units": ["hidden", "units"], "opt": ["optimizer"],
    "n": ["dataset.num-samples"], "samples": ["dataset.num-samples"],
  ]

  private static func value(
    of override: Override, as setting: Setting
  ) throws(RunError) -> JSON {
    let kind = setting.kind
    if let value = kind.read(override.value) { return value }
    if setting.path == ["seeds"], let seeds = seeds(override.value, from: setting.value) {
      return seeds
    }
    throw .wrongValue(
      override.key, found: override.value, expected: kind.expected(insteadOf: override.value))
  }
}

extension Overrides {
  /// So many seeds, from the study's first one on, for `3x`; nil for anything else.
  private static func seeds(_ word: String, from own: String) -> JSON? {
    guard word.hasSuffix("x"), let count = Int(written: String(word.dropLast())),
      (1...RunLimits.values).contains(count)
    else { return nil }
    let first = own.split(separator: ",").first.flatMap { Int($0) } ?? 0
    guard first <= Int.max - count else { return nil }
    return .array((0..<count).map { .integer(first + $0) })
  }
}

extension Error {
  /// What a decoder has to say, without the names of its types.
  fileprivate var reason: String {
    switch self as? DecodingError {
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .keyNotFound(_, let context), .dataCorrupted(let context):
      context.debugDescription
    default: "\(self)"
    }
  }
}

extension JSON {
  /// Whether a number is here that few settings can hold.
  fileprivate var holdsLarge: Bool {
    if case .large = self { true } else { elements?.contains { $0.holdsLarge } ?? false }
  }

  fileprivate mutating func replace(at path: ArraySlice<String>, with value: JSON) {
    guard let name = path.first else {
      self = value
      return
    }
    self[name]?.replace(at: path.dropFirst(), with: value)
  }
}

/// The fewest insertions, deletions, replacements and exchanges of neighbours that turn one word into the other, where no
/// letter is changed twice (Damerau 1964).
func editDistance(_ first: String, _ second: String) -> Int {
  let (first, second) = (Array(first), Array(second))
  var (before, above, row) = ([Int](), [Int](), Array(0...second.count))
  for line in first.indices {
    (before, above, row) = (above, row, [line + 1])
    for column in second.indices {
      let replaced = above[column] + (first[line] == second[column] ? 0 : 1)
      var distance = min(replaced, row[column] + 1, above[column + 1] + 1)
      if line > 0, column > 0, first[line] == second[column - 1], first[line - 1] == second[column]
      {
        distance = min(distance, before[column - 1] + 1)
      }
      row.append(distance)
    }
  }
  return row[second.count]
}
