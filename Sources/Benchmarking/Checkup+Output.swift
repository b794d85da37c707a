import Storage
import Runs

extension Checkup {
  /// The checkup as one object.
  package var json: JSON {
    [
      "healthy": .flag(isHealthy), "kernels": .text(kernels),
      "available_kernels": .array(available.map { .text($0) }), "cores": .integer(cores),
      "processor": processor.map { .text($0) } ?? nil, "system": .text(system),
      "build": .text(BenchmarkReport.Build.current.rawValue),
      "findings": .array(
        findings.map { finding in
          [
            "subject": .text(finding.subject),
            "kernels": finding.kernels.map { .text($0) } ?? nil,
            "expected": .text(finding.expected), "found": .text(finding.found),
            "agrees": .flag(finding.agrees),
          ]
        }),
    ]
  }

  /// The checkup for a terminal.
  package var text: String {
    let others = available.filter { $0 != kernels }
    var lines = [
      "kernels    \(kernels)"
        + (others.isEmpty ? "" : " (also here: \(others.joined(separator: ", ")))"),
      "cores      \(cores)",
      "processor  \(processor ?? "unknown")",
      "system     \(system)",
      "",
    ]
    lines += findings.map { finding in
      let subject = finding.subject + (finding.kernels.map { ", \($0)" } ?? "")
      return finding.agrees
        ? "✓ \(subject)"
        : "✗ \(subject): found \(finding.found.prefix(16)), expected \(finding.expected.prefix(16))"
    }
    lines += ["", advice]
    return lines.joined(separator: "\n")
  }

  /// What the findings mean, and what to do about it.
  package var advice: String {
    guard !isHealthy else {
      return
        "All \(findings.count) digests are the committed ones: this machine computes the bits that every other does."
    }
    let wrong = Set(findings.filter { !$0.agrees }.compactMap(\.kernels))
    let right = available.first { !wrong.contains($0) }
    let report =
      "Please report it with what mnist1d doctor --json prints, the version of the compiler (swift --version), "
      + "and whether the same happens after a clean build."
    if findings.contains(where: { !$0.agrees && $0.kernels == nil }) {
      return
        "The random streams or the dataset differ, so every number that follows from them does: "
        + "do not trust results of this machine. " + report
    }
    let remedy = right.map { "; MNIST1D_KERNELS=\($0) gives the right ones" } ?? ""
    return "Trainings end at other weights than everywhere else with the kernels "
      + "\(available.filter(wrong.contains).joined(separator: ", "))\(remedy). " + report
  }
}
