/// The settings of a network that is chosen by its ``Architecture``; each kind takes some of them, and has defaults of its
/// own for those that are nil.
public struct NetworkSettings: Hashable, Sendable {
  /// How many units a hidden layer has: `mlp`, `gru` (in either direction), `deep-mlp`, `residual-mlp`, `mixer`.
  public var hidden: Int?
  /// How many hidden layers or blocks there are: `deep-mlp`, `residual-mlp`, `resnet`, `tcn`, `mixer`, `transformer`.
  public var depth: Int?
  /// The widths of the hidden layers of `deep-mlp`, one by one; empty for `depth` layers of `hidden` units.
  public var widths: [Int] = []
  /// How many channels a convolution has, or how many features a patch: `cnn`, `resnet`, `tcn`, `local`, `mixer`,
  /// `transformer`.
  public var channels: Int?
  /// How many positions a convolution sees: `resnet`, `tcn`, and the first one of `local`.
  public var kernel: Int?
  /// How many points a patch has: `mixer`, `transformer`.
  public var patch: Int?
  /// How many heads attention has: `transformer`.
  public var heads: Int?
  /// The probability of a unit to be dropped in training: `deep-mlp`, `residual-mlp`, `tcn`, `mixer`, `transformer`.
  public var dropout = 0.0
  /// Whether `transformer` knows where a patch stands.
  public var positions = true

  /// The defaults of each kind.
  public init() {}

  /// The widths of the hidden layers of a deep perceptron.
  var hiddenWidths: [Int] {
    widths.isEmpty ? Array(repeating: hidden ?? 100, count: depth ?? 2) : widths
  }

  /// The names of those that a kind of network takes.
  public static func names(for architecture: Architecture) -> [String] {
    switch architecture {
    case .logistic: []
    case .mlp, .gru: ["hidden"]
    case .cnn: ["channels"]
    case .deepMLP: ["hidden", "depth", "widths", "dropout"]
    case .residualMLP: ["hidden", "depth", "dropout"]
    case .resnet: ["channels", "depth", "kernel"]
    case .tcn: ["channels", "depth", "kernel", "dropout"]
    case .local: ["channels", "kernel"]
    case .mixer: ["channels", "hidden", "depth", "patch", "dropout"]
    case .transformer: ["channels", "heads", "depth", "patch", "dropout", "positions"]
    }
  }

  /// Those that a kind of network takes; the others as they are by default.
  public func restricted(to architecture: Architecture) -> NetworkSettings {
    let names = Self.names(for: architecture)
    var settings = NetworkSettings()
    if names.contains("hidden") { settings.hidden = hidden }
    if names.contains("depth") { settings.depth = depth }
    if names.contains("widths") { settings.widths = widths }
    if names.contains("channels") { settings.channels = channels }
    if names.contains("kernel") { settings.kernel = kernel }
    if names.contains("patch") { settings.patch = patch }
    if names.contains("heads") { settings.heads = heads }
    if names.contains("dropout") { settings.dropout = dropout }
    if names.contains("positions") { settings.positions = positions }
    return settings
  }

  /// Says what is wrong with these settings for a kind of network and signals of so many points.
  ///
  /// - Throws: `TrainingError.setting`.
  public func validate(for architecture: Architecture, inputs: Int) throws(TrainingError) {
    let given = restricted(to: architecture)
    try given.requireBounds()
    switch architecture {
    case .deepMLP where !given.widths.isEmpty && (given.depth != nil || given.hidden != nil):
      throw .setting(
        "widths", given.widths.map { "\($0)" }.joined(separator: ","),
        "absent where hidden or depth are given, which it replaces")
    case .cnn where inputs < ConvolutionalNetwork.shortestInput:
      throw .setting(
        "the length of the signals", "\(inputs)",
        "\(ConvolutionalNetwork.shortestInput) or more for the cnn")
    case .resnet:
      let kernel = given.kernel ?? 3
      guard kernel % 2 == 1 else {
        throw .setting("kernel", "\(kernel)", "odd for the resnet")
      }
      // With two positions left a channel has a variance also in a batch of one example.
      let depth = given.depth ?? 3
      guard (1..<depth).reduce(inputs, { length, _ in (length + 1) / 2 }) >= 2 else {
        throw .setting(
          "depth", "\(depth)",
          "so small that signals of \(inputs) points leave two positions or more")
      }
    case .tcn: try requireCount("depth", given.depth ?? 4, to: 20)
    case .local:
      let shortest = LocallyConnectedNetwork.shortestInput(kernel: given.kernel ?? 5)
      guard inputs >= shortest else {
        throw .setting("kernel", "\(given.kernel ?? 5)", "\(inputs + 2) or less for such signals")
      }
    case .mixer, .transformer:
      let patch = given.patch ?? 4
      guard inputs >= patch, inputs % patch == 0 else {
        throw .setting(
          "patch", "\(patch)", "a divisor of \(inputs), the length of the signals")
      }
      let (features, heads) = (given.channels ?? 32, given.heads ?? 4)
      guard architecture == .mixer || features % heads == 0 else {
        throw .setting("heads", "\(heads)", "a divisor of \(features), the number of channels")
      }
    default: break
    }
  }

  /// Says what is wrong with these settings for a kind of network and images.
  ///
  /// - Throws: `TrainingError.setting`; for every kind but the paper's four, none of which reads images.
  public func validate(for architecture: Architecture, image: ImageShape) throws(TrainingError) {
    guard Architecture.paper.contains(architecture) else {
      throw .setting(
        "the network for images", architecture.rawValue, "logistic, mlp, cnn or gru")
    }
    try restricted(to: architecture).requireBounds()
    let smallest = ConvolutionalNetwork2D.smallestSide
    guard architecture != .cnn || Swift.min(image.height, image.width) >= smallest else {
      throw .setting(
        "the size of the images", "\(image.height) × \(image.width)",
        "\(smallest) × \(smallest) or more for the cnn")
    }
  }

  /// What holds for every kind.
  private func requireBounds() throws(TrainingError) {
    for (name, value, most) in [
      ("hidden", hidden, 10_000), ("depth", depth, 100), ("channels", channels, 10_000),
      ("kernel", kernel, 1000), ("patch", patch, 1000), ("heads", heads, 1000),
    ] {
      if let value { try requireCount(name, value, to: most) }
    }
    for width in widths { try requireCount("widths", width, to: 10_000) }
    guard (0..<1).contains(dropout) else {
      throw .setting("dropout", "\(dropout)", "0 or more and less than 1")
    }
  }
}
