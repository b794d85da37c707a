import ReferenceRandom

extension Dataset {
  /// Generates a dataset.
  ///
  /// Class by class, examples are made from the class's template as ``Transform`` describes; then
  /// they are shuffled, the columns too if the configuration says so, and all values are shifted
  /// and divided to mean 0 and standard deviation 1. Positions are divided by the same deviation.
  ///
  /// Everything is done in NumPy's order. The logarithms behind the normal variates are rounded correctly, so
  /// that the bits are the same on every machine; NumPy's come from the C library and differ in some last places.
  /// Rounded to single precision the datasets are the same.
  ///
  /// - Parameters:
  ///   - configuration: The settings; the published dataset's where they are left out.
  ///   - templates: The shapes of the classes.
  /// - Throws: ``ConfigurationError`` when no dataset can be made from the settings.
  public init(
    _ configuration: DatasetConfiguration = DatasetConfiguration(), templates: Templates = .digits
  ) throws(ConfigurationError) {
    try configuration.validate(classCount: templates.classCount)
    var random = NumPyRandomState(seed: UInt32(configuration.seed))
    let perClass = configuration.numSamples / templates.classCount
    let examples = ExampleGenerator(configuration, templates: templates)
      .examples(perClass: perClass, using: &random)
    let labels = templates.y.flatMap { repeatElement($0, count: perClass) }

    let rows = random.permutation(labels.count)
    let columns =
      configuration.shuffleSeq ? random.permutation(configuration.finalSeqLength) : nil
    let shuffled = examples.reordered(rows: rows, columns: columns)

    // NumPy sums an array in the order of memory, and indexing the columns leaves it transposed.
    let summed = columns == nil ? shuffled : shuffled.transposed()
    let mean = Moments.mean(of: summed.values)
    let deviation = Moments.standardDeviation(of: summed.values)
    guard deviation.isFinite && deviation > 0 else {
      throw ConfigurationError(
        "the settings", "must lead to examples that are finite and not all the same",
        found: "a standard deviation of \(deviation)")
    }

    let length = configuration.finalSeqLength
    let split = Int(Double(labels.count) * configuration.trainSplit)
    func normalized(_ range: Range<Int>) -> Signals {
      let values = shuffled.values[(range.lowerBound * length)..<(range.upperBound * length)]
      return Signals(values: values.map { ($0 - mean) / deviation }, length: length)
    }
    let dilated = Transform.interpolate(templates.t, to: configuration.signalLength)
    self.init(
      x: normalized(0..<split), y: rows[..<split].map { labels[$0] },
      xTest: normalized(split..<labels.count), yTest: rows[split...].map { labels[$0] },
      t: Transform.interpolate(dilated, to: length).map { $0 / deviation },
      templates: templates, configuration: configuration)
  }
}

extension Signals {
  /// Signals in the order of `rows`, their columns in the order of `columns`.
  fileprivate func reordered(rows: [Int], columns: [Int]?) -> Signals {
    var values: [Double] = []
    values.reserveCapacity(rows.count * length)
    for row in rows { values += self[row] }
    let reordered = Signals(values: values, length: length)
    return columns.map(reordered.permutingColumns) ?? reordered
  }

  fileprivate func transposed() -> Signals {
    var values: [Double] = []
    values.reserveCapacity(self.values.count)
    for column in 0..<length {
      for row in 0..<count { values.append(self.values[row * length + column]) }
    }
    return Signals(values: values, length: count)
  }
}
