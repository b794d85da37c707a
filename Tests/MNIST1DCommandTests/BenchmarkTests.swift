import Storage
import Foundation
import Testing

@Suite("The command mnist1d benchmark")
struct BenchmarkTests {
  @Test("prints one JSON object with what was asked for")
  func json() throws {
    try Command.inFolder { folder in
      let outcome = try Command.run(
        "benchmark", "gru", "logistic", "--rounds", "1", "--json", in: folder)
      #expect(outcome.status == 0)
      let json = try JSONDecoder().decode(Printed.self, from: Data(outcome.output.utf8))
      #expect(json.steps.map(\.name) == ["logistic", "gru"])
      #expect(json.steps.allSatisfy { $0.microseconds > 0 && $0.fastest <= $0.microseconds })
      #expect(json.cores > 0)
    }
  }

  @Test(
    "refuses what it cannot measure with status 64",
    arguments: [["sgd"], ["--rounds", "0"], ["--threads", "0"]])
  func refusal(_ arguments: [String]) throws {
    try Command.inFolder { folder in
      let outcome = try Command.run(["benchmark"] + arguments, in: folder)
      #expect(outcome.status == 64)
      #expect(outcome.output.isEmpty)
      #expect(outcome.messages.contains(arguments.last!))
    }
  }
}

private struct Printed: Decodable {
  struct Step: Decodable {
    let name: String
    let microseconds: Double
    let fastest: Double
  }
  let kernels: String
  let cores: Int
  let steps: [Step]
}

@Suite("The command mnist1d doctor")
struct DoctorTests {
  @Test("ends with status 0 on a machine with the committed bits, and says which kernels it tried")
  func healthy() throws {
    struct Printed: Decodable {
      struct Finding: Decodable { let agrees: Bool }
      let healthy: Bool
      let findings: [Finding]
      let available_kernels: [String]
    }
    try Command.inFolder { folder in
      let outcome = try Command.run("doctor", "--json", in: folder)
      #expect(outcome.status == 0)
      let printed = try JSONDecoder().decode(Printed.self, from: Data(outcome.output.utf8))
      #expect(printed.healthy && printed.findings.allSatisfy(\.agrees))
      #expect(printed.available_kernels.contains("portable"))
    }
  }
}
