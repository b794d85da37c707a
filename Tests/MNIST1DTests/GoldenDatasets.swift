import Fixtures
import MNIST1D

/// The golden file of datasets, as `dataset.py` writes it.
struct GoldenDatasets: Decodable {
  var templates: [String: String]
  var configurations: [GoldenDataset]
  var waves: GoldenDataset
  var transforms: [GoldenTransform]

  static func load() throws -> GoldenDatasets {
    try Fixture.json("dataset.json", as: GoldenDatasets.self)
  }
}

/// One dataset: the settings that differ from the defaults, and the digests of its fields.
struct GoldenDataset: Decodable {
  var settings: Settings
  var sha256: [String: String]
  var sha256_float32: [String: String]
  var first: [Double]

  struct Settings: Decodable {
    var num_samples: Int?
    var train_split: Double?
    var template_len: Int?
    var padding: [Int]?
    var scale_coeff: Double?
    var max_translation: Int?
    var corr_noise_scale: Double?
    var iid_noise_scale: Double?
    var shear_scale: Double?
    var shuffle_seq: Bool?
    var final_seq_length: Int?
    var seed: Int?
  }

  var configuration: DatasetConfiguration {
    var result = DatasetConfiguration()
    func set<Value>(_ path: WritableKeyPath<DatasetConfiguration, Value>, _ value: Value?) {
      if let value { result[keyPath: path] = value }
    }
    set(\.numSamples, settings.num_samples)
    set(\.trainSplit, settings.train_split)
    set(\.templateLen, settings.template_len)
    set(\.padding, settings.padding.map { $0[0]...$0[1] })
    set(\.scaleCoeff, settings.scale_coeff)
    set(\.maxTranslation, settings.max_translation)
    set(\.corrNoiseScale, settings.corr_noise_scale)
    set(\.iidNoiseScale, settings.iid_noise_scale)
    set(\.shearScale, settings.shear_scale)
    set(\.shuffleSeq, settings.shuffle_seq)
    set(\.finalSeqLength, settings.final_seq_length)
    set(\.seed, settings.seed)
    return result
  }
}

/// Three draws of one transformation of one signal.
struct GoldenTransform: Decodable {
  var name: String
  var bounds: [Int]?
  var scale: Double?
  var count: Int
  var sha256: String
}
