import DataFormats
import Fixtures
import NeuralNetworks
import Storage
import Studies
import Testing

@Suite("Published images")
struct PublishedImagesTests {
  @Test("are known by the digest of what the folder holds")
  func digest() throws {
    try DrawnFolders.withFolder(of: DrawnFolders.mnist(training: 20, test: 10)) { folder in
      var (path, digest) = (folder + "/./", "")
      try PublishedImages.mnist.resolve(&path, digest: &digest)
      #expect(try digest == ImageDataset(mnistIn: folder).sha256)
      #expect(path == folder, "the whole path, written in one way")
      try PublishedImages.mnist.resolve(&path, digest: &digest)
      var other = String(digest.reversed())
      #expect(throws: (any Error).self) {
        try PublishedImages.mnist.resolve(&path, digest: &other)
      }
      #expect(throws: FileError.self) { try PublishedImages.cifar10.read(folder, digest: "") }
    }
  }

  @Test("need no folder, but have no digest without one")
  func none() throws {
    var (path, digest) = ("", "")
    try PublishedImages.cifar10.resolve(&path, digest: &digest)
    #expect(path.isEmpty && digest.isEmpty)
    digest = "0"
    #expect(throws: (any Error).self) {
      try PublishedImages.cifar10.resolve(&path, digest: &digest)
    }
  }

  @Test("are standardised by the training images' mean and deviation, in any order of the pixels")
  func standardised() throws {
    try DrawnFolders.withFolder(of: DrawnFolders.mnist(training: 30, test: 10)) { folder in
      let images = try ImageDataset(mnistIn: folder)
      let split = Split(standardizing: images)
      let values = split.training.inputs.elements.map(Double.init)
      let mean = values.reduce(0, +) / Double(values.count)
      let square = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      #expect(abs(mean) < 1e-6 && abs(square - 1) < 1e-6)
      #expect(split.test.labels == images.test.labels.map(Int32.init))
      let order = Array((0..<images.shape.count).reversed())
      let turned = Split(standardizing: images, order: order)
      #expect(
        turned.test.inputs.elements.prefix(order.count)
          == split.test.inputs.elements.prefix(order.count).reversed()[...])
    }
  }
}
