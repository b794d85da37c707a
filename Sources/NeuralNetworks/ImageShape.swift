/// The shape of one image: [channels, height, width].
public struct ImageShape: Hashable, Sendable {
  /// One for gray images, three for red, green and blue.
  public var channels: Int
  /// The number of rows.
  public var height: Int
  /// The number of columns.
  public var width: Int

  /// Creates a shape, of gray images unless another number of channels is given.
  public init(channels: Int = 1, height: Int, width: Int) {
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// The number of values of one image.
  public var count: Int { channels * height * width }
}
