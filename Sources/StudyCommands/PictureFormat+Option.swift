import Figures

extension PictureFormat {
  /// The format that an option's file name asks for; SVG for a device.
  ///
  /// - Throws: `Failure` for another ending.
  package init(for option: String, _ path: String) throws {
    guard let format = PictureFormat(ofFileNamed: path) ?? (path.hasPrefix("/dev/") ? .svg : nil)
    else {
      throw Failure.usage(
        "\(option) is \(path); its name must end in .svg, .png or .pdf")
    }
    self = format
  }
}
