/// How often neighbouring input weights of a unit survive a pruning together.
package struct Adjacency: Equatable {
  /// Which inputs of each unit survive.
  package let units: [[Bool]]

  /// Takes the mask of a layer's weights, row by row: [units, inputs].
  package init(mask: [Float], inputs: Int) {
    units = stride(from: 0, to: mask.count, by: inputs).map { start in
      mask[start..<start + inputs].map { $0 == 1 }
    }
  }

  /// For each unit, the probability that `count` neighbouring inputs all survive: how many of the n − count + 1
  /// windows are full.
  package func probabilities(of count: Int) -> [Double] {
    units.map { unit in
      let windows = unit.count - count + 1
      let full = (0..<max(windows, 0)).count { unit[$0..<$0 + count].allSatisfy(\.self) }
      return windows > 0 ? Double(full) / Double(windows) : 0
    }
  }

  /// For each unit, the same if it kept as many inputs, but at random places: k (k − 1) … / n (n − 1) ….
  package func expectedProbabilities(of count: Int) -> [Double] {
    units.map { unit in
      let survivors = unit.count { $0 }
      return (0..<count).reduce(1) { probability, index in
        probability * Double(max(survivors - index, 0)) / Double(max(unit.count - index, 1))
      }
    }
  }

  /// The units, those with the most neighbours first, then those with the most inputs.
  package var sorted: [[Bool]] {
    let neighbours = probabilities(of: 2)
    return units.indices.sorted { a, b in
      let (inA, inB) = (units[a].count { $0 }, units[b].count { $0 })
      return (neighbours[b], inB, a) < (neighbours[a], inA, b)
    }.map { units[$0] }
  }
}
