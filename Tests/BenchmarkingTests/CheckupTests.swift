import Benchmarking
import Fixtures
import NeuralNetworks
import Tensors
import Testing

@Suite("A checkup of this machine", .serialized)
struct CheckupTests {
  @Test("finds the committed digests with every set of kernels")
  func healthy() throws {
    let checkup = try Checkup()
    #expect(checkup.isHealthy, "\(checkup.text)")
    #expect(checkup.findings.count == 4 + 4 * (Kernels.available.count + 1))
    #expect(Set(checkup.findings.compactMap(\.kernels)) == Set(Kernels.available))
    #expect(checkup.text.contains("every other does"))
  }

  @Test("holds the dataset against the digests that the reference implementation gave")
  func datasetDigests() throws {
    struct Golden: Decodable {
      struct Dataset: Decodable { let sha256: [String: String] }
      let configurations: [Dataset]
    }
    let golden = try Fixture.json("dataset.json", as: Golden.self).configurations[0].sha256
    let findings = try Checkup().findings
    #expect(findings[2].expected == golden["x"] && findings[3].expected == golden["x_test"])
  }

  @Test("names what differs, the kernels to avoid and what to report")
  func unhealthy() throws {
    var checkup = try Checkup()
    let kernels = Kernels.available[0]
    checkup.findings[4] = Checkup.Finding("logistic", "aa", "bb", kernels: kernels)
    #expect(!checkup.isHealthy)
    #expect(checkup.text.contains("✗ logistic, \(kernels): found bb, expected aa"))
    #expect(checkup.advice.contains("with the kernels \(kernels)"))
    #expect(checkup.advice.contains("mnist1d doctor --json"))
    checkup.findings[0] = Checkup.Finding("NumPy's random stream", "aa", "bb")
    #expect(checkup.advice.contains("do not trust results of this machine"))
    #expect(checkup.json["healthy"] == false)
  }
}
