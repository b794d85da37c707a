import Foundation
import Storage

/// By which program, when and on what machine findings were made.
public struct Provenance: Sendable, Equatable {
  /// The program's name, such as `mnist1d`.
  public var program: String
  /// Its version; nil if it has none.
  public var version: String?
  /// The time in UTC, as ISO 8601 writes it: `2026-11-29T14:05:00Z`.
  public var date: String
  /// The machine in words: processor, cores, kernels, system.
  public var machine: String

  /// Names a program and a machine; the time is now unless given.
  public init(
    program: String, version: String?, date: String? = nil, machine: String
  ) {
    self.program = program
    self.version = version
    self.date = date ?? Date.now.iso8601
    self.machine = machine
  }
}

extension Provenance {
  var json: JSON {
    [
      "program": .text(program), "version": version.map { .text($0) } ?? nil,
      "date": .text(date), "machine": .text(machine),
    ]
  }

  /// Reads what ``json`` gives; nil for anything else.
  init?(_ json: JSON) {
    guard let program = json["program"]?.text, let date = json["date"]?.text,
      let machine = json["machine"]?.text
    else { return nil }
    self.init(program: program, version: json["version"]?.text, date: date, machine: machine)
  }

  /// The program with its version.
  var maker: String { [program, version].compactMap(\.self).joined(separator: " ") }

  /// The day of the date, `2026-11-29`.
  var day: String { String(date.prefix { $0 != "T" }) }
}

extension Date {
  /// The time in UTC, as ISO 8601 writes it.
  package var iso8601: String { formatted(.iso8601) }
}

/// The machine that the program runs on.
package enum Machine {
  /// The processor's name, where the system tells it: Linux and macOS do so in different places.
  package static var processor: String? {
    #if canImport(Darwin)
      var bytes = [UInt8](repeating: 0, count: 200)
      var size = bytes.count - 1
      guard sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0) == 0 else { return nil }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    #else
      let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
      return text?.split(separator: "\n").first { $0.hasPrefix("model name") }?
        .split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    #endif
  }

  /// The machine in words, with the kernels in use: "AMD EPYC 9R14, 2 cores, avx512, Ubuntu 24.04".
  package static func description(kernels: String) -> String {
    let process = ProcessInfo.processInfo
    let cores = process.activeProcessorCount
    return [
      processor, "\(cores) \(cores == 1 ? "core" : "cores")", "\(kernels) kernels",
      process.operatingSystemVersionString,
    ].compactMap(\.self).joined(separator: ", ")
  }
}
