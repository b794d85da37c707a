/// What selects a part of one axis in a tensor's subscript: an integer, or a range of any kind.
///
/// Negative integers and bounds count from the end of the axis, as in NumPy: -1 is the last place.
public protocol AxisIndex {
  /// What is selected.
  var selection: AxisSelection { get }
}

/// A part of one axis.
public enum AxisSelection: Hashable, Sendable {
  /// One place; the axis is dropped.
  case place(Int)
  /// The places from `lower` on to before `upper`, nil for the end; the axis stays.
  case range(lower: Int, upper: Int?)
  /// The whole axis, which is not mentioned in the subscript.
  case unmentioned
}

extension Int: AxisIndex {
  public var selection: AxisSelection { .place(self) }
}

extension Range<Int>: AxisIndex {
  public var selection: AxisSelection { .range(lower: lowerBound, upper: upperBound) }
}

extension ClosedRange<Int>: AxisIndex {
  public var selection: AxisSelection { .range(lower: lowerBound, through: upperBound) }
}

extension PartialRangeFrom<Int>: AxisIndex {
  public var selection: AxisSelection { .range(lower: lowerBound, upper: nil) }
}

extension PartialRangeUpTo<Int>: AxisIndex {
  public var selection: AxisSelection { .range(lower: 0, upper: upperBound) }
}

extension PartialRangeThrough<Int>: AxisIndex {
  public var selection: AxisSelection { .range(lower: 0, through: upperBound) }
}

/// Stands for an axis that a subscript does not mention.
public struct UnmentionedAxis: AxisIndex {
  /// Creates the index of an axis that is not mentioned.
  public init() {}
  public var selection: AxisSelection { .unmentioned }
}

extension AxisSelection {
  /// The places from `lower` to `upper`, with that one.
  fileprivate static func range(lower: Int, through upper: Int) -> AxisSelection {
    // -1 is the last place, behind which lies the end.
    .range(lower: lower, upper: upper == -1 ? nil : upper == .max ? upper : upper + 1)
  }
}

/// Parts of a tensor, as in NumPy: an integer selects one place and drops its axis, a range keeps the axis, axes that are not
/// mentioned are taken whole, and `...` stands for as many whole axes as are missing.
///
///     x[0]            // the first row
///     x[-1, 2...]     // the last row from its third element on
///     x[..., 0]       // the first element along the last axis
///     x[1..<3, 0] = Tensor.zeros([2])
///
/// Parts are differentiable, and so is the assignment to a part, with respect to the tensor and to what is assigned; what is
/// assigned is broadcast to the part's shape. A place that the tensor does not have stops the program.
extension Tensor {
  /// The part of the tensor with these places along its first axes.
  public subscript<A: AxisIndex, B: AxisIndex, C: AxisIndex, D: AxisIndex>(
    a: A, b: B = UnmentionedAxis(), c: C = UnmentionedAxis(), d: D = UnmentionedAxis()
  ) -> Tensor {
    get { part(region([a.selection, b.selection, c.selection, d.selection], [])) }
    set {
      replace(region([a.selection, b.selection, c.selection, d.selection], []), with: newValue)
    }
  }

  /// The part of the tensor with these places along its last axes.
  public subscript<A: AxisIndex, B: AxisIndex, C: AxisIndex, D: AxisIndex>(
    _: UnboundedRange, a: A = UnmentionedAxis(), b: B = UnmentionedAxis(),
    c: C = UnmentionedAxis(), d: D = UnmentionedAxis()
  ) -> Tensor {
    get { part(region([], [a.selection, b.selection, c.selection, d.selection])) }
    set {
      replace(region([], [a.selection, b.selection, c.selection, d.selection]), with: newValue)
    }
  }

  /// The part of the tensor with these places along its first axis and its last ones.
  public subscript<A: AxisIndex, B: AxisIndex, C: AxisIndex, D: AxisIndex>(
    a: A, _: UnboundedRange, b: B = UnmentionedAxis(), c: C = UnmentionedAxis(),
    d: D = UnmentionedAxis()
  ) -> Tensor {
    get { part(region([a.selection], [b.selection, c.selection, d.selection])) }
    set { replace(region([a.selection], [b.selection, c.selection, d.selection]), with: newValue) }
  }

