import NeuralNetworks
import Storage
import Tensors

/// Images with their classes, as bytes.
public struct LabelledImages: Sendable, Equatable {
  /// The shape of each image.
  public let shape: ImageShape
  /// [count, channels, height, width], from 0 for dark to 255 for bright.
  public let pixels: [UInt8]
  /// The class of each image, 0 to 9.
  public let labels: [UInt8]

  /// How many classes there are.
  public static let classCount = 10

  /// Creates images from their pixels and as many classes.
  ///
  /// - Throws: An error where there is no image, the pixels are not those of as many images as there are labels, or a
  ///   label is above 9.
  public init(shape: ImageShape, pixels: [UInt8], labels: [UInt8]) throws(FormatError) {
    guard !labels.isEmpty else { throw FormatError("there are no images") }
    guard shape.channels > 0, shape.height > 0, shape.width > 0 else {
      throw FormatError("images of \(shape.text) have no pixels")
    }
    let size = try NumericArray.byteCount(
      shape: [labels.count, shape.channels, shape.height, shape.width], type: .uint8)
    guard pixels.count == size else {
      throw FormatError(
        "\(labels.count) images of \(shape.text) have \(size) pixels, and \(pixels.count) are there"
      )
    }
    try Self.check(labels)
    self.shape = shape
    self.pixels = pixels
    self.labels = labels
  }

  /// The number of images.
  public var count: Int { labels.count }

  /// Refuses a label that is no class, by its place.
  static func check(_ labels: some Collection<UInt8>) throws(FormatError) {
    guard let (place, label) = labels.enumerated().first(where: { $0.element >= classCount })
    else { return }
    throw FormatError(
      "the label at place \(place), counted from 0, is \(label), and should be 0 to 9")
  }
}

extension ImageShape {
  /// `28×28 pixels`, and the channels where there are several.
  var text: String {
    "\(height)×\(width) pixels" + (channels == 1 ? "" : " in \(channels) channels")
  }
}

extension Examples {
  /// Creates examples from images: inputs [count, channels · height · width] from 0 to 1, each a pixel divided by 255
  /// in single precision, as torchvision's `ToTensor` does.
  public init(_ images: LabelledImages) {
    let values = (0...255).map { Float($0) / 255 }
    self.init(
      inputs: Tensor(
        images.pixels.map { values[Int($0)] }, shape: [images.count, images.shape.count]),
      labels: images.labels.map(Int32.init))
  }
}
