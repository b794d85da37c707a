import Storage

extension PickleValue {
  /// What a list or a tuple holds; nil for everything else.
  private var items: [PickleValue]? {
    switch self {
    case .list(let items), .tuple(let items): items
    default: nil
    }
  }

  /// The array that NumPy makes of this: an array, or numbers in lists or tuples, which may hold others of one length
  /// each, or arrays.
  ///
  /// - Throws: An error that names the place of what is no number, or of what has another shape than its neighbours.
  func numbers(_ name: String) throws(FormatError) -> NumericArray {
    if case .array(let array) = self { return array }
    guard let items else {
      throw FormatError("the entry \"\(name)\" should be an array, and is \(kind)")
    }
    let shape = items.first.map { [items.count] + $0.shape } ?? [0]
    var elements: [Double] = []
    try append(to: &elements, shape: shape[...], name, at: [])
    return NumericArray(elements, shape: shape)
  }

  /// The shape by the first items.
  private var shape: [Int] {
    if case .array(let array) = self { return array.shape }
    guard let items else { return [] }
    return [items.count] + (items.first?.shape ?? [])
  }

  private func append(
    to elements: inout [Double], shape: ArraySlice<Int>, _ name: String, at place: [Int]
  ) throws(FormatError) {
    var wrong: FormatError {
      let size = items.map { "\(kind) of \($0.count)" } ?? kind
      let wanted = shape.isEmpty ? "a number" : "an array of shape \(Array(shape))"
      return FormatError("\(name)\(place) is \(size), and should be \(wanted) like those before it")
    }
    switch self {
    case .int(let value) where shape.isEmpty: elements.append(Double(value))
    case .float(let value) where shape.isEmpty: elements.append(value)
    case .bool(let value) where shape.isEmpty: elements.append(value ? 1 : 0)
    case .array(let array) where array.shape == Array(shape): elements += try array.doubles()
    case .list(let items), .tuple(let items):
      guard let count = shape.first, items.count == count else { throw wrong }
      for (index, item) in items.enumerated() {
        try item.append(to: &elements, shape: shape.dropFirst(), name, at: place + [index])
      }
    default: throw wrong
    }
  }
}
