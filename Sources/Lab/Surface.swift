import MNIST1D
import NeuralNetworks
import ReferenceRandom
import StudyModels
import Tensors

// What the page can call; Lab/surface.json is the table of these functions, from which the page's side is made.
//
// Every function returns how many elements its answer has, which lie at `answer` until the next call. A negative result
// is a failure: −1 less the bytes of a sentence that lies there instead.

// MARK: Memory

/// Memory for a text or numbers that a call takes.
@_expose(wasm, "allocate")
@_cdecl("lab_allocate")
public func labAllocate(_ bytes: Int32) -> UnsafeMutableRawPointer? {
  UnsafeMutableRawPointer.allocate(byteCount: max(Int(bytes), 1), alignment: 16)
}

/// Gives such memory back.
@_expose(wasm, "release")
@_cdecl("lab_release")
public func labRelease(_ memory: UnsafeMutableRawPointer?) { memory?.deallocate() }

/// Where the last answer lies.
@_expose(wasm, "answer")
@_cdecl("lab_answer")
public func labAnswer() -> UnsafeRawPointer? { Answer.address }

private func text(_ bytes: UnsafePointer<UInt8>?, _ count: Int32) -> String {
  String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
}

private func settings(
  _ bytes: UnsafePointer<UInt8>?, _ count: Int32
) throws(LabError) -> Settings {
  try Settings(text(bytes, count))
}

// MARK: What there is

/// The kernels in use: `relaxed`, `emulated` or `portable` in a browser.
@_expose(wasm, "kernels")
@_cdecl("lab_kernels")
public func labKernels() -> Int32 { Answer.keep(Array(Kernels.current.utf8)) }

/// The settings of a dataset, one line each: key, kind, standard value.
@_expose(wasm, "datasetSettings")
@_cdecl("lab_dataset_settings")
public func labDatasetSettings() -> Int32 {
  Answer.keep { () throws(LabError) in
    var settings = try Settings("")
    _ = try DatasetConfiguration(from: &settings)
    return Array(settings.description.utf8)
  }
}

/// The settings of a kind of trial, one line each: key, kind, standard value.
@_expose(wasm, "trialSettings")
@_cdecl("lab_trial_settings")
public func labTrialSettings(_ kind: UnsafePointer<UInt8>?, _ kindCount: Int32) -> Int32 {
  Answer.keep { () throws(LabError) in
    var settings = try Settings("")
    var configuration = DatasetConfiguration()
    configuration.numSamples = 100
    let dataset = try generated(configuration)
    _ = try trialKind(text(kind, kindCount)).trial(&settings, on: Split(dataset))
    return Array(settings.description.utf8)
  }
}

/// The digests that every machine comes to, one line each: `model steps digest`.
@_expose(wasm, "committedDigests")
@_cdecl("lab_committed_digests")
public func labCommittedDigests() -> Int32 {
  var lines: [String] = []
  for (steps, digests) in [(10, ReferenceTraining.after10), (300, ReferenceTraining.after300)] {
    for model in Architecture.paper {
      lines.append("\(model.rawValue) \(steps) \(digests[model] ?? "")")
    }
  }
  return Answer.keep(Array(lines.joined(separator: "\n").utf8))
}

// MARK: Datasets

/// The most numbers that the examples of a dataset may hold, far fewer than the memory of a module of 32 bits.
private let mostValues = 10_000_000

private func generated(_ configuration: DatasetConfiguration) throws(LabError) -> Dataset {
  try configuration.check()
  try require(
    "num-samples", configuration.numSamples,
    in: 10...max(mostValues / configuration.finalSeqLength, 10))
  do throws(ConfigurationError) { return try Dataset(configuration) } catch {
    throw LabError(error)
  }
}

/// Generates a dataset; answers its number.
@_expose(wasm, "dataset")
@_cdecl("lab_dataset")
public func labDataset(_ given: UnsafePointer<UInt8>?, _ givenCount: Int32) -> Int32 {
  Answer.keep { () throws(LabError) in
    var settings = try settings(given, givenCount)
    let configuration = try DatasetConfiguration(from: &settings)
    try settings.finish()
    return [Laboratory.add(try generated(configuration))]
  }
}

/// The same dataset with its columns in another order: `shuffled` in that of `RandomState(42).permutation`, `reversed`, or
/// `swapped`, the second half before the first. Answers its number.
@_expose(wasm, "reordered")
@_cdecl("lab_reordered")
public func labReordered(
  _ dataset: Int32, _ order: UnsafePointer<UInt8>?, _ orderCount: Int32
) -> Int32 {
  Answer.keep { () throws(LabError) in
    let dataset = try Laboratory.dataset(dataset)
    switch text(order, orderCount) {
    case "shuffled": return [Laboratory.add(dataset.shufflingColumns())]
    case "reversed": return [Laboratory.add(dataset.reversingColumns())]
    case "swapped": return [Laboratory.add(dataset.swappingHalves())]
    case let other:
      throw LabError("The order of columns is \(other); it must be shuffled, reversed or swapped.")
    }
  }
}

