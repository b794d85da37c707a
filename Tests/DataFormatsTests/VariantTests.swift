import Storage
import DataFormats
import Fixtures
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Testing

@Suite("What others write")
struct VariantTests {
  /// One dataset in many files, made by NumPy, pandas and zipfile, and base64.
  private struct Variants: Decodable {
    let values: [String: [Double]]
    let files: [String: Data]
  }

  private static let variants = Result {
    try Fixture.json("formats/variants.json", as: Variants.self)
  }

  @Test("a dataset is read however NumPy, pandas or a spreadsheet wrote it")
  func reads() throws {
    let variants = try Self.variants.get()
    #expect(variants.files.count > 40)
    for (name, file) in variants.files {
      let format = try DatasetFormat(path: "data." + name.prefix { $0 != ":" })
      do {
        let dataset = try format.decode(Array(file))
        #expect(dataset.x.values == variants.values["x"], "\(name)")
        #expect(dataset.xTest.values == variants.values["x_test"], "\(name)")
        #expect(dataset.y.map(Double.init) == variants.values["y"], "\(name)")
        #expect(dataset.yTest.map(Double.init) == variants.values["y_test"], "\(name)")
        let hasTimes = !name.contains("no times") && (format != .csv || name.contains("of times"))
        #expect(dataset.t == (hasTimes ? variants.values["t"] : [-5.0 / 6, 5.0 / 6]), "\(name)")
      } catch {
        Issue.record("\(name): \(error)")
      }
    }
  }

