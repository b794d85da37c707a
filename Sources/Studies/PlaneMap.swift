import Figures
import NeuralNetworks
import Runs

/// Points in the plane, where t-SNE has laid them, with their classes.
package struct PlaneMap: Codable, Sendable, Equatable {
  /// The horizontal positions, to a hundredth.
  package var x: [Double]
  /// The vertical positions, to a hundredth.
  package var y: [Double]
  /// The class of each point.
  package var labels: [Int]
  /// The divergence that t-SNE ended at, in nats.
  package var divergence: Double

  /// Sets points side by side.
  package init(x: [Double], y: [Double], labels: [Int], divergence: Double) {
    self.x = x
    self.y = y
    self.labels = labels
    self.divergence = divergence
  }

  /// Takes what t-SNE gives, in its order.
  init(_ embedding: TSNE.Embedding, labels: [Int32]) {
    let positions = embedding.positions.elements.map { (Double($0) * 100).rounded() / 100 }
    self.init(
      x: stride(from: 0, to: positions.count, by: 2).map { positions[$0] },
      y: stride(from: 1, to: positions.count, by: 2).map { positions[$0] },
      labels: labels.map(Int.init), divergence: embedding.divergence)
  }

  /// The map as a panel, each point a digit in its class's colour.
  func panel(title: String) -> Panel {
    let points = zip(zip(x, y), labels)
    return Panel(
      title: title, x: Axis(ticks: .hidden), y: Axis(ticks: .hidden),
      marks: (0..<10).map { label in
        let places = points.filter { $0.1 == label }.map(\.0)
        return .points(
          Points(
            "class \(label)", x: places.map(\.0), y: places.map(\.1), color: .series(label),
            character: Character("\(label)"), size: 7))
      })
  }
}

extension Figure {
  /// Maps side by side, each with its title.
  init(title: String, subtitle: String, maps: [(title: String, map: PlaneMap)]) {
    self.init(
      title: title, subtitle: subtitle, panels: maps.map { $0.map.panel(title: $0.title) },
      columns: maps.count, legend: .below, width: 200 + 340 * Double(maps.count), aspect: 1)
  }
}