/// The numbers of a part of a dataset, row by row: `x`, `x_test`, `t`, `templates_x` or `templates_t`.
@_expose(wasm, "signals")
@_cdecl("lab_signals")
public func labSignals(
  _ dataset: Int32, _ part: UnsafePointer<UInt8>?, _ partCount: Int32
) -> Int32 {
  Answer.keep { () throws(LabError) in
    let dataset = try Laboratory.dataset(dataset)
    switch text(part, partCount) {
    case "x": return dataset.x.values
    case "x_test": return dataset.xTest.values
    case "t": return dataset.t
    case "templates_x": return dataset.templates?.x.values ?? []
    case "templates_t": return dataset.templates?.t ?? []
    case let other: throw LabError("A dataset has no numbers called \(other).")
    }
  }
}

/// The labels of a part of a dataset: `y`, `y_test` or `templates_y`.
@_expose(wasm, "labels")
@_cdecl("lab_labels")
public func labLabels(
  _ dataset: Int32, _ part: UnsafePointer<UInt8>?, _ partCount: Int32
) -> Int32 {
  Answer.keep { () throws(LabError) in
    let dataset = try Laboratory.dataset(dataset)
    let labels: [Int]
    switch text(part, partCount) {
    case "y": labels = dataset.y
    case "y_test": labels = dataset.yTest
    case "templates_y": labels = dataset.templates?.y ?? []
    case let other: throw LabError("A dataset has no labels called \(other).")
    }
    return labels.map { Int32($0) }
  }
}

/// The 64-bit FNV-1a hash of a dataset's x, x_test and t as float64 and its labels as 64-bit integers, little-endian.
@_expose(wasm, "datasetDigest")
@_cdecl("lab_dataset_digest")
public func labDatasetDigest(_ dataset: Int32) -> Int32 {
  Answer.keep { () throws(LabError) in
    let dataset = try Laboratory.dataset(dataset)
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ word: UInt64) {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        hash ^= (word >> shift) & 0xff
        hash &*= 0x100_0000_01b3
      }
    }
    for value in dataset.x.values { add(value.bitPattern) }
    for value in dataset.xTest.values { add(value.bitPattern) }
    for value in dataset.t { add(value.bitPattern) }
    for label in dataset.y + dataset.yTest { add(UInt64(label)) }
    let digits = String(hash, radix: 16)
    return Array((String(repeating: "0", count: 16 - digits.utf8.count) + digits).utf8)
  }
}

/// A signal on its way from a template to an example, after one stage: 0, the template, to 8, the example before
/// normalisation.
@_expose(wasm, "stage")
@_cdecl("lab_stage")
public func labStage(
  _ digit: Int32, _ seed: Int32, _ stage: Int32, _ given: UnsafePointer<UInt8>?,
  _ givenCount: Int32
) -> Int32 {
  Answer.keep { () throws(LabError) in
    guard (0..<10).contains(digit) else {
      throw LabError("The digit is \(digit); it must be 0 to 9.")
    }
    guard Transform.Stage.allCases.indices.contains(Int(stage)) else {
      throw LabError(
        "The stage is \(stage); it must be 0 to \(Transform.Stage.allCases.count - 1).")
    }
    guard seed >= 0 else { throw LabError("seed is \(seed); it must be 0 or more.") }
    var settings = try settings(given, givenCount)
    let configuration = try DatasetConfiguration(from: &settings)
    try settings.finish()
    try configuration.check()
    var random = NumPyRandomState(seed: UInt32(seed))
    return Transform.stages(
      of: Array(Templates.digits.x[Int(digit)]), configuration, using: &random)[Int(stage)]
  }
}

/// Forgets a dataset.
@_expose(wasm, "removeDataset")
@_cdecl("lab_remove_dataset")
public func labRemoveDataset(_ dataset: Int32) -> Int32 {
  Answer.keep { () throws(LabError) -> [Int32] in
    try Laboratory.removeDataset(dataset)
    return []
  }
}

// MARK: Trials

private func trialKind(_ name: String) throws(LabError) -> TrialKind {
  guard let kind = TrialKind(rawValue: name) else {
    let names = TrialKind.allCases.map { $0.rawValue }.joined(separator: ", ")
    throw LabError("There is no kind of trial \(name); there are \(names).")
  }
  return kind
}

