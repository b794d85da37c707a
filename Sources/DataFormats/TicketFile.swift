import Storage
import NeuralNetworks
import Tensors

/// A lottery ticket in a file: initial weights and the mask of those that survived a pruning.
///
/// The file is a safetensors file with two arrays per parameter, named as in the `state_dict` of a PyTorch model that
/// `torch.nn.utils.prune` has pruned: `linear1.weight_orig` holds the weights, `linear1.weight_mask` ones and zeros. A
/// parameter that was not pruned has one array under its own name, and no mask.
public struct TicketFile: Sendable {
  private let path: String
  private let weights: Named
  private let masks: Named
  /// What stood before every name and was dropped, such as `module.` or `_orig_mod.`; nil where nothing did.
  public let droppedPrefix: String?

  private typealias Named = [(name: String, tensor: Tensor)]

  private static let (weightEnding, maskEnding) = ("_orig", "_mask")

  /// Reads a ticket.
  ///
  /// - Throws: `FileError` if the file is missing or damaged, or is no ticket.
  public init(reading path: String) throws(FileError) {
    let bytes = try InputFile.read(
      path,
      accepting: { start throws(FormatError) in try FileUse.weights.accept(start) },
      { $0 })
    try self.init(decoding: bytes, path: path)
  }

  /// Decodes the bytes of a ticket that is called `path` in messages.
  ///
  /// - Throws: `FileError` if they are damaged or no ticket.
  package init(decoding bytes: [UInt8], path: String) throws(FileError) {
    self.path = path
    do {
      let named = withoutWrapper(try SafeTensors.decode(bytes).parameters())
      droppedPrefix = named.prefix
      (weights, masks) = try Self.parts(of: named.tensors)
    } catch {
      throw .invalid(path: path, error)
    }
  }

  private static func parts(of tensors: Named)
    throws(FormatError) -> (weights: Named, masks: Named)
  {
    var (weights, masks) = (Named(), Named())
    for (name, tensor) in tensors {
      if name.hasSuffix(weightEnding) {
        weights.append((String(name.dropLast(weightEnding.count)), tensor))
      } else if name.hasSuffix(maskEnding) {
        masks.append((String(name.dropLast(maskEnding.count)), tensor))
        if let value = tensor.elements.first(where: { $0 != 0 && $0 != 1 }) {
          throw FormatError("\(name) holds \(value); a mask holds ones and zeros")
        }
      } else {
        weights.append((name, tensor))
        masks.append((name, Tensor.ones(tensor.shape)))
      }
    }
    guard tensors.contains(where: { $0.name.hasSuffix(maskEnding) }) else {
      throw FormatError(
        "it holds no masks, so it is no ticket: a ticket holds, for every pruned parameter, its initial values with a "
          + "name that ends in \(weightEnding), and a mask with one that ends in \(maskEnding)")
    }
    return (weights, masks)
  }

  /// How many classes a network tells apart that fits the ticket; nil if that cannot be seen.
  public var classes: Int? { WeightsFile.classes(of: weights) }

  /// How many hidden units a fully-connected network has that fits the ticket; nil if none does.
  public var hiddenUnits: Int? { MultilayerPerceptron.hiddenUnits(of: weights) }

  /// Sixteen hexadecimal digits that depend on every bit of the masks.
  public var digest: String { masks.map { $0.tensor }.digest }

  /// The ticket as a network.
  ///
  /// - Parameter network: a network of the ticket's kind and size.
  /// - Returns: the network with the ticket's weights and mask.
  /// - Throws: `FileError` if names or shapes are not those of the network.
  public func masked<Network: Layer>(_ network: Network) throws(FileError) -> Masked<Network> {
    let initial = try load(weights, ending: Self.weightEnding, into: network)
    let survivors = try load(masks, ending: Self.maskEnding, into: network)
    guard let mask = Mask(survivors) else {
      preconditionFailure("the masks were read and hold something else than ones and zeros")
    }
    return Masked(initial, by: mask)
  }

  private func load<Network: Layer>(
    _ tensors: Named, ending: String, into network: Network
  ) throws(FileError) -> Network {
    var loaded = network
    do {
      try loaded.loadParameters(tensors)
    } catch {
      throw .invalid(
        path: path,
        FormatError("the tensors that end in \(ending) do not fit the model: \(error.reason)"))
    }
    return loaded
  }
}

extension SafeTensors {
  /// The content of a ticket's file; see ``TicketFile``.
  ///
  /// - Parameters:
  ///   - initial: the network before its first training, pruned parameters included.
  ///   - mask: which of them survive.
  public init<Network: Parameterized & Sendable>(ticketOf initial: Network, mask: Mask<Network>) {
    self.init(tensors: [:])
    for (parameter, survivors) in zip(initial.namedParameters, mask.survivors.parameters) {
      let shape = Array(parameter.tensor.shape)
      let ones = survivors.elements.map { $0 == 1 }
      for (name, array) in [
        ("\(parameter.name)_orig", NumericArray(parameter.tensor.elements, shape: shape)),
        ("\(parameter.name)_mask", NumericArray(shape: shape, elements: .bool(ones))),
      ] {
        let isNew = tensors.append(array, named: name)
        precondition(isNew, "two parameters are called \(name)")
      }
    }
  }
}
