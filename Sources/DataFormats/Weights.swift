import Storage
import NeuralNetworks
import Tensors

/// A file of weights, read once: from it the size of a network is taken, and then its parameters.
///
/// The names and shapes are PyTorch's, so `safetensors.torch.save_file(model.state_dict(), path)` writes such a file.
public struct WeightsFile: Sendable {
  private let path: String
  let tensors: [(name: String, tensor: Tensor)]
  /// What stood before every name and was dropped, such as `module.` or `_orig_mod.`; nil where nothing did.
  public let droppedPrefix: String?

  /// Reads a file.
  ///
  /// - Throws: `FileError` if the file is missing or damaged, no safetensors file, or holds values that are not finite.
  public init(reading path: String) throws(FileError) {
    self.path = path
    let named = try InputFile.read(
      path,
      accepting: { start throws(FormatError) in try FileUse.weights.accept(start) },
      { bytes throws(FormatError) in try SafeTensors.decode(bytes).parameters() })
    (tensors, droppedPrefix) = withoutWrapper(named)
  }

  /// How many hidden units a fully-connected network has that fits the weights; nil if none does.
  public var hiddenUnits: Int? { MultilayerPerceptron.hiddenUnits(of: tensors) }

  /// How many classes a network tells apart that fits the weights; nil if that cannot be seen.
  public var classes: Int? { Self.classes(of: tensors) }

  /// The extent of the last layer, by the names that the classifiers of this package give it.
  static func classes(of tensors: [(name: String, tensor: Tensor)]) -> Int? {
    for name in ["linear3.bias", "linear.bias", "output.bias"] {
      guard let shape = tensors.first(where: { $0.name == name })?.tensor.shape else { continue }
      return shape.rank == 1 && shape[0] > 0 ? shape[0] : nil
    }
    return nil
  }

  /// Replaces the parameters of a model, and what its layers remember, by those of the file, by name.
  ///
  /// - Throws: `FileError` if the names or shapes are not the model's; nothing is changed then.
  public func load(into model: inout some Parameterized) throws(FileError) {
    do {
      try model.loadTensors(tensors)
    } catch {
      throw .invalid(path: path, FormatError("the tensors do not fit the model: \(error.reason)"))
    }
  }
}

/// Tensors without what `torch.compile` and `torch.nn.DataParallel` put before the name of every parameter, and what
/// that was.
func withoutWrapper(
  _ tensors: [(name: String, tensor: Tensor)]
) -> (tensors: [(name: String, tensor: Tensor)], prefix: String?) {
  var (bare, dropped) = (tensors, "")
  while let wrapper = ["_orig_mod.", "module.", "model.", "state_dict."].first(where: { wrapper in
    !bare.isEmpty && bare.allSatisfy { $0.name.hasPrefix(wrapper) }
  }) {
    bare = bare.map { (String($0.name.dropFirst(wrapper.count)), $0.tensor) }
    dropped += wrapper
  }
  return (bare, dropped.isEmpty ? nil : dropped)
}

extension Parameterized {
  /// Replaces the parameters by those of a safetensors file, by name; see ``WeightsFile``.
  ///
  /// - Throws: `FileError` if the file is missing, damaged, or holds other names or shapes; nothing is changed
  ///   then.
  public mutating func loadWeights(from path: String) throws(FileError) {
    try WeightsFile(reading: path).load(into: &self)
  }

  /// Writes the parameters to a safetensors file, whole or not at all.
  ///
  /// - Throws: `FileError` if the file cannot be written.
  public func writeWeights(to path: String) throws(FileError) {
    try SafeTensors(parametersOf: self).write(to: path)
  }
}

extension MultilayerPerceptron {
  /// How many hidden units a network has that fits a file of weights; nil if none does.
  ///
  /// - Throws: `FileError` if the file is missing or damaged.
  public static func hiddenUnits(in path: String) throws(FileError) -> Int? {
    try WeightsFile(reading: path).hiddenUnits
  }

  /// The extent of the square in the middle: a file that promises more units than it holds weights is not believed.
  static func hiddenUnits(of weights: [(name: String, tensor: Tensor)]) -> Int? {
    guard let shape = weights.first(where: { $0.name == "linear2.weight" })?.tensor.shape,
      shape.rank == 2, shape[0] == shape[1], shape[0] > 0
    else { return nil }
    return shape[0]
  }
}

extension LearnedActivation {
  /// Reads an activation function that ``Tensors/Parameterized/writeWeights(to:)`` has written, with any number of
  /// hidden units.
  ///
  /// - Throws: `FileError` if the file is missing, damaged, or holds other names or shapes.
  public init(reading path: String) throws(FileError) {
    try self.init(WeightsFile(reading: path))
  }

  /// Takes an activation function from a file that has been read.
  package init(_ file: WeightsFile) throws(FileError) {
    let bias = file.tensors.first { $0.name == "network.linear1.bias" }?.tensor
    self.init(network: ActivationNetwork(zeros: max(1, bias?.count ?? 1)))
    try file.load(into: &self)
  }
}

extension SafeTensors {
  /// The content of a file of weights: the parameters, and what layers remember, under their names.
  public init(parametersOf model: some Parameterized) {
    self.init(tensors: arrays(model.namedTensors))
  }

  /// The arrays in single precision, to be loaded as parameters.
  ///
  /// - Throws: An error where an array has more axes, or longer ones, than a tensor can have, or where a value is
  ///   infinite, not a number or beyond float32.
  public func parameters() throws(FormatError) -> [(name: String, tensor: Tensor)] {
    var parameters: [(name: String, tensor: Tensor)] = []
    for (name, array) in tensors {
      guard array.shape.count <= Shape.maximumRank else {
        throw FormatError(
          "\(name) has \(array.shape.count) axes; a tensor has at most \(Shape.maximumRank)")
      }
      if let extent = array.shape.first(where: { $0 > Int(Int32.max) }) {
        throw FormatError("\(name) has an axis of \(extent); an axis has at most \(Int32.max)")
      }
      parameters.append((name, Tensor(try array.finiteFloats(name), shape: Shape(array.shape))))
    }
    return parameters
  }

  func write(to path: String) throws(FileError) {
    let bytes: [UInt8]
    do {
      bytes = try encode()
    } catch {
      throw .invalid(path: path, error)
    }
    try OutputFile.write(bytes, to: path)
  }
}

func arrays(_ tensors: [(name: String, tensor: Tensor)]) -> NamedArrays {
  var arrays = NamedArrays()
  for (name, tensor) in tensors {
    let isNew = arrays.append(
      NumericArray(tensor.elements, shape: Array(tensor.shape)), named: name)
    precondition(isNew, "two parameters are called \(name)")
  }
  return arrays
}