/// Prepares a trial on a dataset; answers its number.
@_expose(wasm, "trial")
@_cdecl("lab_trial")
public func labTrial(
  _ dataset: Int32, _ kind: UnsafePointer<UInt8>?, _ kindCount: Int32,
  _ given: UnsafePointer<UInt8>?, _ givenCount: Int32
) -> Int32 {
  Answer.keep { () throws(LabError) in
    let split = Split(try Laboratory.dataset(dataset))
    guard split.training.count > 0, split.test.count > 0 else {
      throw LabError(
        "The dataset lacks training or test examples; train-split must leave some of both.")
    }
    var settings = try settings(given, givenCount)
    return [Laboratory.add(try trialKind(text(kind, kindCount)).trial(&settings, on: split))]
  }
}

/// The names of the numbers in a row of a trial's results, separated by commas.
@_expose(wasm, "columns")
@_cdecl("lab_columns")
public func labColumns(_ trial: Int32) -> Int32 {
  Answer.keep { () throws(LabError) in
    Array(try Laboratory.trial(trial).columns.joined(separator: ",").utf8)
  }
}

/// Takes up to so many steps of a trial; answers the rows of results that they yield, one after the other.
@_expose(wasm, "advance")
@_cdecl("lab_advance")
public func labAdvance(_ trial: Int32, _ steps: Int32) -> Int32 {
  Answer.keep { () throws(LabError) in
    let trial = try Laboratory.trial(trial)
    var rows: [Double] = []
    var left = steps
    while left > 0, !trial.isFinished {
      rows += try trial.step()
      left -= 1
    }
    return rows
  }
}

/// How many steps of a trial were taken, and how many there are in all.
@_expose(wasm, "progress")
@_cdecl("lab_progress")
public func labProgress(_ trial: Int32) -> Int32 {
  Answer.keep { () throws(LabError) in
    let (taken, total) = try Laboratory.trial(trial).steps
    return [Int32(taken), Int32(total)]
  }
}

/// The mean loss and the accuracy in percent on the training examples, and both on the test examples.
@_expose(wasm, "evaluate")
@_cdecl("lab_evaluate")
public func labEvaluate(_ trial: Int32) -> Int32 {
  Answer.keep { () throws(LabError) in try Laboratory.trial(trial).evaluate() }
}

/// The probabilities of the ten classes for each of some signals, which follow each other in memory.
@_expose(wasm, "predict")
@_cdecl("lab_predict")
public func labPredict(
  _ trial: Int32, _ length: Int32, _ values: UnsafePointer<Double>?, _ valuesCount: Int32
) -> Int32 {
  Answer.keep { () throws(LabError) in
    let trial = try Laboratory.trial(trial)
    guard Int(length) == trial.inputs else {
      throw LabError(
        "A signal has \(length) points; it must have \(trial.inputs), as the examples do.")
    }
    guard valuesCount > 0, valuesCount % length == 0 else {
      throw LabError("\(valuesCount) numbers are no signals of \(length) points.")
    }
    let values = UnsafeBufferPointer(start: values, count: Int(valuesCount)).map { Float($0) }
    return try trial.predict(Tensor(values, shape: [Int(valuesCount / length), Int(length)]))
  }
}

/// The tensors of a trial, one line each: the name, then the extents, separated by blanks.
@_expose(wasm, "tensors")
@_cdecl("lab_tensors")
public func labTensors(_ trial: Int32) -> Int32 {
  Answer.keep { () throws(LabError) in
    let lines = try Laboratory.trial(trial).tensors.map { name, tensor in
      ([name] + (0..<tensor.rank).map { "\(tensor.shape[$0])" }).joined(separator: " ")
    }
    return Array(lines.joined(separator: "\n").utf8)
  }
}

/// The elements of one of these tensors.
@_expose(wasm, "tensor")
@_cdecl("lab_tensor")
public func labTensor(
  _ trial: Int32, _ name: UnsafePointer<UInt8>?, _ nameCount: Int32
) -> Int32 {
  Answer.keep { () throws(LabError) in
    let name = text(name, nameCount)
    let tensors = try Laboratory.trial(trial).tensors
    guard let tensor = tensors.first(where: { $0.name == name })?.tensor else {
      throw LabError(
        "There is no tensor \(name); there are \(tensors.map { $0.name }.joined(separator: ", ")).")
    }
    return tensor.elements
  }
}

/// The digest of what a trial has learned: sixteen hexadecimal digits.
@_expose(wasm, "digest")
@_cdecl("lab_digest")
public func labDigest(_ trial: Int32) -> Int32 {
  Answer.keep { () throws(LabError) in Array(try Laboratory.trial(trial).digest.utf8) }
}

/// Forgets a trial.
@_expose(wasm, "removeTrial")
@_cdecl("lab_remove_trial")
public func labRemoveTrial(_ trial: Int32) -> Int32 {
  Answer.keep { () throws(LabError) -> [Int32] in
    try Laboratory.removeTrial(trial)
    return []
  }
}
