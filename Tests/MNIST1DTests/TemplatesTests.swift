import Fixtures
import MNIST1D
import Testing

@Suite("Templates")
struct TemplatesTests {
  @Test("the ten digits equal the reference implementation's bits")
  func digits() throws {
    let golden = try GoldenDatasets.load().templates
    #expect(SHA256.digest(Templates.digits.x.values) == golden["x"])
    #expect(SHA256.digest(Templates.digits.t) == golden["t"])
    #expect(SHA256.digest(Templates.digits.y) == golden["y"])
  }

  @Test("drawn shapes start at zero and have one sixth as standard deviation")
  func shapes() throws {
    let templates = try Templates(shapes: [[3, 1, 4, 1, 5], [10, 20, 10, 20, 10]])
    for row in 0..<2 {
      let values = Array(templates.x[row])
      let mean = values.reduce(0, +) / 5
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5
      #expect(values[0] == 0)
      #expect(abs(variance - 1 / 36.0) < 1e-15)
    }
    #expect(templates.y == [0, 1])
    #expect(templates.t.first == -5 / 6.0 && templates.t.last == 5 / 6.0)
  }

  @Test("templates from which nothing can be made are refused with the reason")
  func refused() {
    func message(_ make: () throws(ConfigurationError) -> Templates) -> String? {
      do throws(ConfigurationError) {
        _ = try make()
        return nil
      } catch { return error.description }
    }
    let x = Signals(values: [0, 1, 2, 3], length: 2)
    #expect(
      message { () throws(ConfigurationError) in try Templates(x: x, t: [0, 1, 2]) }
        == "templates must have 2 positions, one per point, but found 3.")
    #expect(
      message { () throws(ConfigurationError) in try Templates(x: x, t: [0, 1], y: [1]) }
        == "templates must have 2 labels, one per class, but found 1.")
    #expect(
      message { () throws(ConfigurationError) in try Templates(x: x, t: [0, .nan]) }
        == "templates must have finite values, but found nan.")
    #expect(
      message { () throws(ConfigurationError) in
        try Templates(x: Signals(values: [1, 2], length: 1), t: [0])
      } == "templates must have two points or more per class, but found 1.")
    #expect(
      message { () throws(ConfigurationError) in
        try Templates(x: Signals(values: [], length: 3), t: [0, 1, 2])
      } == "templates must have at least one class, but found none.")
    #expect(
      message { () throws(ConfigurationError) in try Templates(shapes: []) }
        == "templates must have two points or more per class, but found 0.")
    #expect(
      message { () throws(ConfigurationError) in try Templates(shapes: [[1, 2], [1, 2, 3]]) }
        == "templates must have 2 points in every class, but found 3 in class 1.")
    #expect(
      message { () throws(ConfigurationError) in try Templates(shapes: [[1, 2], [1, 1]]) }
        == "templates must have shapes that are finite and not flat, "
        + "but found a standard deviation of 0.0 in class 1.")
  }
}
