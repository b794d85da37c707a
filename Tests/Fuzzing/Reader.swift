import MNIST1D
import Storage
import DataFormats
import Foundation
import NeuralNetworks
import ReferenceRandom
import Runs
import Studies
import struct Tensors.Tensor

/// The readers of bytes that may come from anywhere.
enum Reader: String, CaseIterable {
  case dataset, npy, npz, pickle, safetensors, training, ticket, csv, store, json, overrides,
    summary, gzip, idx, cifar10

  /// Reads an input, and traps where the reader breaks a promise.
  func read(_ bytes: [UInt8]) {
    do {
      switch self {
      case .dataset: try dataset(bytes)
      case .npy: try npy(bytes)
      case .npz: try npz(bytes)
      case .pickle: try pickle(bytes)
      case .safetensors: try safetensors(bytes)
      case .training: try training(bytes)
      case .ticket: try ticket(bytes)
      case .csv: try csv(bytes)
      case .store: try store(bytes)
      case .json: try json(bytes)
      case .overrides: try overrides(bytes)
      case .summary: try summary(bytes)
      case .gzip: try gzip(bytes)
      case .idx: try idx(bytes)
      case .cifar10: try cifar10(bytes)
      }
    } catch {
      // Every error must have something to say.
      precondition(!"\(error)".isEmpty)
    }
  }

  /// A dataset in the format that the bytes show: what is taken must come back from every format.
  private func dataset(_ bytes: [UInt8]) throws {
    guard let format = DatasetFormat(recognizing: bytes.prefix(1 << 12)) else { return }
    let dataset = try format.decode(bytes)
    for other in DatasetFormat.allCases {
      survives("a dataset") {
        let copy = try other.decode(other.encode(dataset))
        return copy.x == dataset.x && copy.y == dataset.y && copy.xTest == dataset.xTest
      }
    }
  }

  private func npy(_ bytes: [UInt8]) throws {
    let array = try NPY.decode(bytes)
    let again = NPY.encode(array)
    survives("npy") { try NPY.encode(NPY.decode(again)) == again }
  }

  private func npz(_ bytes: [UInt8]) throws {
    let arrays = try NPZ.decode(bytes)
    let again = try NPZ.encode(arrays)
    survives("npz") { try NPZ.encode(NPZ.decode(again)) == again }
    _ = try Dataset(named: arrays)
  }

  private func pickle(_ bytes: [UInt8]) throws {
    let value = try Pickle.decode(bytes)
    if let again = try? Pickle.encode(value) {
      survives("a pickle") { try Pickle.encode(Pickle.decode(again)) == again }
    }
    _ = try Dataset(pickle: value)
  }

  private func safetensors(_ bytes: [UInt8]) throws {
    let file = try SafeTensors.decode(bytes)
    let again = try file.encode()
    survives("a file of safetensors") { try SafeTensors.decode(again).encode() == again }
    _ = try file.parameters()
  }

  /// A training's state: what is taken must go on, and give the same state again.
  private func training(_ bytes: [UInt8]) throws {
    let state = try TrainingState(decoding: bytes)
    var training = try Laboratory.training
    try training.resume(from: state)
    let again = try training.state.encode()
    survives("a training's state") {
      var copy = training
      try copy.resume(from: TrainingState(decoding: again))
      return try copy.state.encode() == again
    }
    if !training.isFinished { try training.stepAndEvaluate() }
  }

  private func ticket(_ bytes: [UInt8]) throws {
    _ = try TicketFile(decoding: bytes, path: "ticket").masked(Laboratory.network)
  }

  private func csv(_ bytes: [UInt8]) throws {
    let table = try CSVTable.decode(bytes)
    survives("a table") { try CSVTable.decode(table.encode()) == table }
    _ = try DatasetFormat.csv.decode(bytes)
  }

  /// The lines of the input, as they are and with the seal that a fuzzer would not find.
  private func store(_ bytes: [UInt8]) throws {
    let run = RunIdentity(study: "toy", revision: 1, configuration: [:])
    let file = URL(fileURLWithPath: "/trials.jsonl")
    let plain = try? StoreContents(parsing: bytes, from: file, of: run)
    precondition(plain.map { $0.intactLength <= bytes.count } ?? true)
    let sealed = bytes.split(separator: UInt8(ascii: "\n")).flatMap { line in
      let body = line.last == UInt8(ascii: "}") ? line.dropLast() : line
      return body + Array(Seal.end(of: body, in: run).utf8) + [UInt8(ascii: "\n")]
    }
    let contents = try StoreContents(parsing: sealed, from: file, of: run)
    precondition(contents.intactLength == sealed.count)
    // A file that is cut loses at most what was cut.
    let half = try StoreContents(
      parsing: Array(sealed.prefix(sealed.count / 2)), from: file, of: run)
    precondition(half.count <= contents.count)
  }

