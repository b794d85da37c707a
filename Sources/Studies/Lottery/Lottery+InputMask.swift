import Foundation
import Tensors

extension Lottery.InputMask {
  /// Packs the mask of a layer's weights, [units, inputs].
  init(_ weights: Tensor, shape: [Int]) {
    var bytes = [UInt8](repeating: 0, count: (weights.count + 7) / 8)
    for (position, weight) in weights.elements.enumerated() where weight == 1 {
      bytes[position / 8] |= 0x80 >> UInt8(position % 8)
    }
    self.init(shape: shape, bits: Data(bytes))
  }

  /// The units, of which there are so many; nil for bits of another number of them.
  func adjacency(units: Int) -> Adjacency? {
    guard (1...2).contains(shape.count), shape.allSatisfy({ (1...10_000).contains($0) }) else {
      return nil
    }
    let inputs = shape.reduce(1, *)
    let bytes = Array(bits)
    guard bytes.count == (units * inputs + 7) / 8 else { return nil }
    return Adjacency(
      units: (0..<units).map { unit in
        (unit * inputs..<(unit + 1) * inputs).map {
          bytes[$0 / 8] & (0x80 >> UInt8($0 % 8)) != 0
        }
      }, shape: shape)
  }
}
