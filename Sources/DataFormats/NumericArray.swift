/// A dense array of numbers of any rank, row-major, with the element type that its file had.
///
/// It is the neutral value between the file formats and everything else. Element types without a
/// case of their own are widened on reading, without loss: float16 and bfloat16 to float32, the
/// smaller integers to int32 or int64.
public struct NumericArray: Equatable, Sendable {
  /// The elements in row-major order, by type.
  public enum Elements: Equatable, Sendable {
    /// IEEE 754 binary64.
    case float64([Double])
    /// IEEE 754 binary32.
    case float32([Float])
    /// Signed 64-bit integers.
    case int64([Int64])
    /// Signed 32-bit integers.
    case int32([Int32])
    /// Bytes.
    case uint8([UInt8])
    /// Truth values.
    case bool([Bool])

    /// The number of elements.
    public var count: Int {
      switch self {
      case .float64(let values): values.count
      case .float32(let values): values.count
      case .int64(let values): values.count
      case .int32(let values): values.count
      case .uint8(let values): values.count
      case .bool(let values): values.count
      }
    }
  }

  /// The size along each axis; empty for a single number.
  public let shape: [Int]
  /// The elements, as many as the product of `shape`.
  public let elements: Elements

  /// Creates an array from row-major elements, whose number must be the product of `shape`.
  public init(shape: [Int], elements: Elements) {
    precondition(
      shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == elements.count,
      "\(elements.count) elements do not fill the shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  /// Creates a float64 array, of rank 1 unless a shape is given.
  public init(_ values: [Double], shape: [Int]? = nil) {
    self.init(shape: shape ?? [values.count], elements: .float64(values))
  }

  /// Creates a float32 array, of rank 1 unless a shape is given.
  public init(_ values: [Float], shape: [Int]? = nil) {
    self.init(shape: shape ?? [values.count], elements: .float32(values))
  }

  /// Creates an int64 array, of rank 1 unless a shape is given.
  public init(_ values: [Int], shape: [Int]? = nil) {
    self.init(shape: shape ?? [values.count], elements: .int64(values.map(Int64.init)))
  }
}
