import Foundation
import MNIST1D
import NeuralNetworks
import Testing

import Lab

/// The surface as the page calls it; it keeps what it works with in globals.
@Suite("The lab's surface", .serialized)
struct SurfaceTests {
  // MARK: Bits

  @Test(
    "Trainings in batches of any size end with the digests that every machine comes to",
    arguments: Architecture.paper)
  func digests(_ model: Architecture) throws {
    let data = try Calls.dataset()
    defer { _ = labRemoveDataset(data) }
    let trial = try Calls.trial(data, "training", "model=\(model)\nseed=42\nsteps=299")
    defer { _ = labRemoveTrial(trial) }
    #expect(try Calls.advance(trial, 10).count == 10)
    #expect(try Calls.text(labDigest(trial)) == ReferenceTraining.after10[model])
    #expect(try Calls.advance(trial, 1000).count == 290)
    #expect(try Calls.text(labDigest(trial)) == ReferenceTraining.after300[model])
    #expect(try Calls.advance(trial, 1).isEmpty)
    #expect(try Calls.result(labProgress(trial), of: Int32.self) == [300, 300])
  }

  @Test("The trials of the table end with its digests, and what it refuses is refused in its words")
  func trials() throws {
    var entries = try JSONDecoder().decode([Entry].self, from: Data(contentsOf: Self.table))
    #expect(entries.count > 40)
    for index in entries.indices {
      let entry = entries[index]
      let outcome = Result { try entry.run() }
      switch outcome {
      case .success(let digest): #expect(digest == entry.digest, "\(entry.kind) \(entry.settings)")
      case .failure(let refusal as Calls.Refusal):
        #expect(refusal.sentence == entry.refusal, "\(entry.kind) \(entry.settings)")
      case .failure(let error): throw error
      }
      entries[index].digest = try? outcome.get()
    }
    if let path = ProcessInfo.processInfo.environment["MNIST1D_LAB_DIGESTS"] {
      try JSONEncoder().encode(entries.map(\.digest)).write(to: URL(fileURLWithPath: path))
    }
  }

  /// Lab/trials.json, which `Lab/check` compares a browser with.
  private static let table = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Lab/trials.json")

  private struct Entry: Decodable {
    let kind: String
    let dataset: [String: Value]?
    let order: String?
    let settings: [String: Value]
    /// How many steps are taken, if not all: the last round of a lottery leaves nothing.
    let advance: Int32?
    var digest: String?
    let refusal: String?

    /// Takes the steps.
    func run() throws -> String {
      let data = try Calls.dataset(Value.lines(dataset ?? [:]), order: order)
      defer { _ = labRemoveDataset(data) }
      let trial = try Calls.trial(data, kind, Value.lines(settings))
      defer { _ = labRemoveTrial(trial) }
      _ = try Calls.advance(trial, advance ?? .max)
      return try Calls.text(labDigest(trial))
    }
  }

  /// A setting's value as the page writes it.
  private enum Value: Decodable, CustomStringConvertible {
    case flag(Bool)
    case number(Double)
    case text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    var description: String {
      switch self {
      case .flag(let flag): "\(flag)"
      case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
      case .text(let text): text
      }
    }

    static func lines(_ settings: [String: Value]) -> String {
      settings.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
    }
  }

  // MARK: The table of the surface

