import Storage

/// A safetensors file: named arrays, and a map of texts that says what they are.
///
/// Follows the reference implementation (Hugging Face's `safetensors` 0.8): eight bytes with the
/// size of a JSON header, the header, and the elements without a gap or an overlap. Written files
/// equal the reference's byte for byte.
public struct SafeTensors: Equatable, Sendable {
  /// The arrays; after reading, in the order of their elements in the file.
  public var tensors: NamedArrays
  /// Free texts under unique names (`__metadata__` in the header).
  public var metadata: [String: String]

  /// Creates the content of a file.
  public init(tensors: NamedArrays, metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  private static let largestHeader = 100_000_000
  private static let metadataKey = "__metadata__"
}

// MARK: - Reading

extension SafeTensors {
  /// Decodes a file.
  ///
  /// - Throws: An error where the reference implementation refuses the file, where a key is there
  ///   twice, and for element types other than integers, truth values and floats of 16 bits and
  ///   more.
  public static func decode(_ bytes: [UInt8]) throws(FormatError) -> SafeTensors {
    try decode(bytes, only: nil).file
  }

  /// Decodes the tensors of some names, where `wanted` is not nil, and gives the names of all.
  ///
  /// - Throws: What `decode(_:)` throws; the others may have any element type.
  static func decode(
    _ bytes: [UInt8], only wanted: [String]?
  ) throws(FormatError) -> (file: SafeTensors, names: [String]) {
    var reader = ByteReader(bytes[...])
    let headerSize = try reader.integer(UInt64.self)
    guard headerSize <= largestHeader else {
      throw FormatError(
        "this is no safetensors file: its header would have \(headerSize) bytes, and 100 MB are the most"
      )
    }
    let headerBytes = try reader.take(headerSize)
    // What the header says takes many times its size while it is parsed.
    try AvailableMemory.require(48 * headerBytes.count, to: "reading the header")
    guard headerBytes.first == UInt8(ascii: "{") else {
      throw FormatError("the header of a safetensors file should be a JSON object")
    }
    let header: [JSON.Member]
    do {
      header = try JSON(reading: headerBytes).members ?? []
    } catch {
      throw FormatError("the JSON header is damaged: \(error)")
    }

    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for member in header {
      let (name, value) = (member.key, member.value)
      do throws(FormatError) {
        if name == metadataKey {
          metadata = try texts(value)
        } else {
          entries.append(try Entry(name: name, description: value))
        }
      } catch {
        throw error.inside("the header entry \"\(name)\"")
      }
    }

    var tensors: NamedArrays = [:]
    // An empty tensor starts where the next one does, and goes before it.
    entries.sort { ($0.start, $0.end) < ($1.start, $1.end) }
    var position = 0
    for entry in entries {
      do throws(FormatError) {
        guard entry.start == position else {
          throw FormatError("the elements should start at offset \(position), not \(entry.start)")
        }
        guard entry.end >= position else {
          throw FormatError(
            "the elements should end at offset \(position) or more, not \(entry.end)")
        }
        position = entry.end
        let content = try reader.take(entry.end - entry.start)
        if let wanted, !wanted.contains(entry.name) { continue }
        let array = try NumericArray(shape: entry.shape, type: entry.type, bytes: content)
        _ = tensors.append(array, named: entry.name)
      } catch {
        throw error.inside("the tensor \"\(entry.name)\"")
      }
    }
    guard reader.rest.isEmpty else {
      throw FormatError("\(reader.rest.count) bytes follow the last tensor")
    }
    return (SafeTensors(tensors: tensors, metadata: metadata), entries.map { $0.name })
  }

  private static func texts(_ value: JSON) throws(FormatError) -> [String: String] {
    var texts: [String: String] = [:]
    guard let entries = value.members else {
      throw FormatError("this should be an object of strings")
    }
    for entry in entries {
      guard let text = entry.value.text else {
        throw FormatError("the value of \"\(entry.key)\" should be a string")
      }
      texts[entry.key] = text
    }
    return texts
  }

  /// What the header says about one tensor.
  private struct Entry {
    let name: String
    private let typeName: String
    let shape: [Int]
    let start: Int
    let end: Int

    init(name: String, description: JSON) throws(FormatError) {
      guard description.members?.count == 3, let typeName = description["dtype"]?.text,
        let sizes = description["shape"]?.elements,
        let offsets = description["data_offsets"]?.elements, offsets.count == 2,
        let start = offsets[0].integer, let end = offsets[1].integer
      else {
        throw FormatError(
          "its header should have a dtype, a shape and two data_offsets, whole numbers")
      }
      self.name = name
      self.typeName = typeName
      shape = try sizes.map { size throws(FormatError) in
        guard let size = size.integer, size >= 0 else {
          throw FormatError("its shape should hold whole numbers, 0 or more")
        }
        return size
      }
      self.start = start
      self.end = end
    }

    var type: ElementType {
      get throws(FormatError) {
        guard let type = ElementType.allCases.first(where: { $0.safeTensorsName == typeName })
        else {
          throw FormatError(
            "the dtype \(typeName.prefix(40)) is not supported; it should be a number of 8 to 64 bits, such as F32"
          )
        }
        return type
      }
    }
  }
}

// MARK: - Writing

extension SafeTensors {
  /// Encodes the tensors, ordered by element type and name as the reference does.
  ///
  /// - Throws: An error where a tensor has the name of the metadata, or the header would pass
  ///   100 MB.
  public func encode() throws(FormatError) -> [UInt8] {
    guard tensors[Self.metadataKey] == nil else {
      throw FormatError("no tensor can have the name \(Self.metadataKey)")
    }
    // Wide types first, so that every tensor is aligned.
    let sorted = tensors.sorted { left, right in
      let (leftRank, rightRank) = (left.value.elements.rank, right.value.elements.rank)
      return leftRank == rightRank
        ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : leftRank > rightRank
    }
    var fields: [JSON.Member] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      fields.append(
        JSON.Member(Self.metadataKey, .object(texts.map { JSON.Member($0.key, .text($0.value)) })))
    }
    var position = 0
    for (name, array) in sorted {
      let end = position + array.byteCount
      let entry: JSON = [
        "dtype": .text(array.elements.type.safeTensorsName),
        "shape": .array(array.shape.map { .integer($0) }),
        "data_offsets": [.integer(position), .integer(end)],
      ]
      fields.append(JSON.Member(name, entry))
      position = end
    }
    var header = JSON.object(fields).compact
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    guard header.utf8.count <= Self.largestHeader else {
      throw FormatError("the header of \(tensors.count) tensors passes the limit of 100 MB")
    }

    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.utf8.count + position)
    bytes.append(littleEndian: UInt64(header.utf8.count))
    bytes.append(header)
    for (_, array) in sorted { bytes += array.littleEndianBytes }
    return bytes
  }
}

extension NumericArray.Elements {
  /// The place of the element type in the order that the reference implementation sorts by.
  fileprivate var rank: Int {
    switch self {
    case .bool: 0
    case .uint8: 1
    case .int32: 2
    case .float32: 3
    case .float64: 4
    case .int64: 5
    }
  }
}