  private func json(_ bytes: [UInt8]) throws {
    let value = try JSON(reading: bytes)
    let canonical = value.canonical
    survives("canonical JSON") { try JSON(reading: canonical).canonical == canonical }
    survives("pretty JSON") { try JSON(reading: value.pretty).canonical == canonical }
    _ = try value.decode([String: Double].self)
  }

  private func overrides(_ bytes: [UInt8]) throws {
    let words = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    let overrides = try Overrides(words)
    try configure(Baselines.self, overrides)
    try configure(MetalearnLR.self, overrides)
    try configure(MetalearnActivation.self, overrides)
  }

  private func configure<S: Study>(_ study: S.Type, _ overrides: Overrides) throws {
    guard let configuration = try? overrides.applied(to: S.Configuration()) else { return }
    _ = try JSON(encoding: configuration)
    try configuration.validate()
    _ = S.trials(for: configuration).count
  }

  private func summary(_ bytes: [UInt8]) throws {
    let summary = try RunSummary(JSON(reading: bytes))
    _ = summary.text
    _ = Report(runs: [summary]).html
    let again = summary.json
    survives("a summary") { try RunSummary(again).json.canonical == again.canonical }
  }

  /// A file of which the end says how large it is unpacked.
  private func gzip(_ bytes: [UInt8]) throws {
    let size = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    let content = try GZip.decode(bytes) { _ in size }
    precondition(content.count == size)
  }

  private func idx(_ bytes: [UInt8]) throws {
    if let (sizes, labels) = try? IDX.decode(bytes, as: .labels) {
      precondition(sizes == [labels.count])
    }
    let (sizes, pixels) = try IDX.decode(bytes, as: .images)
    precondition(sizes.count == 3 && sizes.reduce(1, *) == pixels.count)
    let images = try LabelledImages(
      shape: ImageShape(height: sizes[1], width: sizes[2]), pixels: Array(pixels),
      labels: [UInt8](repeating: 0, count: min(sizes[0], bytes.count)))
    precondition(Examples(images).count == sizes[0])
  }

  private func cifar10(_ bytes: [UInt8]) throws {
    var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
    try CIFAR10.append(batch: bytes, to: &pixels, labels: &labels)
    let images = try LabelledImages(
      shape: ImageShape(channels: 3, height: 32, width: 32), pixels: pixels, labels: labels)
    precondition(images.count * 3073 == bytes.count)
  }

  /// An input that the reader takes, where files of the repository hold none.
  var example: [UInt8]? {
    switch self {
    case .training:
      var training = try? Laboratory.training
      _ = try? training?.stepAndEvaluate()
      return try? training?.state.encode()
    case .ticket:
      let network = Laboratory.network
      return try? SafeTensors(ticketOf: network, mask: Mask(keepingAll: network)).encode()
    case .cifar10:
      return [7] + (0..<3072).map { UInt8(truncatingIfNeeded: $0 / 5) }
    default: return nil
    }
  }

  /// Traps unless what was read, written and read again is the same.
  private func survives(_ what: String, _ isSame: () throws -> Bool) {
    do {
      guard try isSame() else { fatalError("\(what) changes when it is written again") }
    } catch {
      fatalError("\(what) cannot be read again: \(error)")
    }
  }
}

/// What the states and tickets of trainings are read for.
private enum Laboratory {
  static let network: MultilayerPerceptron = {
    var generator = TorchGenerator(seed: 1)
    return MultilayerPerceptron(inputs: 3, hidden: 2, classes: 2, using: &generator)
  }()

  static var training: RecipeTraining<MultilayerPerceptron> {
    get throws {
      let examples = Examples(
        inputs: Tensor([0, 1, 2, 3, 4, 5], shape: [2, 3]), labels: [0, 1])
      var recipe = TrainingRecipe()
      recipe.steps = 8
      recipe.batchSize = 1
      recipe.evalEvery = 2
      return try Training(of: network, on: examples, testing: examples, by: recipe)
    }
  }
}
