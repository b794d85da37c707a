import MNIST1D

// The dataset's settings as part of a study's: under their own names, `padding` as its two ends.
extension MNIST1D.Configuration: Codable {
  private enum Key: String, CodingKey {
    case numSamples, trainSplit, templateLen, padding, scaleCoeff, maxTranslation, corrNoiseScale
    case iidNoiseScale, shearScale, shuffleSeq, finalSeqLength, seed
  }

  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: Key.self)
    numSamples = try values.decode(Int.self, forKey: .numSamples)
    trainSplit = try values.decode(Double.self, forKey: .trainSplit)
    templateLen = try values.decode(Int.self, forKey: .templateLen)
    let padding = try values.decode([Int].self, forKey: .padding)
    guard padding.count == 2, padding[0] <= padding[1] else {
      throw DecodingError.dataCorruptedError(
        forKey: .padding, in: values,
        debugDescription: "padding is \(padding); it must be two numbers in ascending order")
    }
    self.padding = padding[0]...padding[1]
    scaleCoeff = try values.decode(Double.self, forKey: .scaleCoeff)
    maxTranslation = try values.decode(Int.self, forKey: .maxTranslation)
    corrNoiseScale = try values.decode(Double.self, forKey: .corrNoiseScale)
    iidNoiseScale = try values.decode(Double.self, forKey: .iidNoiseScale)
    shearScale = try values.decode(Double.self, forKey: .shearScale)
    shuffleSeq = try values.decode(Bool.self, forKey: .shuffleSeq)
    finalSeqLength = try values.decode(Int.self, forKey: .finalSeqLength)
    seed = try values.decode(Int.self, forKey: .seed)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(numSamples, forKey: .numSamples)
    try values.encode(trainSplit, forKey: .trainSplit)
    try values.encode(templateLen, forKey: .templateLen)
    try values.encode(padding, forKey: .padding)
    try values.encode(scaleCoeff, forKey: .scaleCoeff)
    try values.encode(maxTranslation, forKey: .maxTranslation)
    try values.encode(corrNoiseScale, forKey: .corrNoiseScale)
    try values.encode(iidNoiseScale, forKey: .iidNoiseScale)
    try values.encode(shearScale, forKey: .shearScale)
    try values.encode(shuffleSeq, forKey: .shuffleSeq)
    try values.encode(finalSeqLength, forKey: .finalSeqLength)
    try values.encode(seed, forKey: .seed)
  }
}
