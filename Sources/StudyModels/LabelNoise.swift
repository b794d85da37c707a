import ReferenceRandom

/// Labels of which each is replaced, with a probability of `noise`, by a digit that is drawn from all ten.
///
/// The draws are those of the authors' notebook of double descent: for each label `random_sample()`, and `randint(0, 10)`
/// for those that are replaced, here from `RandomState(seed)`. One replacement in ten is the label that was there.
package func noisyLabels(_ labels: [Int32], noise: Double, seed: Int) -> [Int32] {
  var state = NumPyRandomState(seed: UInt32(seed))
  return labels.map { label in
    state.randomSample() < noise ? Int32(state.randomInteger(below: 10)) : label
  }
}