  /// The part of the tensor with these places along its first two axes and its last ones.
  public subscript<A: AxisIndex, B: AxisIndex, C: AxisIndex, D: AxisIndex>(
    a: A, b: B, _: UnboundedRange, c: C = UnmentionedAxis(), d: D = UnmentionedAxis()
  ) -> Tensor {
    get { part(region([a.selection, b.selection], [c.selection, d.selection])) }
    set {
      replace(region([a.selection, b.selection], [c.selection, d.selection]), with: newValue)
    }
  }

  /// The places along every axis that are selected, and the shape without the axes that are dropped.
  private func region(_ first: [AxisSelection], _ last: [AxisSelection])
    -> (ranges: [Range<Int>], shape: Shape)
  {
    let (first, last) = (first.filter { $0 != .unmentioned }, last.filter { $0 != .unmentioned })
    let missing = rank - first.count - last.count
    precondition(
      missing >= 0,
      "\(first.count + last.count) axes were named in a subscript of a tensor of shape \(shape)")
    let selections = first + Array(repeating: .unmentioned, count: missing) + last
    let ranges = selections.enumerated().map { axis, selection in range(selection, along: axis) }
    let kept = zip(selections, ranges).compactMap { selection, range in
      if case .place = selection { return nil as Int? }
      return range.count
    }
    return (ranges, Shape(kept))
  }

  /// The places along an axis, counted from its beginning.
  private func range(_ selection: AxisSelection, along axis: Int) -> Range<Int> {
    let extent = shape[axis]
    func fromStart(_ place: Int) -> Int { place < 0 ? place + extent : place }
    switch selection {
    case .unmentioned: return 0..<extent
    case .place(let place):
      let start = fromStart(place)
      precondition(
        start >= 0 && start < extent,
        "place \(place) is out of range for axis \(axis) of shape \(shape)")
      return start..<start + 1
    case .range(let lower, let upper):
      let (start, end) = (fromStart(lower), upper.map(fromStart) ?? extent)
      precondition(
        start >= 0 && start <= end && end <= extent,
        "places \(lower)..<\(upper ?? extent) are out of range for axis \(axis) of shape \(shape)")
      return start..<end
    }
  }

  private func part(_ region: (ranges: [Range<Int>], shape: Shape)) -> Tensor {
    var part = self
    for (axis, range) in region.ranges.enumerated() where range.count < shape[axis] {
      part = part.sliced(range, along: axis)
    }
    return part.reshaped(to: region.shape)
  }

  private mutating func replace(
    _ region: (ranges: [Range<Int>], shape: Shape), with value: Tensor
  ) {
    precondition(
      region.shape.broadcast(with: value.shape) == region.shape,
      "a tensor of shape \(value.shape) was assigned to a part of shape \(region.shape)")
    let box = Shape(region.ranges.map { $0.count })
    self = replacing(region.ranges, with: value.broadcast(to: region.shape).reshaped(to: box))
  }

  /// The tensor with other elements in one box of places, whose shape `value` has.
  private func replacing(_ ranges: [Range<Int>], with value: Tensor) -> Tensor {
    Tensor.operation(self, value, value: overwritten(ranges, with: value)) { _, value, _ in
      let box = value.shape
      return { upstream, gradients in
        gradients.add(upstream.replacing(ranges, with: .zeros(box)), to: 0)
        gradients.add(upstream.part((ranges, box)), to: 1)
      }
    }
  }

  private func overwritten(_ ranges: [Range<Int>], with value: Tensor) -> Tensor {
    Tensor(shape) { result in
      result.update(from: pointer, count: count)
      let strides = shape.contiguousStrides
      let start = ranges.enumerated().reduce(0) { start, range in
        start + range.element.lowerBound * strides[4 - rank + range.offset]
      }
      Tensor.copy(
        value.shape.leftPadded, from: value.pointer, value.shape.contiguousStrides,
        to: result + start, strides)
    }
  }
}
