import Fixtures
import MNIST1D
import ReferenceRandom
import Testing

@Suite("A transformation")
struct TransformTests {
  @Test("used alone, each equals the reference implementation's bits")
  func golden() throws {
    let signal = (0..<37).map { Double($0 * 7 % 19 - 9) * 0.375 }
    for golden in try GoldenDatasets.load().transforms {
      var random = NumPyRandomState(seed: 5)
      let bounds = golden.bounds ?? []
      let scale = golden.scale ?? 0
      var result: [Double] = []
      for _ in 0..<3 {
        switch golden.name {
        case "pad": result += Transform.pad(signal, with: bounds[0]...bounds[1], using: &random)
        case "interpolate": result += Transform.interpolate(signal, to: bounds[0])
        case "translate": result += Transform.translate(signal, upTo: bounds[0], using: &random)
        case "shear": result += Transform.shear(signal, by: scale, using: &random)
        case "scale": result += Transform.scale(signal, by: scale, using: &random)
        case "correlated_noise":
          result += Transform.correlatedNoise(count: 37, scale: scale, using: &random)
        case "white_noise":
          result += Transform.whiteNoise(count: 37, scale: scale, using: &random)
        case "gaussian_filter": result += Transform.gaussianFilter(signal, sigma: scale)
        case "gaussian_filter_short":
          result += Transform.gaussianFilter(Array(signal[..<bounds[0]]), sigma: 2)
        default: Issue.record("no test applies \(golden.name)")
        }
      }
      #expect(result.count == golden.count, "\(golden)")
      #expect(SHA256.digest(result) == golden.sha256, "\(golden)")
    }
  }

  @Test("rotating by the signal's length or more leaves it as it is")
  func longTranslation() {
    var random = NumPyRandomState(seed: 1)
    var probe = NumPyRandomState(seed: 1)
    var long = 0
    for _ in 0..<100 {
      let shift = probe.randomInteger(below: 9)
      let rotated = Transform.translate([1, 2, 3], upTo: 9, using: &random)
      #expect(rotated == [[1, 2, 3], [3, 1, 2], [2, 3, 1]][shift < 3 ? shift : 0])
      if shift >= 3 { long += 1 }
    }
    #expect(long > 0)
  }

  @Test("noise fills the points that are exactly zero and no others")
  func filling() {
    #expect(
      Transform.fillZeros(of: [0, 1e-300, -2, -0.0], with: [5, 6, 7, 8]) == [5, 1e-300, -2, 8])
  }

  @Test("a Gaussian filter keeps constants and the sum of a signal")
  func filter() {
    let constant = Transform.gaussianFilter([Double](repeating: 3, count: 50), sigma: 2)
    #expect(constant.allSatisfy { abs($0 - 3) < 1e-14 })
    var impulse = [Double](repeating: 0, count: 50)
    impulse[1] = 1
    #expect(abs(Transform.gaussianFilter(impulse, sigma: 2).reduce(0, +) - 1) < 1e-14)
  }
}