  @Test("a file without a known name is read by what it holds, from a pipe, too")
  func pipes() throws {
    let variants = try Self.variants.get()
    for (name, file) in variants.files where !name.contains("before") && !name.contains("around") {
      if name.hasPrefix("pkl: protocol 0") || name.hasPrefix("pkl: protocol 1") { continue }
      try inFolder { folder in
        let pipe = "\(folder)/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        let writer = Thread {
          let descriptor = open(pipe, O_WRONLY)
          file.withUnsafeBytes { _ = write(descriptor, $0.baseAddress, $0.count) }
          close(descriptor)
        }
        writer.start()
        #expect(try Dataset(reading: pipe).x.values == variants.values["x"], "\(name)")
      }
    }
  }

  @Test(
    "a network that torch.nn.utils.prune has pruned is a ticket, whose other parameters are whole")
  func prunedTicket() throws {
    let ticket = try TicketFile(reading: Fixture.url("pruned.safetensors").path)
    #expect(ticket.droppedPrefix == "module.")
    #expect(ticket.hiddenUnits == 2 && ticket.classes == 2)
    var generator = TorchGenerator(seed: 0)
    let network = MultilayerPerceptron(inputs: 3, hidden: 2, classes: 2, using: &generator)
    let masked = try ticket.masked(network)
    #expect(masked.mask.survivors.linear1.weight.elements.count { $0 == 0 } == 3)
    #expect(masked.mask.survivors.linear2.weight.elements.count { $0 == 0 } == 1)
    #expect(masked.mask.survivors.linear3.weight.elements == [1, 1, 1, 1])
  }

  @Test(
    "what torch.compile and DataParallel put before every name is dropped",
    arguments: ["module.", "_orig_mod.", "_orig_mod.module.", "module._orig_mod.", "model."])
  func wrappers(_ prefix: String) throws {
    try inFolder { folder in
      var tensors = NamedArrays()
      for (name, array) in try weights() { _ = tensors.append(array, named: prefix + name) }
      let path = "\(folder)/w.safetensors"
      try OutputFile.write(SafeTensors(tensors: tensors).encode(), to: path)
      let file = try WeightsFile(reading: path)
      #expect(file.droppedPrefix == prefix)
      #expect(file.classes == 3)
      var generator = TorchGenerator(seed: 0)
      var network = LogisticRegression(inputs: 2, classes: 3, using: &generator)
      try file.load(into: &network)
      #expect(network.linear.bias.elements == [7, 8, 9])
    }
  }

  private func weights() throws -> NamedArrays {
    [
      "linear.weight": NumericArray([1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2]),
      "linear.bias": NumericArray([7, 8, 9] as [Float]),
    ]
  }

  @Test(
    "weights that are not finite, or beyond float32, are refused with their place",
    arguments: [
      (NumericArray([0.0, 0, 0, 0, 0, .nan], shape: [3, 2]), "w[2, 1] is nan"),
      (NumericArray([0.0, -.infinity, 0, 0, 0, 0], shape: [3, 2]), "w[0, 1] is -inf"),
      (
        NumericArray([1e300, 0, 0, 0, 0, 0], shape: [3, 2]), "w[0, 0] is 1e+300, which lies beyond"
      ),
      (NumericArray([0, .nan] as [Float]), "w[1] is nan"),
      (NumericArray([.infinity] as [Float], shape: []), "w is inf"),
    ])
  func notFinite(_ array: NumericArray, _ reason: String) throws {
    let error = #expect(throws: FormatError.self) {
      try SafeTensors(tensors: ["w": array]).parameters()
    }
    #expect(error?.description.hasPrefix(reason) == true, "\(error?.description ?? "")")
  }

  @Test("a file that is something else is named as what it is")
  func mistaken() throws {
    let cases: [(String, [UInt8])] = [
      (
        "a Git LFS pointer",
        Array("version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 1\n".utf8)
      ),
      ("an HTML page", Array("\n <!DOCTYPE html>\n<html></html>".utf8)),
      ("an HTML page", Array("<html lang=en>".utf8)),
      ("an empty file", []),
      ("compressed by gzip", [0x1F, 0x8B, 8, 0, 0]),
      ("compressed by xz", [0xFD] + Array("7zXZ\0\0".utf8)),
      ("an HDF5 file", [0x89] + Array("HDF\r\n\u{1A}\n".utf8)),
      ("text in UTF-16", [0xFF, 0xFE, 0x73, 0]),
      ("a JSON text", Array("{\"x\": [1]}".utf8)),
      ("an XML document", Array("<?xml version='1.0'?>".utf8)),
      ("a PNG image", [0x89] + Array("PNG\r\n".utf8)),
      ("one NumPy array", NPY.encode(NumericArray([1.0]))),
      (
        "a file of torch.save",
        [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
      ),
      (
        "a file of torch.save",
        [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 22) + [16, 0, 0, 0]
          + Array("archive/data.pkl".utf8)
      ),
    ]
    try inFolder { folder in
      for (name, bytes) in cases {
        for ending in ["npz", "pkl", "csv", "safetensors"] {
          let path = "\(folder)/data.\(ending)"
          try OutputFile.write(bytes, to: path)
          let error = #expect(throws: FileError.self) { try Dataset(reading: path) }
          #expect(error?.exitStatus == .badData)
          #expect(
            error?.description.hasPrefix("\(path): this is \(name)") == true,
            "\(error?.description ?? "")")
        }
        let path = "\(folder)/data.safetensors"
        let error = #expect(throws: FileError.self) { try WeightsFile(reading: path) }
        #expect(error?.description.hasPrefix("\(path): this is \(name)") == true)
        let other = #expect(throws: FileError.self) { try TicketFile(reading: path) }
        #expect(other?.description == error?.description)
      }
    }
  }

  @Test("a dataset under another format's name is told which name is right")
  func misnamed() throws {
    let dataset = try Golden.dataset()
    try inFolder { folder in
      for format in DatasetFormat.allCases {
        for other in DatasetFormat.allCases where other != format {
          let path = "\(folder)/data.\(other.rawValue)"
          try OutputFile.write(format.encode(dataset), to: path)
          let error = #expect(throws: FileError.self) { try Dataset(reading: path) }
          #expect(error?.exitStatus == .badData)
          #expect(
            error?.description.hasSuffix("a name that ends in .\(format.rawValue) says so") == true,
            "\(error?.description ?? "")")
        }
      }
    }
  }

  @Test("a CSV file has whole labels alone in their column, and its times in a file beside it")
  func times() throws {
    let dataset = try Golden.dataset()
    try inFolder { folder in
      try dataset.write(to: "\(folder)/data.csv")
      let table = try CSVTable.decode(InputFile.read("\(folder)/data.csv"))
      #expect(table.rows.allSatisfy { Int($0[1]) != nil })
      #expect(try Dataset(reading: "\(folder)/data.csv").t == dataset.t)
      try FileManager.default.removeItem(atPath: "\(folder)/data.t.csv")
      #expect(try Dataset(reading: "\(folder)/data.csv").x == dataset.x)
    }
  }

  @Test("a file that is larger than any can be is refused unread")
  func largeFile() throws {
    try inFolder { folder in
      let path = "\(folder)/w.safetensors"
      try OutputFile.write(Array("12345678{\"a\":".utf8), to: path)
      try #require(truncate(path, 5 << 30) == 0)
      let error = #expect(throws: FileError.self) { try InputFile.read(path) }
      #expect(error?.exitStatus == .badData)
      #expect(error?.description.contains("5.4 GB") == true)
    }
  }

  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }
}
