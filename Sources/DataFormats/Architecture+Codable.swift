import NeuralNetworks
import Storage

/// A model's name in files and among the settings of a study.
extension Architecture: Codable {}

extension NetworkSettings: ExplainedSettings {
  package static var meanings: [String: String] { CodedField.meanings(of: fields) }
}

extension NetworkSettings: Codable {
  /// All settings, in the order in which they are written.
  package static var fields: [CodedField<NetworkSettings>] {
    [
      .init("hidden", \.hidden, "How many units a hidden layer has."),
      .init("depth", \.depth, "How many hidden layers or blocks there are."),
      .init("widths", \.widths, "The widths of the hidden layers of deep-mlp, one by one."),
      .init("channels", \.channels, "How many channels a convolution, or features a patch has."),
      .init("kernel", \.kernel, "How many positions a convolution sees."),
      .init("patch", \.patch, "How many points a patch has."),
      .init("heads", \.heads, "How many heads attention has."),
      .init("dropout", \.dropout, "The probability of a unit to be dropped in training."),
      .init("positions", \.positions, "Whether the transformer knows where a patch stands."),
    ]
  }

  public init(from decoder: any Decoder) throws {
    self.init()
    try CodedField.decode(&self, as: Self.fields, from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    try CodedField.encode(self, as: Self.fields, to: encoder)
  }
}
