import CKernels

/// The extents of a tensor's axes, outermost first.
///
/// A scalar has the shape `[]`. At most four axes; extents may be zero.
public struct Shape: Hashable, Sendable {
  /// The largest number of axes.
  public static let maximumRank = 4

  // Two halves, since a whole vector would align every closure that captures a tensor to sixteen bytes, which Swift's
  // runtime fetches from `posix_memalign` instead of `malloc`.
  private var outer: SIMD2<Int32> = .zero
  private var inner: SIMD2<Int32> = .zero
  private var axes: Int8

  private var extents: SIMD4<Int32> {
    get { SIMD4(lowHalf: outer, highHalf: inner) }
    set { (outer, inner) = (newValue.lowHalf, newValue.highHalf) }
  }

  /// Creates a shape from its extents.
  public init(_ extents: some Collection<Int>) {
    precondition(
      extents.count <= Shape.maximumRank,
      "a tensor has at most \(Shape.maximumRank) axes, found \(extents.count)")
    axes = Int8(extents.count)
    for (axis, extent) in extents.enumerated() {
      precondition(
        extent >= 0 && extent <= Int32.max, "the extent of axis \(axis) is out of range: \(extent)")
      self.extents[axis] = Int32(extent)
    }
  }

  /// The number of axes.
  public var rank: Int { Int(axes) }

  /// The number of elements of a tensor of this shape.
  ///
  /// A shape with more elements than an `Int` can count ends the process like any tensor that memory cannot hold.
  public var elementCount: Int {
    var product = 1
    for axis in 0..<rank {
      let (next, isTooLarge) = product.multipliedReportingOverflow(by: Int(extents[axis]))
      if isTooLarge { return countBeyondInt }
      product = next
    }
    return product
  }

  /// 0 for a shape without elements, however long its other axes are.
  @inline(never)
  private var countBeyondInt: Int {
    if contains(0) { return 0 }
    refuse()
  }

  /// Ends the process, since a tensor of this shape cannot be had.
  @inline(never)
  func refuse() -> Never {
    ck_refuse_tensor(
      Int32(rank), ck_axes(SIMD4(Int(outer[0]), Int(outer[1]), Int(inner[0]), Int(inner[1]))))
  }

  /// This shape with the extent of one axis replaced.
  func with(_ extent: Int, at axis: Int) -> Shape {
    var changed = self
    changed[axis] = extent
    return changed
  }

  /// This shape with one axis dropped.
  func without(_ axis: Int) -> Shape {
    var changed = self
    for later in axis + 1..<rank { changed[later - 1] = self[later] }
    changed.extents[rank - 1] = 0
    changed.axes -= 1
    return changed
  }

  /// The index of an axis, counted from the end if negative.
  func axis(_ axis: Int) -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    precondition((0..<rank).contains(resolved), "axis \(axis) is out of range for shape \(self)")
    return resolved
  }
}

extension Shape: RandomAccessCollection, MutableCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { rank }

  public subscript(axis: Int) -> Int {
    get {
      precondition(axis >= 0 && axis < rank, "axis \(axis) is out of range for shape \(self)")
      return Int(extents[axis])
    }
    set {
      precondition(axis >= 0 && axis < rank, "axis \(axis) is out of range for shape \(self)")
      precondition(
        newValue >= 0 && newValue <= Int32.max,
        "the extent of axis \(axis) is out of range: \(newValue)")
      extents[axis] = Int32(newValue)
    }
  }
}

extension Shape: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
  public var description: String {
    var text = "["
    for axis in 0..<rank {
      if axis > 0 { text += ", " }
      text += String(extents[axis])
    }
    return text + "]"
  }
}

extension Shape {
  /// The shape of an elementwise operation on tensors of these shapes: trailing axes are aligned and an
  /// extent of 1 is repeated, as in NumPy. `nil` if the shapes do not fit.
  public func broadcast(with other: Shape) -> Shape? {
    if self == other || other.axes <= axes && other.elementCount == 1 { return self }
    let rank = Swift.max(self.rank, other.rank)
    var result = Shape(repeatElement(1, count: rank))
    for axis in 0..<rank {
      let mine = axis + self.rank - rank
      let theirs = axis + other.rank - rank
      let a = mine < 0 ? 1 : self[mine]
      let b = theirs < 0 ? 1 : other[theirs]
      guard a == b || a == 1 || b == 1 else { return nil }
      result[axis] = a == 1 ? b : a
    }
    return result
  }

  /// Four extents, with ones in front of this shape's own.
  var leftPadded: SIMD4<Int> {
    var result = SIMD4<Int>(repeating: 1)
    for axis in 0..<rank { result[4 - rank + axis] = self[axis] }
    return result
  }

  /// The distance in memory between neighbours along each of four axes, as in ``leftPadded``.
  var contiguousStrides: SIMD4<Int> { strides(broadcastTo: leftPadded) }

  /// The distance in memory between neighbours along each of four axes, as in ``leftPadded``; 0 along an axis
  /// that is repeated to fill `target`.
  func strides(broadcastTo target: SIMD4<Int>) -> SIMD4<Int> {
    let extents = leftPadded
    var result = SIMD4<Int>.zero
    var stride = 1
    for axis in [3, 2, 1, 0] {
      result[axis] = extents[axis] == 1 && target[axis] != 1 ? 0 : stride
      // Only a shape without elements can be beyond counting here, and its strides are of no use.
      stride &*= extents[axis]
    }
    return result
  }
}

extension ck_axes {
  init(_ values: SIMD4<Int>) { self.init(axis: (values[0], values[1], values[2], values[3])) }
}
