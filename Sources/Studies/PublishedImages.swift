import DataFormats
import Foundation
import NeuralNetworks
import Runs
import Storage
import Tensors

/// Images that others have published and the user has in a folder: a setting names the folder, and a second one, which
/// is filled in, the digest of what its files hold. Results depend on the second alone.
package enum PublishedImages: String, Codable, Sendable, CaseIterable {
  case mnist
  case cifar10

  /// The name in a figure and in a sentence.
  var label: String {
    switch self {
    case .mnist: "MNIST"
    case .cifar10: "CIFAR-10"
    }
  }

  /// What a study that has no files says of the rest, as a sentence.
  func invitation(to rest: String) -> String {
    let files =
      switch self {
      case .mnist: "the four IDX files of MNIST, plain or by gzip"
      case .cifar10: "the six binary batches of CIFAR-10"
      }
    return "\(rest) needs files that you have: \(rawValue)=DIR names the folder with \(files)."
  }

  /// Fills in the digest of what a folder holds, and the folder's whole path, so that a run is the same however that is
  /// written and goes on from any place.
  ///
  /// - Returns: the images, so that whoever has to ask something of them need not read them again; nil without a folder.
  /// - Throws: a `FileError` for files that cannot be read, and a `SettingError` where the digest is already that of other
  ///   images.
  @discardableResult
  package func resolve(_ directory: inout String, digest: inout String) throws -> ImageDataset? {
    guard !directory.isEmpty else {
      guard digest.isEmpty else {
        throw SettingError(
          "\(rawValue)-digest is given without \(rawValue), the folder that holds these images")
      }
      return nil
    }
    directory = directory.wholePath
    let images = try read(directory, digest: digest)
    digest = images.sha256
    return images
  }

  /// Reads the images of a resolved configuration; an empty digest accepts any.
  ///
  /// - Throws: as ``resolve(_:digest:)`` does.
  package func read(_ directory: String, digest: String) throws -> ImageDataset {
    let images =
      switch self {
      case .mnist: try ImageDataset(mnistIn: directory)
      case .cifar10: try ImageDataset(cifar10In: directory)
      }
    guard digest.isEmpty || images.sha256 == digest else {
      throw SettingError(
        "\(rawValue)-digest is \(digest), and the images in \(directory) have \(images.sha256); "
          + "name the folder of those images, or leave the digest out")
    }
    return images
  }
}

extension String {
  /// The path from the root of the file system, without what makes no difference to it.
  var wholePath: String {
    URL(fileURLWithPath: NSString(string: self).expandingTildeInPath).standardizedFileURL.path
  }
}

extension ImageDataset {
  /// The first images of either part; all of them where there are no more.
  func first(training: Int, test: Int) throws -> ImageDataset {
    func first(_ count: Int, of part: LabelledImages) throws -> LabelledImages {
      try LabelledImages(
        shape: part.shape, pixels: Array(part.pixels.prefix(count * part.shape.count)),
        labels: Array(part.labels.prefix(count)))
    }
    return try ImageDataset(
      training: first(training, of: self.training), test: first(test, of: self.test))
  }
}

extension Split {
  /// Takes images apart, each value less the mean of the training images' values and over their deviation; for all of
  /// MNIST these are the 0.1307 and 0.3081 of PyTorch's example.
  ///
  /// - Parameters:
  ///   - images: both parts.
  ///   - order: which of an image's values comes first, second and so on; as they are if nil.
  package init(standardizing images: ImageDataset, order: [Int]? = nil) {
    var counts = [Int](repeating: 0, count: 256)
    for pixel in images.training.pixels { counts[Int(pixel)] += 1 }
    // Sums of whole numbers are exact.
    let count = Double(images.training.pixels.count)
    let mean = Double(counts.indices.reduce(0) { $0 + $1 * counts[$1] }) / count
    let meanSquare = Double(counts.indices.reduce(0) { $0 + $1 * $1 * counts[$1] }) / count
    let variance = meanSquare - mean * mean
    let deviation = variance > 0 ? variance.squareRoot() : 1
    let values = counts.indices.map { Float((Double($0) - mean) / deviation) }
    func examples(_ part: LabelledImages) -> Examples {
      let size = part.shape.count
      var inputs = Tensor.zeros([part.count, size])
      inputs.withUnsafeMutableElements { elements in
        for start in stride(from: 0, to: part.pixels.count, by: size) {
          for place in 0..<size {
            elements[start + place] = values[Int(part.pixels[start + (order?[place] ?? place)])]
          }
        }
      }
      return Examples(inputs: inputs, labels: part.labels.map(Int32.init))
    }
    self.init(training: examples(images.training), test: examples(images.test))
  }
}
