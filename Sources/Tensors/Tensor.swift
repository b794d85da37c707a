import CKernels

/// An array of `Float` with up to four axes, contiguous and row-major, with value semantics.
///
/// Operations on tensors are evaluated at once. Inside ``valueAndGradient(at:of:)`` they are also recorded, so
/// that the derivative of the result with respect to the parameters can be computed, to any order.
///
///     let x: Tensor = [1, 2, 3]
///     let (y, gradient) = valueAndGradient(at: x) { ($0 * $0).sum() }
///     print(y)           // 14.0
///     print(gradient)    // [2. 4. 6.]
///
/// Storage is never changed once it is shared, so a tensor may be passed between threads. A tensor that is
/// being recorded belongs to the thread that records it, and stops the program on any other. A tensor that memory cannot
/// hold ends the process with one sentence and the exit status 71.
public struct Tensor: @unchecked Sendable {
  private(set) var storage: Storage

  /// Where in it the elements begin, a multiple of sixteen: 0, but for a slice that shares another's memory.
  private var start: Int

  /// The extents of the axes, outermost first.
  public let shape: Shape

  /// Where the innermost recording made this tensor, or nil for a constant.
  private(set) var node: Node?

  /// A tensor whose elements are still to be written by a kernel.
  init(uninitialized shape: Shape) {
    self.init(storage: Storage(shape), start: 0, shape: shape)
  }

  private init(storage: Storage, start: Int, shape: Shape, node: Node? = nil) {
    self.storage = storage
    self.start = start
    self.shape = shape
    self.node = node
  }

  /// A tensor of this shape whose elements a kernel writes through the pointer it is given.
  @inline(__always)
  init(_ shape: Shape, writtenBy kernel: (UnsafeMutablePointer<Float>) -> Void) {
    self.init(uninitialized: shape)
    kernel(pointer)
  }

  /// This tensor at another place.
  consuming func placed(at node: consuming Node?) -> Tensor {
    self.node = node
    return self
  }

  /// A constant that shares this tensor's memory: as many elements as the shape has, from the one at `offset` on,
  /// a multiple of sixteen.
  func sharing(_ shape: Shape, from offset: Int = 0) -> Tensor {
    Tensor(storage: storage, start: start + offset, shape: shape)
  }
}

/// The memory of a tensor: 64-byte aligned, padded to a multiple of sixteen elements.
final class Storage {
  let pointer: UnsafeMutablePointer<Float>
  private let count: Int

  /// Memory for the elements of a tensor of this shape; if it cannot be had, a sentence says so and the process ends.
  init(_ shape: Shape) {
    count = shape.elementCount
    guard let memory = ck_allocate(count) else { shape.refuse() }
    pointer = memory
  }

  deinit { ck_release(pointer, count) }
}

extension Tensor {
  /// Creates a tensor from its elements in row-major order.
  public init(_ elements: some Collection<Float>, shape: Shape) {
    precondition(
      elements.count == shape.elementCount,
      "shape \(shape) holds \(shape.elementCount) elements, found \(elements.count)")
    self.init(uninitialized: shape)
    _ = UnsafeMutableBufferPointer(start: pointer, count: shape.elementCount)
      .initialize(from: elements)
  }

  /// Creates a tensor with one axis.
  public init(_ elements: some Collection<Float>) {
    self.init(elements, shape: [elements.count])
  }

  /// Creates a scalar.
  public init(_ scalar: Float) {
    self.init(uninitialized: [])
    pointer[0] = scalar
  }

  /// Creates a tensor whose elements are all `value`.
  public init(repeating value: Float, shape: Shape) {
    self.init(uninitialized: shape)
    pointer.initialize(repeating: value, count: shape.elementCount)
  }

  /// A tensor of zeros.
  public static func zeros(_ shape: Shape) -> Tensor { Tensor(repeating: 0, shape: shape) }

  /// A tensor of ones.
  public static func ones(_ shape: Shape) -> Tensor { Tensor(repeating: 1, shape: shape) }

  /// The number of elements.
  public var count: Int { shape.elementCount }

  /// The number of axes.
  public var rank: Int { shape.rank }

  /// The elements in row-major order.
  public var elements: [Float] {
    withUnsafeElements { Array($0) }
  }

  /// The only element of a tensor that has one.
  public var scalar: Float {
    precondition(count == 1, "a tensor of shape \(shape) is not a single number")
    return pointer[0]
  }

  /// Calls `body` with the elements in row-major order; the buffer is valid during the call only.
  public func withUnsafeElements<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(start: pointer, count: count))
  }

  /// Whether no other tensor shares the memory.
  mutating func isUniquelyReferenced() -> Bool { isKnownUniquelyReferenced(&storage) }

  /// Calls `body` with the elements to change in place, copied first if another tensor shares them. The
  /// result is a constant: what was recorded about the old elements does not hold for the new ones.
  public mutating func withUnsafeMutableElements<Result, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    node = nil
    if !isUniquelyReferenced() {
      let copy = Storage(shape)
      copy.pointer.update(from: pointer, count: count)
      storage = copy
      start = 0
    }
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeMutableBufferPointer(start: pointer, count: count))
  }

  /// The same elements as a constant, through which no derivative flows.
  public func detached() -> Tensor { placed(at: nil) }

  /// The elements' memory, for kernels.
  var pointer: UnsafeMutablePointer<Float> { storage.pointer + start }
}

extension Tensor: ExpressibleByFloatLiteral, ExpressibleByArrayLiteral {
  public init(floatLiteral value: Float) { self.init(value) }
  public init(arrayLiteral elements: Float...) { self.init(elements) }
}

extension Tensor: Equatable {
  /// Whether shapes and elements are equal, as floating-point numbers are: 0 equals -0, NaN nothing.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape
      && a.withUnsafeElements { x in b.withUnsafeElements { y in x.elementsEqual(y) } }
  }
}
