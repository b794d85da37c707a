import Storage

extension Figure {
  /// The figure as a PNG picture on light ground, with our own letters: the same bytes everywhere.
  ///
  /// - Parameter scale: Pixels for each unit of ``width``; 2 suits a slide and a dense screen.
  /// - Returns: The file's bytes.
  /// - Precondition: a scale from 1 to 8.
  public func png(scale: Int = 2) -> [UInt8] {
    precondition((1...8).contains(scale), "A picture's scale is 1 to 8, not \(scale)")
    let drawing = Drawn(self)
    let raster = Raster(drawing.shapes, width: width, height: drawing.height, scale: scale)
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    func append(_ type: String, _ data: [UInt8]) {
      let content = Array(type.utf8) + data
      file += UInt32(data.count).bytes + content + CRC32.zip.checksum(content).bytes
    }
    // Eight bits for each of red, green and blue.
    append(
      "IHDR", UInt32(raster.width).bytes + UInt32(raster.height).bytes + [8, 2, 0, 0, 0])
    // 96 pixels of a screen are an inch.
    let perMeter = UInt32((Double(96 * scale) / 0.0254).rounded())
    append("pHYs", perMeter.bytes + perMeter.bytes + [1])
    append("IDAT", Deflate.zlib(raster.rows))
    append("IEND", [])
    return file
  }
}

extension Raster {
  /// The rows as PNG compresses them: each byte less the one above it (filter 2), so that what goes on downward is zero.
  fileprivate var rows: [UInt8] {
    let length = 3 * width
    var rows: [UInt8] = []
    rows.reserveCapacity((length + 1) * height)
    for row in 0..<height {
      rows.append(row == 0 ? 0 : 2)
      let start = row * length
      for index in start..<start + length {
        rows.append(row == 0 ? pixels[index] : pixels[index] &- pixels[index - length])
      }
    }
    return rows
  }
}

extension UInt32 {
  /// The bytes, the highest first.
  fileprivate var bytes: [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: self >> UInt32(24 - 8 * $0)) }
  }
}
