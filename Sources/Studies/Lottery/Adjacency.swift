import ReferenceRandom

/// How often neighbouring input weights of a unit survive a pruning together.
package struct Adjacency: Equatable {
  /// Which inputs of each unit survive.
  package let units: [[Bool]]
  /// How the inputs lie: their number where they form a line, rows and columns where they form a picture.
  package let shape: [Int]

  /// Takes which inputs of each unit survive.
  ///
  /// - Precondition: each unit has the inputs that `shape` says, in one or two dimensions.
  package init(units: [[Bool]], shape: [Int]) {
    let inputs = shape.reduce(1, *)
    precondition(
      (1...2).contains(shape.count) && units.allSatisfy { $0.count == inputs },
      "units of \(units.first?.count ?? 0) inputs do not have the shape \(shape)")
    self.units = units
    self.shape = shape
  }

  /// Takes the mask of a layer's weights, row by row: [units, inputs].
  package init(mask: [Float], inputs: Int) {
    self.init(
      units: stride(from: 0, to: mask.count, by: inputs).map { start in
        mask[start..<start + inputs].map { $0 == 1 }
      }, shape: [inputs])
  }

  /// Inputs that lie beside each other.
  package enum Group: Hashable, Sendable {
    /// So many in a line; in a picture, along a row or a column.
    case run(Int)
    /// Two by two pixels of a picture.
    case square

    /// How many they are.
    package var count: Int {
      switch self {
      case .run(let count): count
      case .square: 4
      }
    }
  }

  /// All places of a group, each as the numbers of its inputs.
  package func places(of group: Group) -> [[Int]] {
    let (rows, columns) = shape.count == 2 ? (shape[0], shape[1]) : (1, shape[0])
    func places(_ height: Int, _ width: Int) -> [[Int]] {
      guard height <= rows, width <= columns else { return [] }
      return (0...rows - height).flatMap { row in
        (0...columns - width).map { column in
          (0..<height * width).map { (row + $0 / width) * columns + column + $0 % width }
        }
      }
    }
    return switch group {
    case .run(let count):
      places(1, count) + (shape.count == 2 && count > 1 ? places(count, 1) : [])
    case .square: places(2, 2)
    }
  }

  /// For each unit, the probability that all inputs of a group survive: in how many of its places they do.
  package func probabilities(of group: Group) -> [Double] {
    let places = places(of: group)
    return units.map { unit in
      let full = places.count { $0.allSatisfy { unit[$0] } }
      return places.isEmpty ? 0 : Double(full) / Double(places.count)
    }
  }

  /// For each unit, the probability that `count` neighbouring inputs all survive: how many of the n − count + 1
  /// windows are full.
  package func probabilities(of count: Int) -> [Double] { probabilities(of: .run(count)) }

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
    let counts = units.map { unit in unit.count { $0 } }
    return units.indices.sorted { a, b in
      (neighbours[b], counts[b], a) < (neighbours[a], counts[a], b)
    }.map { units[$0] }
  }
}

extension Adjacency {
  /// Units that keep as many inputs, of which each is kept by as many units, and which are otherwise at random.
  ///
  /// What these have of neighbours comes from which inputs are worth keeping at all: pixels on which there is ink lie
  /// beside each other, whichever unit keeps them. Pairs of units trade what only one of them keeps (the curveball
  /// algorithm of Strona et al., Nature Communications 5:4114, 2014).
  ///
  /// - Parameters:
  ///   - trades: how many pairs trade.
  ///   - random: what chooses pairs and what each of them gets.
  /// - Returns: the units after their trades.
  package func rearranged(trades: Int, using random: inout NumPyRandomState) -> Adjacency {
    var units = units
    guard units.count > 1 else { return self }
    for _ in 0..<trades {
      let a = random.randomInteger(below: units.count)
      let other = random.randomInteger(below: units.count - 1)
      let b = other < a ? other : other + 1
      var tradable = units[a].indices.filter { units[a][$0] != units[b][$0] }
      let kept = tradable.count { units[a][$0] }
      guard kept > 0, kept < tradable.count else { continue }
      random.shuffle(&tradable)
      for (place, input) in tradable.enumerated() {
        units[a][input] = place < kept
        units[b][input] = place >= kept
      }
    }
    return Adjacency(units: units, shape: shape)
  }

  /// For each unit and each of the groups, the mean probability over rearrangements that start from one another.
  package func rearrangedProbabilities(of groups: [Group], rearrangements: Int = 20) -> [[Double]] {
    var random = NumPyRandomState(seed: 0)
    var rearranged = self
    var sums = groups.map { _ in [Double](repeating: 0, count: units.count) }
    for _ in 0..<rearrangements {
      // Strona et al. find five trades for each unit enough to forget where they began.
      rearranged = rearranged.rearranged(trades: 5 * units.count, using: &random)
      for (index, group) in groups.enumerated() {
        sums[index] = zip(sums[index], rearranged.probabilities(of: group)).map(+)
      }
    }
    return sums.map { $0.map { $0 / Double(rearrangements) } }
  }
}
