import Figures
import NeuralNetworks
import Runs
import StudyModels

/// What a thing looks like, the same in every figure, whatever else is there.
///
/// This is the one place that gives colours to things. Ten colours do not suffice for all of them, nor do any
/// for readers who see none: what shares a figure differs in colour as seen with every common colour vision, or
/// in dash, marker or a name at its end; `AppearanceTests` holds every figure to that.
package struct Appearance: Sendable, Equatable {
  package let color: Color
  package let dash: Dash
  package let marker: Marker

  fileprivate init(_ color: Color, _ marker: Marker = .circle, _ dash: Dash = .solid) {
    self.color = color
    self.dash = dash
    self.marker = marker
  }

  fileprivate init(_ index: Int, _ marker: Marker = .circle, _ dash: Dash = .solid) {
    self.init(.series(index), marker, dash)
  }
}

extension Line {
  /// A line through means that looks like its thing.
  ///
  /// - Parameters:
  ///   - label: The name in the legend; nil keeps the line out of it.
  ///   - curve: The samples along the horizontal axis.
  ///   - spread: What the band shows on both sides of the mean.
  ///   - appearance: What it looks like.
  ///   - points: Whether the places on the axis are marked.
  ///   - endLabel: A short name at the line's end.
  init(
    _ label: String?, _ curve: SampleCurve, band spread: Spread = .deviation,
    as appearance: Appearance, points: PointMarks = .hidden, endLabel: String? = nil
  ) {
    self.init(
      label, curve, band: spread, color: appearance.color, dash: appearance.dash,
      marker: points == .shown ? appearance.marker : nil, endLabel: endLabel)
  }

  enum PointMarks {
    case shown
    case hidden
  }
}

// MARK: Who classifies

extension Architecture {
  /// The four of the paper first; relatives share a colour.
  package var appearance: Appearance {
    switch self {
    case .logistic: Appearance(0, .circle)
    case .mlp: Appearance(1, .square)
    case .cnn: Appearance(2, .triangle)
    case .gru: Appearance(3, .diamond)
    case .deepMLP: Appearance(4, .circle, .dashed)
    case .residualMLP: Appearance(4, .cross, .dashed)
    case .resnet: Appearance(5, .square, .dashed)
    case .tcn: Appearance(6, .triangle, .dashed)
    case .local: Appearance(7, .diamond, .dashed)
    case .mixer: Appearance(8, .cross, .dotted)
    case .transformer: Appearance(9, .square, .dotted)
    }
  }

  /// A name that has room at the end of a line.
  package var shortLabel: String { self == .logistic ? "logistic" : label }

  /// Networks in the order that they have in every figure.
  package static func ordered(_ networks: [Architecture]) -> [Architecture] {
    allCases.filter(networks.contains)
  }
}

extension Priors.Network {
  /// That of the network on its own; `window` is how many inputs a unit of a masked MLP sees.
  package func appearance(window: Int?) -> Appearance {
    switch self {
    case .window:
      // By the size of the window alone, so that leaving one out changes no other.
      let size = window ?? 0
      return Appearance(
        4, Marker.allCases[size / 2 % Marker.allCases.count],
        [.dashDotted, .dotted, .dashed][size / 2 / Marker.allCases.count % 3])
    case .ticket: return Lottery.Network.lottery.appearance
    case .bag: return Appearance(9, .triangle, .dotted)
    case .mlp, .local, .mixer, .transformer, .gru, .tcn, .resnet, .cnn:
      guard let architecture else { preconditionFailure("\(self) has no name of its own") }
      return architecture.appearance
    }
  }
}

extension Appearance {
  /// The paper's human, in bars and as a level.
  package static let human = Appearance(.ink, .circle, .dashed)
  /// Whoever takes the quiz.
  package static let you = Appearance(9)
  /// What guessing reaches.
  package static let chance = Appearance(.muted, .circle, .dotted)
}

// MARK: Methods

extension Lottery.Network {
  package var appearance: Appearance {
    switch self {
    case .dense: Appearance(.muted)
    case .random: Appearance(2)
    case .lottery: Appearance(0)
    case .sign: Appearance(4, .diamond, .dashed)
    }
  }
}

extension Appearance {
  /// A mask with as many inputs for each unit and units for each input as a ticket's, otherwise at random.
  package static let rearranged = Appearance(.muted, .square, .dashed)
}

