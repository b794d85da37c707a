/// A property of a record that is encoded under its name, and what it means to a person.
///
/// A record whose own module must not know `Codable` gets it from a list of these.
package struct CodedField<Record>: Sendable {
  /// The name in files; on the command line it is spelt with hyphens.
  package let name: String
  /// What it is, as a sentence.
  package let meaning: String
  private let write: @Sendable (Record, inout KeyedEncodingContainer<FieldName>) throws -> Void
  private let read: @Sendable (inout Record, KeyedDecodingContainer<FieldName>) throws -> Void

  /// Names a property.
  package init<Value: Codable & Sendable>(
    _ name: String, _ property: any WritableKeyPath<Record, Value> & Sendable, _ meaning: String
  ) {
    self.name = name
    self.meaning = meaning
    write = { try $1.encode($0[keyPath: property], forKey: FieldName(stringValue: name)) }
    read = {
      $0[keyPath: property] = try $1.decode(Value.self, forKey: FieldName(stringValue: name))
    }
  }

  /// Names a property that may be absent.
  package init<Value: Codable & Sendable>(
    _ name: String, _ property: any WritableKeyPath<Record, Value?> & Sendable, _ meaning: String
  ) {
    self.name = name
    self.meaning = meaning
    write = { try $1.encodeIfPresent($0[keyPath: property], forKey: FieldName(stringValue: name)) }
    read = {
      $0[keyPath: property] = try $1.decodeIfPresent(
        Value.self, forKey: FieldName(stringValue: name))
    }
  }
}

/// A record that says what its settings mean.
package protocol ExplainedSettings {
  /// What each property means, in a sentence, by its name in files.
  static var meanings: [String: String] { get }
}

extension CodedField {
  /// What the fields mean, by their names.
  package static func meanings(of fields: [CodedField]) -> [String: String] {
    Dictionary(fields.map { ($0.name, $0.meaning) }, uniquingKeysWith: { first, _ in first })
  }

  /// Writes the properties of a record beside whatever the encoder holds already.
  package static func encode(
    _ record: Record, as fields: [CodedField], to encoder: any Encoder
  ) throws {
    var values = encoder.container(keyedBy: FieldName.self)
    for field in fields { try field.write(record, &values) }
  }

  /// Reads the properties of a record.
  package static func decode(
    _ record: inout Record, as fields: [CodedField], from decoder: any Decoder
  ) throws {
    let values = try decoder.container(keyedBy: FieldName.self)
    for field in fields { try field.read(&record, values) }
  }
}

/// A key that is made while the program runs.
package struct FieldName: CodingKey {
  package let stringValue: String
  package var intValue: Int? { nil }
  package init(stringValue: String) { self.stringValue = stringValue }
  package init?(intValue: Int) { nil }
}
