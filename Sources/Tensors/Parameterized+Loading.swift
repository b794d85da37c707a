/// Why tensors do not fit the parameters they are meant for.
public struct ParameterMismatch: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, as a clause without a full stop.
  public let reason: String

  /// One sentence.
  public var description: String { "The tensors do not fit the model: \(reason)." }
}

extension Parameterized {
  /// Replaces every parameter by the tensor of its name.
  ///
  /// - Throws: `ParameterMismatch` if a name is missing, unknown or given twice, or a shape differs; nothing is
  ///   changed then.
  public mutating func loadParameters(_ tensors: [(name: String, tensor: Tensor)])
    throws(ParameterMismatch)
  {
    update(.parameters, along: try matches(for: namedParameters, among: tensors), replace)
  }

  /// Replaces every parameter and every state by the tensor of its name, as PyTorch's `load_state_dict` does.
  ///
  /// - Throws: As ``loadParameters(_:)``.
  public mutating func loadTensors(_ tensors: [(name: String, tensor: Tensor)])
    throws(ParameterMismatch)
  {
    update(.all, along: try matches(for: namedTensors, among: tensors), replace)
  }

  /// The tensor of its name for each of one's own.
  private func matches(
    for own: [(name: String, tensor: Tensor)], among tensors: [(name: String, tensor: Tensor)]
  ) throws(ParameterMismatch) -> [Tensor] {
    var given: [String: Tensor] = [:]
    for (name, tensor) in tensors {
      guard given.updateValue(tensor, forKey: name) == nil else {
        throw ParameterMismatch(reason: "'\(name)' is given twice")
      }
    }
    var replacements: [Tensor] = []
    for (name, tensor) in own {
      guard let replacement = given.removeValue(forKey: name) else {
        throw ParameterMismatch(
          reason: "'\(name)' of shape \(tensor.shape) is missing; found \(listing(tensors))")
      }
      guard replacement.shape == tensor.shape else {
        throw ParameterMismatch(
          reason: "'\(name)' has the shape \(replacement.shape), where \(tensor.shape) is needed")
      }
      replacements.append(replacement)
    }
    if let unknown = tensors.first(where: { given[$0.name] != nil }) {
      throw ParameterMismatch(
        reason: "'\(unknown.name)' is none of the model's parameters, which are \(listing(own))")
    }
    return replacements
  }

  private func listing(_ tensors: [(name: String, tensor: Tensor)]) -> String {
    tensors.isEmpty ? "none" : tensors.map { $0.name }.joined(separator: ", ")
  }

  /// Sixteen hexadecimal digits that depend on every bit of the parameters and states, in the order of their visits.
  ///
  /// The 64-bit FNV-1a hash of the elements' little-endian bytes. Two runs that promise the same bits have the
  /// same digest.
  public var digest: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for tensor in tensors(.all) {
      tensor.withUnsafeElements { elements in
        for element in elements {
          for shift in stride(from: 0, to: 32, by: 8) {
            hash ^= UInt64((element.bitPattern >> UInt32(shift)) & 0xff)
            hash &*= 0x100_0000_01b3
          }
        }
      }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
