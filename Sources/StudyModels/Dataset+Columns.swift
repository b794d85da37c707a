import MNIST1D
import ReferenceRandom

extension Dataset {
  /// The dataset with its columns in the order of `RandomState(42).permutation(length)`, the same for all examples.
  package func shufflingColumns() -> Dataset {
    var state = NumPyRandomState(seed: 42)
    return permutingColumns(state.permutation(length))
  }

  /// The dataset with its columns from the last to the first.
  package func reversingColumns() -> Dataset { permutingColumns((0..<length).reversed()) }

  /// The dataset with the second half of its columns before the first.
  package func swappingHalves() -> Dataset {
    let columns = Array(0..<length)
    let half = columns.count / 2
    return permutingColumns(Array(columns[half...] + columns[..<half]))
  }
}
