import Figures
import Fixtures
import NeuralNetworks
import Runs
import Studies
import StudyModels
import Testing

@Suite("Appearance")
struct AppearanceTests {
  private func parts(_ color: Color, _ theme: KeyPath<Paint, RGB>) -> [Double] {
    let paint: Paint =
      switch color {
      case .series(let index): Paint.series[index % Paint.series.count]
      case .ink: .ink
      case .muted, .value: .muted
      }
    let rgb = paint[keyPath: theme]
    return [rgb.red, rgb.green, rgb.blue]
  }

  /// What stands in one figure, by name.
  private static let figures: [(name: String, things: [(String, Appearance)])] = [
    ("classifiers", Architecture.allCases.map { ($0.rawValue, $0.appearance) }),
    (
      "priors",
      Priors.Network.allCases.filter { $0 != .window }.map {
        ("\($0)", $0.appearance(window: nil))
      }
        + Priors.Configuration().windows.map {
          ("window \($0)", Priors.Network.window.appearance(window: $0))
        }
    ),
    ("quiz", [("you", .you), ("CNN", Architecture.cnn.appearance), ("human", .human)]),
    ("pooling", PoolingMethod.allCases.map { ($0.rawValue, $0.appearance) }),
    ("activations", Transfer.Activation.allCases.map { ("\($0)", $0.appearance) }),
    ("data", Transfer.Data.allCases.map { ("\($0)", $0.appearance) }),
    ("features", SelfSupervised.Features.allCases.map { ($0.rawValue, $0.appearance) }),
    ("sets", [("training", .training), ("held out", .heldOut), ("test", .test)]),
    ("noise", [("none", .labelNoise(0)), ("0.15", .labelNoise(0.15))]),
    (
      "printed numbers",
      [("twins", .twins), ("double", .doublePrecision), ("printed", .printed)]
    ),
    ("layers", [("hidden", .hiddenLayer), ("output", .outputLayer)]),
    (
      "searches for a decay",
      MetalearnDecay.Configuration().initialDecays.map { ("\($0)", .search(from: $0)) }
    ),
    ("searches", MetalearnLR.Configuration().initialRates.map { ("\($0)", .search(from: $0)) }),
    ("values", (0..<12).map { ("\($0)", .place($0)) }),
  ]

  @Test("tells things that share a figure apart, with every common vision and in grey")
  func distinct() {
    for (figure, things) in Self.figures {
      for (index, one) in things.enumerated() {
        for other in things[..<index] {
          let differInShape =
            one.1.marker != other.1.marker || one.1.dash != other.1.dash
          for vision in Vision.allCases where !differInShape {
            for theme in [\Paint.light, \Paint.dark] {
              let distance = vision.distance(
                parts(one.1.color, theme), parts(other.1.color, theme))
              #expect(
                distance > (vision == .grey ? 8 : 16),
                "\(figure): \(one.0) and \(other.0) for \(vision)")
            }
          }
          #expect(one.1 != other.1, "\(figure): \(one.0) and \(other.0)")
        }
      }
    }
  }

  @Test("gives the paper's four classifiers four colours, and none of them to another network")
  func classifiers() {
    let four = Architecture.paper.map(\.appearance.color)
    #expect(four == [.series(0), .series(1), .series(2), .series(3)])
    for other in Architecture.allCases where !Architecture.paper.contains(other) {
      #expect(!four.contains(other.appearance.color), "\(other)")
    }
    #expect(Architecture.ordered([.gru, .transformer, .mlp]) == [.mlp, .gru, .transformer])
    #expect(Priors.Network.cnn.appearance(window: nil) == Architecture.cnn.appearance)
  }
}
