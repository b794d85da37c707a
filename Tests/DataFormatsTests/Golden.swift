import MNIST1D
import Storage
import DataFormats
import Fixtures

/// An array as the golden files describe it: comparing two compares every bit.
struct ExactArray: Decodable, Equatable {
  let shape: [Int]
  let type: String
  let hex: String

  init(_ array: NumericArray) {
    shape = array.shape
    type =
      switch array.elements {
      case .float64: "float64"
      case .float32: "float32"
      case .int64: "int64"
      case .int32: "int32"
      case .uint8: "uint8"
      case .bool: "bool"
      }
    hex = Golden.hex(array.littleEndianBytes)
  }
}

/// The golden files of this module.
enum Golden {
  static func bytes(_ name: String) throws -> [UInt8] {
    try InputFile.read(Fixture.url("formats/\(name)").path)
  }

  static func json<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try Fixture.json("formats/\(name)", as: type)
  }

  static func arrays(_ name: String) throws -> [String: ExactArray] {
    try json(name, as: [String: ExactArray].self)
  }

  /// The dataset that the reference implementation made for the golden files.
  static func dataset() throws -> Dataset {
    try Dataset(named: NPZ.decode(bytes("dataset.npz")))
  }

  static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  static func unhex(_ text: String) -> [UInt8] {
    let digits = text.utf8.map { UInt8($0 < 0x40 ? $0 - 0x30 : $0 - 0x57) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

extension NamedArrays {
  /// The arrays with every bit, by name.
  var exact: [String: ExactArray] {
    Dictionary(uniqueKeysWithValues: map { ($0.name, ExactArray($0.value)) })
  }
}

extension [UInt8] {
  /// The bytes with the first occurrence of a text replaced by one of the same length.
  func replacing(_ text: String, with other: String) -> [UInt8] {
    precondition(text.utf8.count == other.utf8.count)
    let pattern = Array(text.utf8)
    guard let start = indices.first(where: { self[$0...].starts(with: pattern) }) else {
      preconditionFailure("the bytes do not hold \"\(text)\"")
    }
    var result = self
    result.replaceSubrange(start..<start + pattern.count, with: other.utf8)
    return result
  }
}
