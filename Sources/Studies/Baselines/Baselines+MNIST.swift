import DataFormats
import Figures
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Tensors

// Table 1's row for MNIST, whose files the user has.

extension Baselines {
  /// The images of MNIST that classifiers learn from and are tested on.
  package enum Images: String, Codable, Sendable, CaseIterable {
    /// The first ones of either part, as many as there are signals of MNIST-1D.
    case equal
    /// All of them.
    case whole

    /// How a table names them.
    fileprivate var label: String { self == .equal ? "as many as signals" : "all" }
  }

  /// A training on images.
  static func measure(
    _ trial: Trial, on images: Images, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    let key = ImageOrderKey(images, trial.columns, configuration)
    let (shape, split) = try context.shared(key) { try $0.examples() }
    var generator = TorchGenerator(seed: UInt64(trial.seed))
    let model = BaselineNetwork(
      trial.model, configuration.network, image: shape, using: &generator)
    var recipe = configuration.training(on: .all)
    recipe.steps = configuration.mnistSteps
    var training = try Training(of: model, on: split.training, testing: split.test, by: recipe)
    try Kernels.withThreads(context.threads) { try context.train(&training) }
    return Measurement(training, selected: .all)
  }

  /// Images in one order of their pixels, which several trials share.
  struct ImageOrderKey: Hashable, Sendable {
    let images: Images
    let columns: Columns
    let counts: [Int]
    let directory: String
    let digest: String

    init(_ images: Images, _ columns: Columns, _ configuration: Configuration) {
      self.images = images
      self.columns = columns
      counts = images == .equal ? configuration.equalCounts : []
      (directory, digest) = (configuration.mnist, configuration.mnistDigest)
    }

    /// The images' shape and examples, standardised by those for training.
    func examples() throws -> (shape: ImageShape, split: Split) {
      var images = try PublishedImages.mnist.read(directory, digest: digest)
      if self.images == .equal { images = try images.first(training: counts[0], test: counts[1]) }
      var state = NumPyRandomState(seed: 42)
      let order = columns == .shuffled ? state.permutation(images.shape.count) : nil
      return (images.shape, Split(standardizing: images, order: order))
    }
  }
}

extension Baselines.Configuration {
  /// How many signals of MNIST-1D there are to learn from and to test on.
  var equalCounts: [Int] { [dataset.trainingCount, dataset.testCount] }

  /// The models that images are shown to.
  var imageModels: [Architecture] { models.filter(Architecture.paper.contains) }

  package mutating func resolve() throws {
    guard let images = try PublishedImages.mnist.resolve(&mnist, digest: &mnistDigest) else {
      return
    }
    try requireExamples(of: dataset)
    for model in imageModels { try network.validate(for: model, image: images.shape) }
    // Where there are no more, all are the first ones.
    if Set(mnistImages).count > 1, images.training.count <= dataset.trainingCount,
      images.test.count <= dataset.testCount
    {
      mnistImages.removeAll { $0 == .whole }
    }
  }

  func validateMNIST() throws {
    try requireCounts([("mnist-steps", mnistSteps)], from: 0)
    guard !mnist.isEmpty else { return }
    try requireValues([("mnist-images", mnistImages.isEmpty)])
    guard !imageModels.isEmpty else {
      let models = Architecture.paper.map(\.rawValue).joined(separator: ", ")
      throw SettingError("mnist is given, and none of the models \(models), which read images")
    }
  }
}

extension Baselines.Trial {
  /// The images are left out where there are none, so that trials on signals keep the keys by which they are stored.
  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(model, forKey: .model)
    try members.encode(columns, forKey: .columns)
    try members.encode(examples, forKey: .examples)
    if let images { try members.encode(images, forKey: .images) }
    try members.encode(seed, forKey: .seed)
  }
}

// MARK: - What it shows

extension Results<Baselines> {
  /// The best evaluations of one classifier on images.
  private func accuracy(
    _ model: Architecture, on images: Baselines.Images, _ columns: Baselines.Columns,
    _ value: (Baselines.Measurement) -> Double = { $0.best }
  ) -> Sample? {
    sample(where: { $0.images == images && $0.model == model && $0.columns == columns }, value)
  }

  private var hasImages: Bool { all.contains { $0.trial.images != nil } }

  // MARK: The row of Table 1

  var imageTable: Table? {
    guard hasImages else { return nil }
    let models = configuration.imageModels
    var table = Table(
      "table-1-mnist", title: "Test accuracy in percent on MNIST (Table 1)",
      columns: ["pixels", "images", "accuracy"] + models.map(\.rawValue))
    for columns in configuration.columns {
      if columns == .ordered {
        table.append(
          [.text(columns.rawValue), "all", "reported"]
            + models.map { .text($0 == .logistic ? "94" : "99+") })
      }
      for images in configuration.mnistImages {
        let rows: [(String, (Baselines.Measurement) -> Double)] = [
          ("last step", { $0.last }), ("best evaluation, selected on the test set", { $0.best }),
        ]
        for (name, value) in rows {
          table.append(
            [.text(columns.rawValue), .text(images.label), .text(name)]
              + models.map { Cell(accuracy($0, on: images, columns, value)) })
        }
      }
    }
    return table
  }

