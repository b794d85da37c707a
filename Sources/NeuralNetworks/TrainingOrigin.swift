import ReferenceRandom
import Tensors

/// What a training starts from: everything that its bits depend on, apart from how many steps it takes.
///
/// A checkpoint holds the origin of its training, and a training with another one refuses it. Data and weights stand
/// for themselves as digests. What a network does besides its parameters, its activation function or its mask, shows
/// in the scores and the gradient of the first examples; those are the same bits on every machine, too.
public struct TrainingOrigin: Hashable, Sendable {
  /// One part of an origin, such as a setting.
  public struct Part: Hashable, Sendable {
    /// The name, that of the setting where it is one.
    public var name: String
    /// The value; values that look alike are alike.
    public var value: String
    /// What it was in trainings whose checkpoints do not name this part; nil if all do.
    var standard: String?

    /// Names a part.
    public init(_ name: String, _ value: String) {
      self.init(name, value, standard: nil)
    }

    init(_ name: String, _ value: String, standard: String?) {
      (self.name, self.value, self.standard) = (name, value, standard)
    }
  }

  /// The parts, those first whose difference explains that of others.
  public let parts: [Part]

  init(_ parts: [Part]) { self.parts = parts }
}

// MARK: Checkpoints

extension TrainingOrigin {
  /// The version of what a checkpoint holds; one of any other is refused.
  static let version = 2
  private static let versionKey = "version"

  /// The numbers by which a checkpoint keeps the origin.
  var numbers: [String: String] {
    var numbers = [Self.versionKey: "\(Self.version)"]
    for part in parts { numbers[Self.prefix + part.name] = part.value }
    return numbers
  }

  /// Refuses a checkpoint of a training that started from something else.
  func require(in state: TrainingState) throws(TrainingError) {
    guard state.numbers[Self.versionKey] != nil else {
      throw .checkpoint(
        "it does not say what determined it, as states of this program's first version did not; "
          + "start anew with another file")
    }
    let version: Int = try state.number(Self.versionKey)
    guard version == Self.version else {
      throw .checkpoint(
        "it is of version \(version), and this program understands version \(Self.version)")
    }
    for part in parts {
      guard let saved = state.numbers[Self.prefix + part.name] ?? part.standard else {
        throw .checkpoint("it has no \(part.name)")
      }
      guard saved == part.value else {
        throw .mismatch(part.name, saved: saved, given: part.value)
      }
    }
    let names = Set(parts.map { $0.name })
    for key in state.numbers.keys.sorted() where key.hasPrefix(Self.prefix) {
      let name = String(key.dropFirst(Self.prefix.utf8.count))
      if !names.contains(name), let saved = state.numbers[key] {
        throw .mismatch(name, saved: saved, given: "none")
      }
    }
  }

  private static let prefix = "origin."
}

// MARK: Values

extension TrainingOrigin {
  /// A network's parameters, apart from their elements.
  static func shapes(of model: some Parameterized) -> String {
    var fingerprint = Fingerprint()
    let parameters = model.parameters
    for (name, tensor) in model.namedTensors {
      for byte in name.utf8 { fingerprint.add(UInt32(byte)) }
      for extent in tensor.shape { fingerprint.add(UInt32(truncatingIfNeeded: extent)) }
      fingerprint.add(.max)
    }
    return "\(model.parameterCount) parameters in \(parameters.count) tensors, "
      + "shapes \(fingerprint.digits)"
  }

  /// What a network makes of some examples while it is trained: its scores, the gradient of their loss, and what it
  /// remembers of them.
  static func behavior<Model: Classifier>(
    of model: Model, on examples: Examples, by objective: ClassificationLoss,
    _ random: TorchGenerator
  ) -> String {
    var fingerprint = Fingerprint()
    guard examples.count > 0 else { return fingerprint.digits }
    let sample = examples[0..<Swift.min(examples.count, 20)]
    var context = ForwardContext.training(using: random)
    let pass = RecordedPass(of: model) { model in
      let scores = model.forward(sample.inputs, in: &context)
      fingerprint.add(scores)
      return objective(scores, labels: sample.labels)
    }
    for tensor in pass.gradient.parameters + pass.states { fingerprint.add(tensor) }
    return fingerprint.digits
  }
}

extension Examples: TrainingData {
  /// How many examples there are, and a digest of their signals and classes.
  public var identity: String {
    var fingerprint = Fingerprint()
    fingerprint.add(inputs)
    for label in labels { fingerprint.add(UInt32(bitPattern: label)) }
    return "\(count) of \(inputs.shape[1]) points, digest \(fingerprint.digits)"
  }
}

/// A digest of 32-bit words: FNV-1a, with words in the place of bytes.
struct Fingerprint {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ word: UInt32) {
    hash ^= UInt64(word)
    hash &*= 0x100_0000_01b3
  }

  /// Adds a tensor's elements, among which all that are no numbers are alike.
  mutating func add(_ tensor: Tensor) {
    tensor.withUnsafeElements { elements in
      for element in elements { add(element.isNaN ? Float.nan.bitPattern : element.bitPattern) }
    }
  }

  /// Sixteen hexadecimal digits.
  var digits: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
