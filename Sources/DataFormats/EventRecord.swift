import Storage

/// One record of TensorBoard's event files, as far as curves need them.
///
/// A file is a sequence of TensorFlow's records: the length of the data (64 bits), its masked CRC-32C, the data, their
/// masked CRC-32C, all little-endian. The data are the protocol buffer `Event`, of which the first one in a file holds
/// the version and every other one a `Summary` of scalars.
///
/// Source: `tensorflow/core/lib/io/record_writer.cc`, `event.proto` and `summary.proto` of TensorFlow.
package struct EventRecord: Equatable, Sendable {
  /// What an event says.
  package enum Content: Equatable, Sendable {
    /// The first event of every file.
    case version
    /// Values of curves at one step.
    case scalars([Scalar], step: Int)
  }

  /// The value of one curve.
  package struct Scalar: Equatable, Sendable {
    /// The name of the curve; what comes before a slash groups curves on the page.
    package var tag: String
    /// The value.
    package var value: Float

    /// Names a value.
    package init(_ tag: String, _ value: Float) {
      self.tag = tag
      self.value = value
    }
  }

  /// When it happened, in seconds since 1970.
  package var time: Double
  /// What happened.
  package var content: Content

  /// Dates an event.
  package init(_ content: Content, time: Double) {
    self.time = time
    self.content = content
  }

  /// The record's bytes, ready to be appended to a file.
  package var bytes: [UInt8] {
    var event = ProtocolBuffer()
    event.append(time.bitPattern, field: 1)
    switch content {
    case .version:
      event.append(Array("brain.Event:2".utf8), field: 3)
    case .scalars(let scalars, let step):
      event.append(varint: UInt64(bitPattern: Int64(step)), field: 2)
      var summary = ProtocolBuffer()
      for scalar in scalars {
        var value = ProtocolBuffer()
        value.append(Array(scalar.tag.utf8), field: 1)
        value.append(scalar.value.bitPattern, field: 2)
        summary.append(value.bytes, field: 1)
      }
      event.append(summary.bytes, field: 5)
    }
    var length: [UInt8] = []
    length.append(littleEndian: UInt64(event.bytes.count))
    var record = length
    record.append(littleEndian: Self.maskedChecksum(length))
    record += event.bytes
    record.append(littleEndian: Self.maskedChecksum(event.bytes))
    return record
  }

  /// The rotation and the constant keep a checksum of data that hold checksums from being a simple one.
  static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
    let checksum = CRC32.castagnoli.checksum(bytes)
    return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }
}

/// A message in the wire format of protocol buffers.
private struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func append(varint value: UInt64, field: UInt64) {
    append(varint: field << 3)
    append(varint: value)
  }

  mutating func append(_ value: UInt64, field: UInt64) {
    append(varint: field << 3 | 1)
    bytes.append(littleEndian: value)
  }

  mutating func append(_ value: UInt32, field: UInt64) {
    append(varint: field << 3 | 5)
    bytes.append(littleEndian: value)
  }

  mutating func append(_ content: [UInt8], field: UInt64) {
    append(varint: field << 3 | 2)
    append(varint: UInt64(content.count))
    bytes += content
  }
}
