import MNIST1D
import Testing

@Suite("A configuration")
struct DatasetConfigurationTests {
  private func message(_ configuration: DatasetConfiguration) -> String? {
    do throws(ConfigurationError) {
      try configuration.validate()
      return nil
    } catch { return error.description }
  }

  @Test("the defaults and the outermost valid settings are accepted")
  func accepted() {
    #expect(message(DatasetConfiguration()) == nil)
    #expect(
      message(DatasetConfiguration(numSamples: 10, trainSplit: 0, seed: 4_294_967_295)) == nil)
    #expect(message(DatasetConfiguration(trainSplit: 1, maxTranslation: .max, seed: 0)) == nil)
    #expect(message(DatasetConfiguration(templateLen: 1, padding: 0...0, finalSeqLength: 1)) == nil)
  }

  @Test("a setting out of range gives one sentence that names it, its range and what was found")
  func refused() {
    #expect(
      message(DatasetConfiguration(seed: 4_294_967_296))
        == "seed must lie in 0 ... 4294967295, as NumPy's seeds do, but found 4294967296.")
    #expect(
      message(DatasetConfiguration(seed: -1))
        == "seed must lie in 0 ... 4294967295, as NumPy's seeds do, but found -1.")
    #expect(
      message(DatasetConfiguration(numSamples: 9))
        == "num_samples must be at least 10, one example per class, but found 9.")
    #expect(
      message(DatasetConfiguration(numSamples: 1 << 60))
        == "num_samples must be at most 53687091 for examples of this length, "
        + "but found 1152921504606846976.")
    #expect(
      message(DatasetConfiguration(trainSplit: 1.5))
        == "train_split must lie in 0 ... 1, but found 1.5.")
    #expect(
      message(DatasetConfiguration(trainSplit: .nan))
        == "train_split must lie in 0 ... 1, but found nan.")
    #expect(
      message(DatasetConfiguration(maxTranslation: 0))
        == "max_translation must be at least 1, but found 0.")
    #expect(
      message(DatasetConfiguration(padding: -1...5))
        == "padding must not be negative, but found -1.")
    #expect(
      message(DatasetConfiguration(padding: 0...1_000_000))
        == "padding must be at most 999988 with this template_len, but found 1000000.")
    #expect(
      message(DatasetConfiguration(padding: 0...Int.max))
        == "padding must be at most 999988 with this template_len, but found \(Int.max).")
    #expect(
      message(DatasetConfiguration(templateLen: 0))
        == "template_len must lie in 1 ... 1000000, but found 0.")
    #expect(
      message(DatasetConfiguration(finalSeqLength: 0))
        == "final_seq_length must lie in 1 ... 1000000, but found 0.")
    #expect(
      message(DatasetConfiguration(templateLen: 1, padding: 0...0))
        == "padding and template_len together must be at least 2, but found 1.")
    #expect(
      message(DatasetConfiguration(scaleCoeff: .infinity))
        == "scale_coeff must be a finite number, but found inf.")
    #expect(
      message(DatasetConfiguration(corrNoiseScale: .nan))
        == "corr_noise_scale must be a finite number, but found nan.")
    #expect(
      message(DatasetConfiguration(iidNoiseScale: -.infinity))
        == "iid_noise_scale must be a finite number, but found -inf.")
    #expect(
      message(DatasetConfiguration(shearScale: .nan))
        == "shear_scale must be a finite number, but found nan.")
  }

  @Test("a dataset refuses what its configuration refuses, and settings that overflow")
  func datasets() {
    #expect(throws: ConfigurationError.self) { try Dataset(DatasetConfiguration(seed: -1)) }
    let error = #expect(throws: ConfigurationError.self) {
      try Dataset(DatasetConfiguration(numSamples: 10, iidNoiseScale: 1e300))
    }
    #expect(
      error?.description
        == "the settings must lead to examples that are finite and not all the same, "
        + "but found a standard deviation of inf.")
  }
}
