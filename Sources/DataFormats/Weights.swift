import NeuralNetworks
import Tensors

extension Parameterized {
  /// Replaces the parameters by those of a safetensors file, by name.
  ///
  /// The names and shapes are PyTorch's, so `safetensors.torch.save_file(model.state_dict(), path)` writes such a
  /// file.
  ///
  /// - Throws: ``FileError`` if the file is missing, damaged, or holds other names or shapes; nothing is changed
  ///   then.
  public mutating func loadWeights(from path: String) throws(FileError) {
    let tensors = try InputFile.read(path) { bytes throws(FormatError) in
      try SafeTensors.decode(bytes).parameters()
    }
    do {
      try loadParameters(tensors)
    } catch {
      throw .invalid(path: path, FormatError("the tensors do not fit the model: \(error.reason)"))
    }
  }

  /// Writes the parameters to a safetensors file, whole or not at all.
  ///
  /// - Throws: ``FileError`` if the file cannot be written.
  public func writeWeights(to path: String) throws(FileError) {
    try SafeTensors(parametersOf: self).write(to: path)
  }
}

extension MultilayerPerceptron {
  /// How many hidden units a network has that fits a file of weights; nil if none does.
  ///
  /// - Throws: ``FileError`` if the file is missing or damaged.
  public static func hiddenUnits(in path: String) throws(FileError) -> Int? {
    hiddenUnits(
      of: try InputFile.read(path) { bytes throws(FormatError) in
        try SafeTensors.decode(bytes).parameters()
      })
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
  /// - Throws: ``FileError`` if the file is missing, damaged, or holds other names or shapes.
  public init(reading path: String) throws(FileError) {
    let tensors = try InputFile.read(path) { bytes throws(FormatError) in
      try SafeTensors.decode(bytes).tensors
    }
    let hidden = max(1, tensors["network.linear1.bias"]?.elements.count ?? 1)
    self.init(network: ActivationNetwork(zeros: hidden))
    try loadWeights(from: path)
  }
}

extension SafeTensors {
  /// The content of a file of weights: the parameters under their names.
  public init(parametersOf model: some Parameterized) {
    self.init(tensors: arrays(model.namedParameters))
  }

  /// The arrays in single precision, to be loaded as parameters.
  ///
  /// - Throws: An error where an array has more axes, or longer ones, than a tensor can have.
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
      parameters.append((name, Tensor(try array.floats(), shape: Shape(array.shape))))
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
