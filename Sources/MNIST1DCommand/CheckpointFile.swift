import DataFormats
import Foundation
import NeuralNetworks
import Runs
import Storage
import StudyCommands
import Tensors

/// The file in which a training keeps its state, with the options that it was begun with.
final class CheckpointFile {
  /// When a state is saved.
  enum Moment {
    /// After an evaluation: not if saving would take more than a twentieth of the time.
    case evaluation
    /// At the end, of the training or of this session.
    case last
  }

  private let path: String
  private let options: [(name: String, value: String)]
  private var lastSave: (end: ContinuousClock.Instant, duration: Duration)?

  /// Names the file of a training that starts from these options besides its settings.
  init(at path: String, options: [(name: String, value: String)]) {
    self.path = path
    self.options = options
  }

  /// Resumes the state that the file holds, if it is there.
  ///
  /// - Returns: where its metrics continue.
  /// - Throws: `FileError` if the file is damaged, and a `Failure` if it is the state of another training.
  func resume(_ training: inout RecipeTraining<some Classifier>) throws -> MetricsLog.Start {
    // What a session that was killed while it saved has left.
    OutputFile.removeLeftovers(in: URL(fileURLWithPath: path).deletingLastPathComponent().path)
    guard FileManager.default.fileExists(atPath: path) else { return .start }
    let checkpoint = try TrainingState(reading: path)
    do {
      try training.resume(from: checkpoint)
    } catch {
      throw Failure.badData(sentence(about: error, checkpoint))
    }
    // Two functions, or two masks, may agree on a few examples.
    for option in options where option.name == "activation" || option.name == "mask" {
      let saved = checkpoint.numbers[Self.key(option.name)] ?? "none"
      if saved != option.value {
        throw Failure.badData(difference(option.name, saved: saved, given: option.value))
      }
    }
    Terminal.note("going on from step \(training.stepCount) of \(path)")
    guard let bytes = checkpoint.numbers[Self.bytesKey].flatMap({ Int($0) }), bytes >= 0,
      let hash = checkpoint.numbers[Self.hashKey].flatMap({ UInt64($0, radix: 16) })
    else { return .unknown }
    return .after(LineFile.Extent(bytes: bytes, hash: hash))
  }

  /// Saves a state, if it is time to.
  func save(
    _ training: RecipeTraining<some Classifier>, _ log: MetricsLog, _ moment: Moment
  ) throws(FileError) {
    let start = ContinuousClock.now
    if moment == .evaluation, let (end, duration) = lastSave,
      end.duration(to: start) < duration * 20
    {
      return
    }
    // The state must not know of lines that a power cut may lose.
    try log.synchronize()
    var checkpoint = training.state
    for option in options { checkpoint.numbers[Self.key(option.name)] = option.value }
    if let extent = log.extent {
      checkpoint.numbers[Self.bytesKey] = "\(extent.bytes)"
      checkpoint.numbers[Self.hashKey] = String(extent.hash, radix: 16)
    }
    try checkpoint.write(to: path)
    lastSave = (.now, start.duration(to: .now))
  }

  private static let (bytesKey, hashKey) = ("metrics.bytes", "metrics.hash")
  private static func key(_ option: String) -> String { "option.\(option)" }
}

// MARK: Sentences

extension CheckpointFile {
  /// Why the file is not gone on from, and what to do.
  private func sentence(about error: TrainingError, _ checkpoint: TrainingState)
    -> String
  {
    switch error {
    case .mismatch("steps", let saved, let given):
      return
        "--steps is \(given), and \(path) has done all steps to \(saved): give --steps \(saved) or more, "
        + "or another --checkpoint"
    case .mismatch(let part, let saved, let given):
      // The option that was changed, or, where none was, what has changed in the file that it names.
      for name in Self.causes(of: part) {
        guard let now = options.first(where: { $0.name == name })?.value,
          let then = checkpoint.numbers[Self.key(name)], now != then
        else { continue }
        return difference(name, saved: then, given: now)
      }
      return Self.causes(of: part).isEmpty
        ? difference(part, saved: saved, given: given)
        : "\(path) was begun with other \(part) (\(saved)) than those given now (\(given)): give the same "
          + "\(Self.causes(of: part).map { "--\($0)" }.joined(separator: ", ")), or another --checkpoint"
    case .checkpoint(let reason):
      return "\(path) is no state of this training: \(reason); give another --checkpoint"
    default: return "\(path): \(error)"
    }
  }

  private func difference(_ name: String, saved: String, given: String) -> String {
    guard Self.options.contains(name) else {
      // The state of a training in a program, of which this command has no option.
      return
        "\(path) was begun with the \(name) \(saved), where this training has \(given): give another --checkpoint"
    }
    let option = name == "mask" ? "--ticket" : "--\(name)"
    let remedy =
      switch (name, saved) {
      case ("activation", _), ("mask", _): "give the same \(option)"
      case (_, "none"): "leave \(option) out"
      default: "give \(option) \(saved)"
      }
    return
      "\(option) is \(given), and \(path) was begun with \(saved): \(remedy), or another --checkpoint"
  }

  /// The parts of a training that options of the command set.
  private static let options = Set(
    ["model", "activation", "data", "seed", "validation", "initial-weights", "ticket", "mask"]
      + Train.settings(TrainingRecipe(), ExampleSelection()).map(\.name))

  /// The options that a part of a training's origin comes from, the likeliest first.
  private static func causes(of part: String) -> [String] {
    switch part {
    case "model": ["model", "ticket", "initial-weights", "data"]
    case "training examples", "validation examples", "test examples":
      ["data", "classes", "training-examples", "label-noise", "labels", "seed"]
    case "initial weights": ["initial-weights", "ticket", "seed"]
    case "network": ["activation", "ticket"]
    case "kind": ["epochs"]
    case "optimizer": ["optimizer", "nesterov"]
    case "schedule":
      ["schedule", "warm-up", "decay-every", "decay-factor", "epochs", "steps", "batch-size"]
    case "loss": ["loss", "label-smoothing"]
    case "clipping": ["clip-norm"]
    case "order of the examples": ["order", "seed"]
    case "augmentation":
      ["augment-shift", "augment-flip", "augment-scale", "augment-noise", "seed"]
    case "eval-every": ["eval-every", "epochs"]
    default: []
    }
  }
}