extension Lottery.Condition {
  /// How a lottery ticket is drawn that is trained under the condition, beside the one on the data as it is.
  var dash: Dash {
    switch self {
    case .ordered: .solid
    case .reinitialized: .dashed
    case .shuffled: .dotted
    case .reversed, .swapped: .dashDotted
    }
  }
}

extension PoolingMethod {
  package var appearance: Appearance {
    switch self {
    case .none: Appearance(0, .circle)
    case .stride: Appearance(1, .square, .dashed)
    case .max: Appearance(2, .triangle)
    case .average: Appearance(3, .diamond, .dashDotted)
    case .l2: Appearance(4, .cross, .dotted)
    }
  }
}

extension Transfer.Activation {
  package var appearance: Appearance {
    switch self {
    case .learned: Appearance(0, .circle)
    case .learnedLarger: Appearance(0, .square, .dashed)
    case .relu: Appearance(1, .triangle)
    case .elu: Appearance(2, .diamond)
    case .swish: Appearance(3, .cross)
    case .tanh: Appearance(4, .circle, .dashed)
    case .softplus: Appearance(5, .square, .dotted)
    case .sigmoid: Appearance(6, .triangle, .dashDotted)
    }
  }
}

extension Transfer.Data {
  package var appearance: Appearance {
    switch self {
    case .mnist1d: Appearance(0, .circle)
    case .mnist: Appearance(1, .square)
    case .cifar10: Appearance(2, .triangle)
    }
  }
}

extension SelfSupervised.Features {
  package var appearance: Appearance {
    switch self {
    case .input: Appearance(.muted, .square, .dashed)
    case .untrained: Appearance(1, .square)
    case .selfSupervised: Appearance(0, .circle)
    case .noHead: Appearance(3, .diamond)
    case .deepHead: Appearance(4, .cross)
    case .supervised: Appearance(2, .triangle)
    }
  }
}

// MARK: What is measured

extension Appearance {
  /// Losses and errors on the training examples, on those held out, and on the test examples.
  package static let training = Appearance(1, .square, .dashed)
  package static let heldOut = Appearance(3, .diamond, .dotted)
  package static let test = Appearance(0, .circle)

  /// What a classifier with weights makes of features, and what their neighbours do.
  package static let linearProbe = Appearance(0)
  package static let nearestNeighbors = Appearance(1)

  /// A value of a setting by its place among those that are compared.
  package static func place(_ index: Int) -> Appearance {
    let (dashes, markers) = (Dash.allCases, Marker.allCases)
    // Colours come round after ten values, with another dash; markers differ between neighbours.
    return Appearance(
      index, markers[index % markers.count], dashes[(index + index / 10) % dashes.count])
  }

  /// The same with another dash.
  func dashed(_ index: Int) -> Appearance {
    Appearance(color, marker, Dash.allCases[index % Dash.allCases.count])
  }

  /// A network that learned from labels of which this part is wrong; by the part alone.
  package static func labelNoise(_ part: Double) -> Appearance {
    guard part > 0 else { return Appearance(0) }
    return Appearance(1 + (Int((min(part, 1) * 20).rounded()) + 5) % 8)
  }

  /// A search that starts at this learning rate or weight decay; by the number alone: a colour for each power of ten,
  /// and a dash for the upper half of each; small ones differ in dash, too.
  package static func search(from rate: Double) -> Appearance {
    let bounds = [1, 0.1, 0.01, 0.001, 1e-4, 1e-5, 1e-6]
    let decade = bounds.firstIndex { rate >= $0 } ?? bounds.count
    let isUpper = decade < bounds.count && rate >= 3 * bounds[decade]
    let lower: Dash = decade < 3 ? .solid : decade < 5 ? .dotted : .dashDotted
    return Appearance(decade, .circle, isUpper ? .dashed : lower)
  }

  /// The layers of a network with one hidden layer.
  package static let hiddenLayer = Appearance(0)
  package static let outputLayer = Appearance(1, .square, .dashed)

  /// Computed again with other roundings, with twice the digits, and as the authors printed it.
  package static let twins = Appearance(0)
  package static let doublePrecision = Appearance(2, .circle, .dashed)
  package static let printed = Appearance(1, .square)
}