  @Test("Lab/surface.json says of each function what Swift's signature says")
  func surface() throws {
    struct Function: Decodable {
      let name: String
      let takes: [String]
    }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../..")
    let table = try JSONDecoder().decode(
      [Function].self, from: Data(contentsOf: root.appendingPathComponent("Lab/surface.json")))
    let source = try String(
      contentsOf: root.appendingPathComponent("Sources/Lab/Surface.swift"), encoding: .utf8)
    let signature =
      /@_expose\(wasm, "(\w+)"\)\n@_cdecl\("\w+"\)\npublic func \w+\(([^)]*)\) -> Int32/
    let functions = source.matches(of: signature).map { match in
      let types = match.output.2.split(separator: ",").map {
        $0.split(separator: ":")[1].trimmingCharacters(in: .whitespacesAndNewlines)
      }
      var takes: [String] = []
      for (index, type) in types.enumerated() {
        switch type {
        case "UnsafePointer<UInt8>?": takes.append("text")
        case "UnsafePointer<Double>?": takes.append("numbers")
        // The count of what lies in memory.
        case "Int32" where index > 0 && types[index - 1].hasPrefix("Unsafe"): break
        default: takes.append("integer")
        }
      }
      return "\(match.output.1)(\(takes.joined(separator: ", ")))"
    }
    #expect(functions.count == source.matches(of: /-> Int32 \{/).count)
    #expect(functions == table.map { "\($0.name)(\($0.takes.joined(separator: ", ")))" })
  }

  // MARK: Settings

  /// The names of a structure's fields, as the command line has them.
  private func keys(of value: Any, prefix: String = "") -> [String] {
    Mirror(reflecting: value).children.compactMap(\.label).map { prefix + kebabCase($0) }
  }

  @Test("A dataset's settings are all those of its configuration, and as there")
  func datasetSettings() throws {
    let settings = try Calls.settings(of: nil)
    #expect(settings.map(\.key).sorted() == keys(of: DatasetConfiguration()).sorted())
    let explicit = settings.map { "\($0.key)=\($0.standard)" }.joined(separator: "\n")
    let (standard, given) = (try Calls.dataset(), try Calls.dataset(explicit))
    defer { for data in [standard, given] { _ = labRemoveDataset(data) } }
    let digest = try Calls.text(labDatasetDigest(standard))
    #expect(digest == "5744183bb9b6753a")
    #expect(try Calls.text(labDatasetDigest(given)) == digest)
  }

  @Test("A training's settings are all those of a recipe and of a network")
  func trainingSettings() throws {
    let recipe = keys(of: TrainingRecipe())
      // The page evaluates when it likes, and stops when it likes.
      .filter { !["augmentation", "eval-every", "patience"].contains($0) }
    let all =
      ["model", "seed"] + recipe + keys(of: Augmentation(), prefix: "augment-")
      + keys(of: NetworkSettings())
    #expect(try Calls.settings(of: .training).map(\.key).sorted() == all.sorted())
  }

  @Test("No value of any setting stops the surface: it is taken, or refused in a sentence")
  func hostileSettings() throws {
    let data = try Calls.dataset("num-samples=40")
    defer { _ = labRemoveDataset(data) }
    var refused = 0
    for kind in [nil] + TrialKind.allCases {
      for (key, type, _) in try Calls.settings(of: kind) {
        for value in Self.hostileValues(of: type) {
          do throws(Calls.Refusal) {
            try attempt(kind, on: data, "\(key)=\(value)")
          } catch {
            refused += 1
            #expect(error.sentence.hasSuffix("."), "\(key)=\(value): \(error.sentence)")
            #expect(!error.sentence.contains("\n"), "\(key)=\(value)")
          }
        }
      }
    }
    #expect(refused > 200)
    for text in ["=", "=5", "seed", "seed=1\nsed=2", "\u{0}=\u{0}", "ß=ü"] {
      #expect(throws: Calls.Refusal.self) { try attempt(.training, on: data, text) }
    }
  }

  private func attempt(
    _ kind: TrialKind?, on data: Int32, _ settings: String
  ) throws(Calls.Refusal) {
    do {
      guard let kind else {
        _ = labRemoveDataset(try Calls.dataset("num-samples=20\n\(settings)"))
        return
      }
      _ = labRemoveTrial(try Calls.trial(data, kind.rawValue, settings))
    } catch let refusal as Calls.Refusal {
      throw refusal
    } catch {
      Issue.record(error)
    }
  }

  private static func hostileValues(of kind: String) -> [String] {
    switch kind {
    case "integer": ["-1", "0", "1000000000", "2147483648", "1e3", "", "٣", "-"]
    case "number": ["-1", "0", "1e22", "1e-22", "1e999", "nan", "0x1p3", "1.2.3", "", "."]
    case "integers": ["", ",", "0", "-1,5", "5,-1", "1000000000", "a,b"]
    case "flag": ["yes", "TRUE", "", "1"]
    default: ["", "other", "\u{301}"]
    }
  }

  @Test("A signal of another length than the examples' is refused, and so is what is not there")
  func requests() throws {
    let data = try Calls.dataset("num-samples=20")
    defer { _ = labRemoveDataset(data) }
    let trial = try Calls.trial(data, "training", "model=cnn")
    defer { _ = labRemoveTrial(trial) }
    func refusal(_ call: () throws -> Void) -> String? {
      do { try call() } catch { return (error as? Calls.Refusal)?.sentence }
      return nil
    }
    let signal = [Double](repeating: 0, count: 80)
    func predict(_ length: Int32, _ count: Int32) throws {
      _ = try Calls.result(labPredict(trial, length, signal, count), of: Double.self)
    }
    #expect(try Calls.result(labPredict(trial, 40, signal, 80), of: Double.self).count == 20)
    #expect(
      refusal { try predict(20, 80) }
        == "A signal has 20 points; it must have 40, as the examples do.")
    #expect(refusal { try predict(40, 50) } == "50 numbers are no signals of 40 points.")
    #expect(refusal { _ = try Calls.text(labDigest(99)) } == "There is no trial 99.")
    #expect(refusal { _ = try Calls.text(labDigest(-1)) } == "There is no trial -1.")
    #expect(refusal { _ = try Calls.text(labDatasetDigest(99)) } == "There is no dataset 99.")
    #expect(
      refusal { _ = try Calls.trial(data, "dreaming") }?.hasPrefix(
        "There is no kind of trial dreaming; there are training,") == true)
  }
}
