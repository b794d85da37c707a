import Storage
import DataFormats
import Foundation
import Testing

@Suite("Event files for TensorBoard")
struct EventFileTests {
  /// What the `RecordWriter` and the protocol buffers of tensorboard 2.21 write.
  private let expected =
    "1800000000000000a37f4b2209000000000000f03f1a0d627261696e2e4576656e743a3286bf577a"
    + "2500000000000000eabc36f309000000000000f03f10ac022a170a0b0a046c6f7373150000003f"
    + "0a080a016115000000c0dc6a4d3f"

  @Test("equal those of TensorBoard's own writer in every byte")
  func bytes() {
    let bytes =
      EventRecord(.version, time: 1).bytes
      + EventRecord(.scalars([.init("loss", 0.5), .init("a", -2)], step: 300), time: 1).bytes
    #expect(hexadecimal(bytes) == expected)
  }

  @Test("are appended to while a training runs, and never share a name")
  func appending() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tb-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("deep/run").path
    let first = try EventFile(in: path, time: 7)
    let second = try EventFile(in: path, time: 7)
    first.append([.init("loss", 1)], step: 0, time: 8)
    try first.flush()
    try second.flush()
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    #expect(
      names == [
        "events.out.tfevents.0000000007.mnist1d.0", "events.out.tfevents.0000000007.mnist1d.1",
      ])
    let files = try names.map { try Data(contentsOf: URL(fileURLWithPath: "\(path)/\($0)")) }
    let version = EventRecord(.version, time: 7).bytes
    let scalar = EventRecord(.scalars([.init("loss", 1)], step: 0), time: 8).bytes
    #expect(Array(files[0]) == version + scalar)
    #expect(Array(files[1]) == version)
    second.append(["loss": 1], step: 0, time: 8)
    try second.flush()
    #expect(
      try Array(Data(contentsOf: URL(fileURLWithPath: "\(path)/\(names[1])"))) == version + scalar)
  }

  @Test("cannot lie where a file is")
  func impossible() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("tb-\(UUID())")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let error = #expect(throws: FileError.self) { try EventFile(in: file.path) }
    #expect(error?.exitStatus == .cannotCreate && error?.description.contains(file.path) == true)
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
