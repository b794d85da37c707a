import Storage

extension Figure {
  /// The figure as a PNG picture on light ground, with our own letters: the same bytes everywhere.
  ///
  /// - Parameter scale: Pixels for each unit of ``width``; 2 suits a slide and a dense screen.
  /// - Returns: The file's bytes.
  /// - Precondition: a scale above 0 and up to 8.
  public func png(scale: Double = 2) -> [UInt8] {
    precondition(scale > 0 && scale <= 8, "A picture's scale is above 0 and up to 8, not \(scale)")
    let drawing = Drawn(self)
    let scale = Figure.scale(scale, width: width, height: drawing.height)
    let raster = Raster(drawing.shapes, width: width, height: drawing.height, scale: scale)
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    func append(_ type: String, _ data: [UInt8]) {
      let content = Array(type.utf8) + data
      file += UInt32(data.count).bytes + content + CRC32.zip.checksum(content).bytes
    }
    // Eight bits for each pixel: the place of its colour in the palette.
    append("IHDR", UInt32(raster.width).bytes + UInt32(raster.height).bytes + [8, 3, 0, 0, 0])
    let indexed = raster.indexed
    append("PLTE", indexed.palette)
    // 96 pixels of a screen are an inch.
    let perMeter = UInt32((96 * scale / 0.0254).rounded())
    append("pHYs", perMeter.bytes + perMeter.bytes + [1])
    append("IDAT", Deflate.zlib(indexed.rows))
    append("IEND", [])
    return file
  }
}

extension Figure {
  /// The scale of a picture: less than was asked for where that is more than 24 million pixels, so that a figure of very
  /// many panels does not take all of the memory.
  package static func scale(_ scale: Double, width: Double, height: Double) -> Double {
    min(scale, (24e6 / (width * height)).squareRoot())
  }
}

extension Raster {
  /// The pixels by the places of their colours in a palette of at most 256, as PNG compresses them.
  ///
  /// The palette holds the most frequent colours. Others are mixtures at the edges of shapes, and become the nearest one.
  fileprivate var indexed: (palette: [UInt8], rows: [UInt8]) {
    func color(_ pixel: Int) -> Int {
      Int(pixels[3 * pixel]) << 16 | Int(pixels[3 * pixel + 1]) << 8 | Int(pixels[3 * pixel + 2])
    }
    func differs(_ pixel: Int) -> Bool { pixel == 0 || color(pixel) != color(pixel - 1) }
    // Runs are counted at once: most pixels are as the one before.
    var counts: [Int: Int] = [:]
    var start = 0
    for pixel in 1...max(width * height, 1) where pixel == width * height || differs(pixel) {
      counts[color(start), default: 0] += pixel - start
      start = pixel
    }
    let ranked = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    let palette = Array(ranked.prefix(256))
    var places: [Int: UInt8] = [:]
    for (place, color) in palette.enumerated() { places[color] = UInt8(place) }
    for color in ranked.dropFirst(256) {
      func distance(_ other: Int) -> Int {
        [16, 8, 0].reduce(0) { sum, shift in
          let difference = (color >> shift & 255) - (other >> shift & 255)
          return sum + difference * difference
        }
      }
      places[color] = places[palette.min { distance($0) < distance($1) } ?? color]
    }
    var rows: [UInt8] = []
    rows.reserveCapacity((width + 1) * height)
    var place: UInt8 = 0
    for row in 0..<height {
      // No filter: neighbouring places in a palette mean nothing.
      rows.append(0)
      for pixel in row * width..<(row + 1) * width {
        if differs(pixel) { place = places[color(pixel)] ?? 0 }
        rows.append(place)
      }
    }
    return (palette.flatMap { color in [16, 8, 0].map { UInt8(color >> $0 & 255) } }, rows)
  }
}

extension UInt32 {
  /// The bytes, the highest first.
  fileprivate var bytes: [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: self >> UInt32(24 - 8 * $0)) }
  }
}
