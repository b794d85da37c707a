import MNIST1D
import Storage

extension DatasetConfiguration: ExplainedSettings {
  package static var meanings: [String: String] {
    Dictionary(parameters.map { ($0.name, $0.meaning) }, uniquingKeysWith: { first, _ in first })
  }
}

// A dataset's settings as part of a study's: under their own names, `padding` as its two ends.
extension DatasetConfiguration: Codable {
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: FieldName.self)
    for parameter in Self.parameters {
      let key = FieldName(stringValue: parameter.name)
      switch parameter.value {
      case .integer(let access): access.set(&self, try values.decode(Int.self, forKey: key))
      case .number(let access): access.set(&self, try values.decode(Double.self, forKey: key))
      case .flag(let access): access.set(&self, try values.decode(Bool.self, forKey: key))
      case .range(let access):
        let ends = try values.decode([Int].self, forKey: key)
        guard ends.count == 2, ends[0] <= ends[1] else {
          throw DecodingError.dataCorruptedError(
            forKey: key, in: values,
            debugDescription:
              "\(parameter.name) is \(ends); it must be two numbers in ascending order")
        }
        access.set(&self, ends[0]...ends[1])
      }
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: FieldName.self)
    for parameter in Self.parameters {
      let key = FieldName(stringValue: parameter.name)
      switch parameter.value {
      case .integer(let access): try values.encode(access.get(self), forKey: key)
      case .number(let access): try values.encode(access.get(self), forKey: key)
      case .flag(let access): try values.encode(access.get(self), forKey: key)
      case .range(let access): try values.encode(access.get(self), forKey: key)
      }
    }
  }
}
