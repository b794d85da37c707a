import Storage
import DataFormats
import Foundation
import Testing

@Suite("A header that promises 10 GB", .serialized)
struct HugeHeaderTests {
  @Test("is refused without memory being taken for it, whatever the format")
  func refusal() async {
    await #expect(processExitsWith: .exitCode(0)) {
      // More than the program needs, and far less than the headers promise.
      #if os(Linux)
        let resource = __rlimit_resource_t(9)
      #else
        let resource = RLIMIT_AS
      #endif
      var limit = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
      setrlimit(resource, &limit)
      for bytes in [npy, fortranNPY] {
        refuse { () throws(FormatError) in _ = try NPY.decode(bytes) }
      }
      refuse { () throws(FormatError) in _ = try SafeTensors.decode(safetensors) }
      refuse { () throws(FormatError) in _ = try SafeTensors.decode(hugeSafetensorsHeader) }
      for bytes in [idx, packedIDX] {
        refuse { () throws(FormatError) in _ = try IDX.decode(bytes, as: .images) }
      }
      for bytes in pickles { refuse { () throws(FormatError) in _ = try Pickle.decode(bytes) } }
      exit(0)
    }
  }
}

private func refuse(_ read: () throws(FormatError) -> Void) {
  do throws(FormatError) {
    try read()
    exit(1)
  } catch {
    return
  }
}

private func npyHeader(fortran: String) -> [UInt8] {
  let header = "{'descr': '<f8', 'fortran_order': \(fortran), 'shape': (1250000000,), }\n"
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
    + [0, 0, 0, 0, 0, 0, 0, 0]
}

private var npy: [UInt8] { npyHeader(fortran: "False") }
private var fortranNPY: [UInt8] { npyHeader(fortran: "True") }

private var safetensors: [UInt8] {
  let header = #"{"a":{"dtype":"F64","shape":[1250000000],"data_offsets":[0,10000000000]}}"#
  return [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [0, 0, 0, 0]
}

/// A header of 90 MB, within the format's limit, of which nothing is there.
private var hugeSafetensorsHeader: [UInt8] { [0, 0x4A, 0x5D, 5, 0, 0, 0, 0] + Array("{}".utf8) }

/// 100,000 images of 400×250 pixels, of which none is there; as it is and as gzip stores it.
private var idx: [UInt8] { [0, 0, 8, 3, 0, 1, 0x86, 0xA0, 0, 0, 1, 0x90, 0, 0, 0, 0xFA] }
private var packedIDX: [UInt8] {
  [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 16, 0, 0xEF, 0xFF] + idx
    + [UInt8](repeating: 0, count: 8)
}

/// Byte strings and texts of 10 GB, in the opcodes of protocols 3 to 5, and a memo with that many places.
private var pickles: [[UInt8]] {
  let size: [UInt8] = [0, 0xE4, 0x0B, 0x54, 2, 0, 0, 0]
  return [
    [0x80, 4, 0x8E] + size, [0x80, 4, 0x8D] + size, [0x80, 5, 0x96] + size,
    [0x80, 4, 0x95] + size, [0x80, 2, 0x4E, 0x72, 0xFF, 0xFF, 0xFF, 0xFF, 0x2E, 0x2E],
    [0x80, 3, 0x42, 0xFF, 0xFF, 0xFF, 0xFF],
  ]
}
