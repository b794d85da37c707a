import NeuralNetworks
import Storage

/// Images to train on, and others of the same shape to test with: MNIST, what has its form, or CIFAR-10.
public struct ImageDataset: Sendable, Equatable {
  public let training: LabelledImages
  public let test: LabelledImages
  /// The SHA-256 digest of the content, as 64 hexadecimal digits, wherever and however packed the files are.
  ///
  /// For the training images and then for the others, it is taken of a line of text with the count, the channels, the
  /// height and the width between spaces; then of all pixels; then of all labels.
  public let sha256: String

  /// Creates a dataset of two parts.
  ///
  /// - Throws: An error where the images of the parts have different shapes.
  public init(training: LabelledImages, test: LabelledImages) throws(FormatError) {
    guard training.shape == test.shape else {
      throw FormatError(
        "the images for training have \(training.shape.text), and those for testing "
          + "\(test.shape.text); both should have the same")
    }
    self.training = training
    self.test = test
    var hash = SHA256()
    for part in [training, test] {
      let sizes = [part.count, part.shape.channels, part.shape.height, part.shape.width]
      hash.update("\(sizes.map(String.init).joined(separator: " "))\n".utf8)
      hash.update(part.pixels)
      hash.update(part.labels)
    }
    sha256 = hash.hexadecimal
  }

  /// The shape of each image.
  public var shape: ImageShape { training.shape }
}
