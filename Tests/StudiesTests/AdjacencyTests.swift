import ReferenceRandom
import Studies
import Testing

@Suite("Adjacency")
struct AdjacencyTests {
  /// Units with inputs at random places.
  private func units(_ count: Int, inputs: Int, keeping share: Double) -> [[Bool]] {
    var random = NumPyRandomState(seed: 1)
    return (0..<count).map { _ in (0..<inputs).map { _ in random.randomSample() < share } }
  }

  @Test("counts pairs, runs and squares of a picture as looking at every pixel does")
  func picture() {
    let (rows, columns) = (5, 7)
    let units = units(6, inputs: rows * columns, keeping: 0.7)
    let adjacency = Adjacency(units: units, shape: [rows, columns])
    for count in 2...4 {
      let expected = units.map { unit in
        var (full, all) = (0, 0)
        for row in 0..<rows {
          for column in 0..<columns {
            for (down, right) in [(0, 1), (1, 0)] {
              let end = (row + down * (count - 1), column + right * (count - 1))
              guard end.0 < rows, end.1 < columns else { continue }
              all += 1
              full +=
                (0..<count).allSatisfy {
                  unit[(row + down * $0) * columns + column + right * $0]
                } ? 1 : 0
            }
          }
        }
        return Double(full) / Double(all)
      }
      #expect(adjacency.probabilities(of: .run(count)) == expected, "\(count)")
    }
    let squares = units.map { unit in
      var full = 0
      for row in 0..<rows - 1 {
        for column in 0..<columns - 1 {
          let corner = row * columns + column
          if unit[corner] && unit[corner + 1] && unit[corner + columns]
            && unit[corner + columns + 1]
          {
            full += 1
          }
        }
      }
      return Double(full) / Double((rows - 1) * (columns - 1))
    }
    #expect(adjacency.probabilities(of: .square) == squares)
  }

  @Test("knows the neighbours of a mask that is drawn by hand")
  func drawn() {
    let ring = [
      "###",
      "#.#",
      "###",
    ].flatMap { $0.map { $0 == "#" } }
    let adjacency = Adjacency(units: [ring], shape: [3, 3])
    #expect(adjacency.places(of: .run(2)).count == 12)
    #expect(adjacency.probabilities(of: .run(2)) == [8.0 / 12])
    #expect(adjacency.probabilities(of: .run(3)) == [4.0 / 6])
    #expect(adjacency.probabilities(of: .run(4)) == [0])
    #expect(adjacency.probabilities(of: .square) == [0])
    // In a line there are no squares, and nothing lies below anything.
    let line = Adjacency(units: [ring], shape: [9])
    #expect(line.probabilities(of: .run(2)) == [6.0 / 8])
    #expect(line.places(of: .square).isEmpty)
  }

  @Test("orders units by their neighbours, then by their inputs, then as they were")
  func order() {
    let units = ["...#", "....", "##..", "#.#.", "#..#"].map { $0.map { $0 == "#" } }
    let sorted = Adjacency(units: units, shape: [4]).sorted
    #expect(sorted == [2, 3, 4, 0, 1].map { units[$0] })
  }

  @Test("rearranges units so that they keep as many inputs, and inputs as many units")
  func margins() {
    let units = units(30, inputs: 12, keeping: 0.3)
    let before = Adjacency(units: units, shape: [3, 4])
    var random = NumPyRandomState(seed: 2)
    let after = before.rearranged(trades: 200, using: &random)
    #expect(after != before && after.shape == before.shape)
    for (old, new) in zip(units, after.units) {
      #expect(old.count { $0 } == new.count { $0 })
    }
    for input in 0..<12 {
      #expect(units.count { $0[input] } == after.units.count { $0[input] })
    }
    // Units between which nothing can be traded stay as they are.
    let same = Adjacency(units: [[true, false], [true, false]], shape: [2])
    #expect(same.rearranged(trades: 10, using: &random) == same)
  }

  @Test("is at random what chance gives, and what the inputs' own counts give where these differ")
  func controls() {
    // Each unit keeps one of two pairs of neighbours: local, and every input is kept as often.
    let local = Adjacency(
      units: (0..<40).map { unit in (0..<4).map { $0 / 2 == unit % 2 } }, shape: [4])
    let own = local.probabilities(of: .run(2))
    let chance = local.expectedProbabilities(of: 2)
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    #expect(abs(mean(own) - 1.0 / 3) < 1e-12 && abs(mean(chance) - 1.0 / 6) < 1e-12)
    let rearranged = local.rearrangedProbabilities(of: [.run(2)], rearrangements: 100)[0]
    #expect(abs(mean(rearranged) - 1.0 / 6) < 0.01)
    // All units keep the same pair, since nothing else is worth keeping: neighbours, and no locality of any unit.
    let inked = Adjacency(
      units: (0..<40).map { _ in [false, true, true, false] }, shape: [4])
    #expect(abs(mean(inked.probabilities(of: .run(2))) - 1.0 / 3) < 1e-12)
    let kept = inked.rearrangedProbabilities(of: [.run(2)], rearrangements: 3)[0]
    #expect(abs(mean(kept) - 1.0 / 3) < 1e-12)
  }
}
