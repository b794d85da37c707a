import Storage
import NeuralNetworks
import Tensors

// A training's state as a safetensors file: tensors in single precision, series in double precision, and the numbers
// as metadata.
extension TrainingState {
  /// Reads a state that ``write(to:)`` has written.
  ///
  /// - Throws: `FileError` if the file is missing or damaged.
  public init(reading path: String) throws(FileError) {
    self = try InputFile.read(path, TrainingState.init(decoding:))
  }

  /// Writes the state, whole or not at all.
  ///
  /// - Throws: `FileError` if the file cannot be written.
  public func write(to path: String) throws(FileError) {
    try SafeTensors(self).write(to: path)
  }

  /// Decodes the bytes of a safetensors file.
  ///
  /// - Throws: `FormatError` if they are no such file.
  public init(decoding bytes: [UInt8]) throws(FormatError) {
    var file = try SafeTensors.decode(bytes)
    var series: [(name: String, values: [Double])] = []
    var tensors: NamedArrays = [:]
    for (name, array) in file.tensors {
      if case .float64(let values) = array.elements, array.shape.count == 1 {
        series.append((name, values))
      } else {
        _ = tensors.append(array, named: name)
      }
    }
    file.tensors = tensors
    self.init(tensors: try file.parameters(), numbers: file.metadata, series: series)
  }

  /// The bytes of a safetensors file from which ``init(decoding:)`` makes the same state.
  public func encode() throws(FormatError) -> [UInt8] { try SafeTensors(self).encode() }
}

extension SafeTensors {
  fileprivate init(_ state: TrainingState) {
    self.init(tensors: arrays(state.tensors), metadata: state.numbers)
    for (name, values) in state.series {
      let isNew = tensors.append(NumericArray(values), named: name)
      precondition(isNew, "a series has the name \(name) of a tensor")
    }
  }
}
