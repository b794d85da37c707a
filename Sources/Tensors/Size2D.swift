import CKernels

/// Something along the two axes of a plane: a kernel's extents, a stride, a padding; an integer literal is both.
///
///     Size2D(height: 2, width: 1)
public struct Size2D: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// Along the first axis, from row to row.
  public var height: Int
  /// Along the second axis, from column to column.
  public var width: Int

  /// Creates a size from its two extents.
  public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  /// The same along both axes.
  public init(_ both: Int) { self.init(height: both, width: both) }

  public init(integerLiteral both: Int) { self.init(both) }
}

extension Size2D: CustomStringConvertible {
  /// The one number, or height × width.
  public var description: String { height == width ? "\(height)" : "\(height) × \(width)" }
}

extension ck_plane {
  /// The number of positions.
  var area: Int { height * width }
}