  // MARK: The figure

  var imageIllustration: Illustration? {
    guard hasImages else { return nil }
    let images = configuration.mnistImages[0]
    return Illustration(
      "mnist",
      caption: "Test accuracy while training on \(imageCounts(images)), "
        + Spread.deviation.caption(over: configuration.seeds.count)
        + "; chance: guessing.",
      figure: Figure(
        title: "Does MNIST tell classifiers apart?",
        subtitle:
          "The classifiers of Figure 2 on images: the CNN in two dimensions, the GRU row by row",
        panels: configuration.columns.map { columns in
          Panel(
            title: columns == .ordered ? "Pixels in order" : "Pixels shuffled",
            x: Axis("training step"), y: Axis("test accuracy (%)", from: 0, to: 100),
            marks: [
              .rule(
                Rule(
                  .horizontal(10), label: "chance", color: Appearance.chance.color,
                  dash: Appearance.chance.dash))
            ] + curves(on: images, columns))
        }, columns: 2, sharing: .y, legend: .hidden, width: 920, aspect: 0.85),
      finding: Illustration.Finding(
        "MNIST hardly tells classifiers apart", ifHold: "mnist-poor", "mnist-1d-differentiates"))
  }

  private func curves(on images: Baselines.Images, _ columns: Baselines.Columns) -> [Mark] {
    Architecture.ordered(configuration.imageModels).compactMap { model in
      curve(where: { $0.images == images && $0.model == model && $0.columns == columns }) {
        ($0.steps, $0.testAccuracy)
      }.map {
        .line(Line(model.label, $0, as: model.appearance, endLabel: model.shortLabel))
      }
    }
  }

  /// `4,000 images of MNIST`.
  private func imageCounts(_ images: Baselines.Images) -> String {
    images == .equal
      ? "at most \(configuration.equalCounts[0].shown) images of MNIST" : "all images of MNIST"
  }

  // MARK: Claims

  var imageClaims: [Claim?] {
    hasImages ? [poor, differentiating, priors] + Architecture.paper.map(atFullSize) : []
  }

  private static var introduction: String {
    "Section 1: MNIST “does a poor job of differentiating between linear, nonlinear, and translation-invariant models”"
  }

  /// For each seed, how far apart the paper's classifiers are.
  private func spread(_ accuracy: (Architecture) -> Sample?) -> Sample? {
    each(Architecture.paper.map(accuracy)) { ($0.max() ?? 0) - ($0.min() ?? 0) }
  }

  private var poor: Claim? {
    Claim(
      "mnist-poor",
      "On as many images of MNIST the paper's classifiers are less than 10 points apart (the largest best evaluation less "
        + "the smallest).",
      source: "\(Self.introduction); Table 1: 94 and 99+ %", reported: 5,
      difference: spread { accuracy($0, on: .equal, .ordered) }, in: .below(10))
  }

  private var differentiating: Claim? {
    Claim(
      "mnist-1d-differentiates",
      "MNIST-1D sets them further apart than as many images of MNIST do (difference of these spreads, in points).",
      source:
        "Section 1: MNIST-1D's examples “are 20 times smaller but they are still better at measuring the difference between "
        + "1) linear and nonlinear classifiers and 2) models with and without spatial inductive biases”; Table 1: 62 and 5",
      reported: 57,
      difference: spread { best($0, .ordered) }
        - spread { accuracy($0, on: .equal, .ordered) }, in: .above(0))
  }

  private var priors: Claim? {
    func lead(_ accuracy: (Architecture) -> Sample?) -> Sample? { accuracy(.cnn) - accuracy(.mlp) }
    return Claim(
      "mnist-hides-priors",
      "On MNIST the CNN's lead over the fully-connected network is smaller than on MNIST-1D (difference of the leads, in "
        + "points).",
      source:
        "Section 1: “This makes it hard to measure the contribution of a CNN’s spatial priors”; Table 1: 26 and about 0",
      reported: 26,
      difference: lead { best($0, .ordered) } - lead { accuracy($0, on: .equal, .ordered) },
      in: .above(0))
  }

  private func atFullSize(_ model: Architecture) -> Claim? {
    let (least, name) = model == .logistic ? (93.0...95.0, "94") : (99...(.infinity), "99+")
    return Claim(
      "mnist-\(model.rawValue)",
      "On all of MNIST \(model == .logistic ? "logistic regression" : "the \(model.label)") reaches \(name) % (best evaluation"
        + (model == .logistic ? ", within 1 point)." : ")."),
      source:
        "Section 1: “logistic, MLP, and CNN benchmarks obtain 94, 99+, and 99+% accuracy on it”",
      reported: .text(name), measured: accuracy(model, on: .whole, .ordered)
    ) { least.contains($0.mean) }
  }

  // MARK: Notes

  var imageNotes: [String] {
    guard hasImages else {
      return [PublishedImages.mnist.invitation(to: "Table 1's row for MNIST")]
    }
    return [
      "MNIST's images are shown to the same classifiers in two dimensions, the GRU reading them row by row, for "
        + "\(configuration.mnistSteps.shown) steps; pixels are standardised by the mean and the deviation of the training "
        + "images' pixels, and shuffled in the order of RandomState(42).permutation."
    ]
  }
}
