import MNIST1D
import ReferenceRandom

extension Dataset {
  /// The dataset with its columns in the order of `RandomState(42).permutation(length)`, the same for all examples.
  func shufflingColumns() -> Dataset {
    var state = NumPyRandomState(seed: 42)
    return permutingColumns(state.permutation(length))
  }
}
