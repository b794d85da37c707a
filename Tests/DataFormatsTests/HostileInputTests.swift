import MNIST1D
import Storage
import DataFormats
import Testing

@Suite("Hostile input")
struct HostileInputTests {
  /// A reader of untrusted bytes and a golden file that it reads.
  struct Target: CustomTestStringConvertible, Sendable {
    let file: String
    let decode: @Sendable ([UInt8]) throws(FormatError) -> Void
    var testDescription: String { file }
  }

  static let targets: [Target] =
    [
      Target(file: "version2.npy") { bytes throws(FormatError) in _ = try NPY.decode(bytes) },
      Target(file: "numpy.npz") { bytes throws(FormatError) in _ = try NPZ.decode(bytes) },
      Target(file: "numpy_compressed.npz") { bytes throws(FormatError) in
        _ = try NPZ.decode(bytes)
      },
      Target(file: "streamed.npz") { bytes throws(FormatError) in _ = try NPZ.decode(bytes) },
      Target(file: "written.safetensors") { bytes throws(FormatError) in
        _ = try SafeTensors.decode(bytes)
      },
      Target(file: "dataset.csv") { bytes throws(FormatError) in
        _ = try DatasetFormat.csv.decode(bytes)
      },
      Target(file: "dataset.npz") { bytes throws(FormatError) in
        _ = try DatasetFormat.npz.decode(bytes)
      },
    ]
    + [
      "dataset_protocol2.pkl", "dataset_protocol3.pkl", "dataset_protocol4.pkl",
      "dataset_protocol5.pkl", "numpy_protocol2.pkl", "numpy_protocol4.pkl",
      "values_protocol3.pkl", "values_protocol5.pkl",
    ].map { file in
      Target(file: file) { bytes throws(FormatError) in
        let value = try Pickle.decode(bytes)
        if file.hasPrefix("dataset") { _ = try Dataset(pickle: value) }
      }
    }

  /// A table whose last rows are missing is a table, and bytes behind an archive are a mirror's.
  static let framed = targets.filter { !$0.file.hasSuffix(".csv") }
  static let sealed = framed.filter { !$0.file.hasSuffix(".npz") }

  @Test("a file that is cut short at any byte is refused", arguments: framed)
  func prefixes(_ target: Target) throws {
    let bytes = try Golden.bytes(target.file)
    try target.decode(bytes)
    for count in 0..<bytes.count {
      do throws(FormatError) {
        try target.decode(Array(bytes[..<count]))
        Issue.record("\(count) of \(bytes.count) bytes are read as if they were all")
      } catch {
        continue
      }
    }
  }

  @Test("a file with any byte appended is refused", arguments: sealed)
  func trailingBytes(_ target: Target) throws {
    let bytes = try Golden.bytes(target.file)
    for extra in [UInt8(0), 0x0A, 0x20, 0xFF] {
      #expect(throws: FormatError.self) { try target.decode(bytes + [extra]) }
    }
  }

  @Test("no change of a few bytes does more than give an error", arguments: targets)
  func changedBytes(_ target: Target) throws {
    let bytes = try Golden.bytes(target.file)
    var random = SplitMix(state: 0x6D6E_6973_7431)
    var refused = 0
    for _ in 0..<3000 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<changed.count, using: &random)
        switch UInt8.random(in: 0..<4, using: &random) {
        case 0: changed[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: changed[index] = .random(in: 0 ... .max, using: &random)
        case 2: changed[index] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        default: changed.remove(at: index)
        }
      }
      do throws(FormatError) {
        try target.decode(changed)
      } catch {
        refused += 1
      }
    }
    #expect(refused > 500)
  }

  /// The generator of Steele, Lea and Flood (2014), for the same changes in every run.
  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
      return value ^ value >> 31
    }
  }
}
