import MNIST1D

/// Settings as the page gives them: lines of `key=value`, with the command line's keys.
///
/// Each is asked for once, with the value that it has where it is not given; what nobody has asked for is refused.
struct Settings {
  /// What has been asked for, in order.
  private(set) var asked: [Question] = []
  private var given: [(key: String, value: String)] = []

  /// A setting, and what it is where it is not given.
  struct Question {
    let key: String
    let kind: String
    let standard: String
  }

  /// Reads the lines.
  init(_ text: String) throws(LabError) {
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      guard let sign = line.firstIndex(of: UInt8(ascii: "=")),
        let key = String(line[..<sign]), let value = String(line[line.index(after: sign)...])
      else {
        throw LabError("The setting \"\(String(line) ?? "")\" should be key=value.")
      }
      given.append((key, value))
    }
  }

  private mutating func take(_ key: String, _ kind: String, _ standard: String) -> String? {
    asked.append(Question(key: key, kind: kind, standard: standard))
    guard let index = given.lastIndex(where: { $0.key == key }) else { return nil }
    let value = given[index].value
    given.removeAll { $0.key == key }
    return value
  }

  /// A whole number.
  mutating func integer(_ key: String, _ standard: Int) throws(LabError) -> Int {
    guard let text = take(key, "integer", "\(standard)") else { return standard }
    return try Self.integer(text, of: key)
  }

  /// A whole number, or nothing.
  mutating func integer(_ key: String) throws(LabError) -> Int? {
    guard let text = take(key, "integer", "") else { return nil }
    return text.isEmpty ? nil : try Self.integer(text, of: key)
  }

  private static func integer(_ text: String, of key: String) throws(LabError) -> Int {
    // As many bits as the browser's Int has, everywhere.
    guard let value = Int32(text) else {
      throw LabError(
        "\(key) is \(text); it must be a whole number between -2147483648 and 2147483647.")
    }
    return Int(value)
  }

  /// Whole numbers, separated by commas.
  mutating func integers(_ key: String, _ standard: [Int]) throws(LabError) -> [Int] {
    let shown = standard.map { "\($0)" }.joined(separator: ",")
    guard let text = take(key, "integers", shown) else { return standard }
    var values: [Int] = []
    for part in text.utf8.split(separator: UInt8(ascii: ",")) {
      values.append(try Self.integer(String(part) ?? "", of: key))
    }
    return values
  }

  /// A number.
  mutating func number(_ key: String, _ standard: Double) throws(LabError) -> Double {
    guard let text = take(key, "number", "\(standard)") else { return standard }
    return try Self.number(text, of: key)
  }

  /// A number, or nothing.
  mutating func number(_ key: String) throws(LabError) -> Double? {
    guard let text = take(key, "number", "") else { return nil }
    return text.isEmpty ? nil : try Self.number(text, of: key)
  }

  private static func number(_ text: String, of key: String) throws(LabError) -> Double {
    guard let value = decimal(text) else {
      throw LabError("\(key) is \(text); it must be a number such as 0.25, of 15 digits or fewer.")
    }
    return value
  }

  /// Yes or no.
  mutating func flag(_ key: String, _ standard: Bool) throws(LabError) -> Bool {
    guard let text = take(key, "flag", standard ? "true" : "false") else { return standard }
    switch text {
    case "true": return true
    case "false": return false
    default: throw LabError("\(key) is \(text); it must be true or false.")
    }
  }

  /// One of several names.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ standard: Choice
  ) throws(LabError) -> Choice where Choice.RawValue == String {
    let names = Choice.allCases.map { $0.rawValue }
    guard let text = take(key, names.joined(separator: "|"), standard.rawValue) else {
      return standard
    }
    guard let value = Choice(rawValue: text) else {
      throw LabError("\(key) is \(text); it must be one of \(names.joined(separator: ", ")).")
    }
    return value
  }

  /// Refuses settings that nobody has asked for.
  func finish() throws(LabError) {
    guard let unknown = given.first else { return }
    throw LabError(
      "There is no setting \(unknown.key); there are \(asked.map { $0.key }.joined(separator: ", "))."
    )
  }

  /// One line for each setting: the key, its kind (integer, integers, number, flag, or the names to choose from, separated
  /// by |) and its standard value, separated by blanks.
  var description: String {
    asked.map { "\($0.key) \($0.kind) \($0.standard)" }.joined(separator: "\n")
  }
}

extension DatasetConfiguration {
  /// Takes the settings of a dataset, under the names that the command line has for them.
  init(from settings: inout Settings) throws(LabError) {
    self.init()
    for parameter in Self.parameters {
      let key = kebabCase(parameter.name)
      switch parameter.value {
      case .integer(let access): access.set(&self, try settings.integer(key, access.get(self)))
      case .number(let access): access.set(&self, try settings.number(key, access.get(self)))
      case .flag(let access): access.set(&self, try settings.flag(key, access.get(self)))
      case .range(let access):
        let range = access.get(self)
        let ends = try settings.integers(key, [range.lowerBound, range.upperBound])
        guard ends.count == 2, ends[0] <= ends[1] else {
          throw LabError("\(key) must be two numbers, the smaller first, such as 36,60.")
        }
        access.set(&self, ends[0]...ends[1])
      }
    }
  }
}

extension DatasetConfiguration {
  /// Refuses settings of which no dataset can be made.
  func check() throws(LabError) {
    do throws(ConfigurationError) { try validate() } catch { throw LabError(error) }
  }
}

/// `numSamples` as `num-samples`.
package func kebabCase(_ name: String) -> String {
  var bytes: [UInt8] = []
  for byte in name.utf8 {
    let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    if isUpper { bytes.append(UInt8(ascii: "-")) }
    bytes.append(isUpper ? byte + 32 : byte)
  }
  return String(decoding: bytes, as: UTF8.self)
}
