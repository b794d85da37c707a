import MNIST1D
import Storage
import DataFormats
import Foundation
import Testing

@Suite("Files")
struct FileTests {
  /// Runs a test in a new folder that is removed afterwards.
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test("a dataset is written to and read from a file of every format")
  func datasetFiles() throws {
    let dataset = try Golden.dataset()
    try inFolder { folder in
      for format in DatasetFormat.allCases {
        let path = "\(folder)/data.\(format.rawValue.uppercased())"
        try dataset.write(to: path)
        let copy = try Dataset(reading: path)
        #expect(copy.x == dataset.x && copy.y == dataset.y && copy.t == dataset.t, "\(format)")
      }
    }
  }

  @Test(
    "an unknown extension is a usage error that lists the known ones",
    arguments: ["data.txt", "data", "npz", "folder.npz/data", "data.npz."])
  func extensions(_ path: String) throws {
    let error = #expect(throws: FileError.self) { try Dataset(reading: path) }
    #expect(
      error?.description
        == "\(path): the name should end in .npz, .pkl, .csv or .safetensors")
    #expect(error?.exitStatus == .usage)
    let dataset = try Golden.dataset()
    #expect(throws: FileError.self) { try dataset.write(to: path) }
  }

  @Test("a missing file, an unreadable one and bad data have their own exit statuses")
  func readingErrors() throws {
    try inFolder { folder in
      let missing = #expect(throws: FileError.self) {
        try Dataset(reading: "\(folder)/none.npz")
      }
      #expect(missing == .missing(path: "\(folder)/none.npz"))
      #expect(missing?.exitStatus == .missingFile)

      try FileManager.default.createDirectory(
        atPath: "\(folder)/folder.npz", withIntermediateDirectories: false)
      let unreadable = #expect(throws: FileError.self) {
        try Dataset(reading: "\(folder)/folder.npz")
      }
      #expect(unreadable?.description.hasSuffix("cannot be read: Is a directory") == true)
      #expect(unreadable?.exitStatus == .missingFile)

      try OutputFile.write(Array("PK".utf8), to: "\(folder)/bad.npz")
      let invalid = #expect(throws: FileError.self) {
        try Dataset(reading: "\(folder)/bad.npz")
      }
      #expect(invalid?.description.hasPrefix("\(folder)/bad.npz: the file is no zip") == true)
      #expect(invalid?.exitStatus == .badData)
    }
  }

  @Test("a file is replaced whole, and nothing else is left in its folder")
  func replaces() throws {
    try inFolder { folder in
      let path = "\(folder)/data"
      try OutputFile.write([UInt8](repeating: 1, count: 1000), to: path)
      try OutputFile.write([2, 3], to: path)
      #expect(try InputFile.read(path) == [2, 3])
      #expect(try names(in: folder) == ["data"])
    }
  }

  @Test("an empty file is written and read")
  func emptyFile() throws {
    try inFolder { folder in
      try OutputFile.write([], to: "\(folder)/data")
      #expect(try InputFile.read("\(folder)/data") == [])
    }
  }

  @Test("a symbolic link keeps pointing to the file that is replaced")
  func symbolicLink() throws {
    try inFolder { folder in
      try OutputFile.write([1], to: "\(folder)/target")
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/link", withDestinationPath: "target")
      try OutputFile.write([2], to: "\(folder)/link")
      #expect(try InputFile.read("\(folder)/target") == [2])
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/link") == "target")
    }
  }

  @Test("a failed replacement says why and leaves the old content and no other file")
  func failedReplacement() throws {
    try inFolder { folder in
      let path = "\(folder)/taken"
      try FileManager.default.createDirectory(
        atPath: "\(path)/inside", withIntermediateDirectories: true)
      let error = #expect(throws: FileError.self) { try OutputFile.write([1], to: path) }
      #expect(error?.description == "\(path): cannot be created: Is a directory")
      #expect(error?.exitStatus == .cannotCreate)
      #expect(try names(in: folder) == ["taken"])
      #expect(try names(in: path) == ["inside"])
    }
  }

  @Test("a file in a folder that is not there cannot be created")
  func missingFolder() throws {
    try inFolder { folder in
      let error = #expect(throws: FileError.self) {
        try OutputFile.write([1], to: "\(folder)/none/data")
      }
      #expect(
        error?.description
          == "\(folder)/none/data: cannot be created: No such file or directory")
      #expect(error?.exitStatus == .cannotCreate)
    }
  }

  #if os(Linux)
    @Test("a full device is a failure to write")
    func fullDevice() {
      let error = #expect(throws: FileError.self) { try OutputFile.write([1], to: "/dev/full") }
      #expect(error?.description == "/dev/full: cannot be written: No space left on device")
      #expect(error?.exitStatus == .inputOutput)
    }
  #endif

  @Test("a device is written to directly")
  func device() throws {
    try OutputFile.write([1], to: "/dev/null")
  }

  @Test("data that do not fit are an error before any file is made")
  func invalidData() throws {
    let dataset = try Dataset(
      x: [], y: [], xTest: [], yTest: [], t: [1e300], templates: nil)
    try inFolder { folder in
      let error = #expect(throws: FileError.self) {
        try dataset.write(to: "\(folder)/data.npz", precision: .float32)
      }
      #expect(error?.exitStatus == .badData)
      let left = try names(in: folder)
      #expect(left.isEmpty)
    }
  }
}
