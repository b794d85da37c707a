import DataFormats
import Foundation
import NeuralNetworks
import Storage
import Testing

@Suite("The tasks of Understanding Deep Learning")
struct NotebookTests {
  /// A table that a program has printed, without its title: the cells of each row.
  private struct Printed {
    let rows: [[String]]

    /// The rows between a table's rule and the next empty line.
    init(_ table: Substring) {
      rows = table.split(separator: "\n", omittingEmptySubsequences: false)
        .drop { !$0.hasPrefix("─") }.dropFirst().prefix { !$0.isEmpty }
        .map { row in
          row.split(separator: "  ").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
        }
    }

    func column(_ index: Int) -> [Double] { rows.compactMap { Double($0[index]) } }
  }

  /// What a notebook's task prints in a folder of its own, and the figure that it draws there.
  private func carryOut(
    _ notebook: String, epochs: Int
  ) throws -> (table: Printed, output: String, figure: String?) {
    try Command.inFolder { folder in
      let outcome = try Command.run([notebook, "\(epochs)"], in: folder, program: "UDLExample")
      #expect(outcome.status == 0, "\(outcome.messages)")
      let figure = folder.appendingPathComponent("udl-\(notebook).svg")
      return (
        Printed(outcome.output[...]), outcome.output,
        try? String(contentsOf: figure, encoding: .utf8)
      )
    }
  }

  @Test("8.1: the loss falls from epoch to epoch, and both errors are drawn")
  func performance() throws {
    let (table, output, figure) = try carryOut("8.1", epochs: 3)
    #expect(output.hasPrefix("15210 parameters"))
    #expect(table.column(0) == [1, 2, 3])
    let losses = table.column(1)
    #expect(losses[0] > losses[1] && losses[1] > losses[2])
    #expect(table.column(4).allSatisfy { $0 < 85 })
    #expect(figure?.contains("error (%)") == true)
  }

  @Test("8.3: every width has its row, and a wide network errs less than one of 2 units")
  func doubleDescent() throws {
    let (table, _, figure) = try carryOut("8.3", epochs: 1)
    #expect(table.rows.count == 28)
    #expect(table.column(1).first == 118 && table.column(0).last == 400)
    let errors = table.column(3)
    #expect(errors[27] < errors[0])
    #expect(figure?.contains("hidden units") == true)
  }

  @Test("9.5: training signals as they are, scaled and rotated give different networks")
  func augmentation() throws {
    let (table, _, figure) = try carryOut("9.5", epochs: 2)
    #expect(table.rows.count == 5 && table.rows.first?[0] == "as they are")
    #expect(Set(table.column(1)).count == 5)
    #expect(figure?.contains("rotated") == true)
  }

  @Test("10.2: the convolutional network has the notebook's layers, and both learn")
  func convolution() throws {
    let (table, _, figure) = try carryOut("10.2", epochs: 2)
    #expect(table.rows.map { $0[0] } == ["fully connected", "convolutional"])
    // 1 · 15 · 3 + 15, twice 15 · 15 · 3 + 15, and 60 · 10 + 10.
    #expect(table.column(1) == [15210, 2050])
    #expect(table.column(3).allSatisfy { $0 < 85 })
    #expect(figure?.contains("convolutional") == true)
  }

  @Test("11.2: three depths are trained without and with residual connections")
  func residual() throws {
    let (table, _, _) = try carryOut("11.2", epochs: 1)
    #expect(table.rows.map { $0[0] } == ["2", "2", "5", "5", "10", "10"])
    #expect(table.rows.map { $0[1] }.prefix(2) == ["plain", "residual"])
    #expect(table.rows[1][4] != table.rows[0][4])
  }

  @Test(
    "11.3: the variance doubles with each block, and grows by as much where blocks are normalised")
  func batchNormalization() throws {
    let (table, output, _) = try carryOut("11.3", epochs: 1)
    let variances = table.rows.map { $0.dropFirst().compactMap { Double($0) } }
    #expect(variances.map(\.count) == [6, 6])
    #expect(variances[0][0] == variances[1][0])
    for (before, after) in zip(variances[0].dropFirst(), variances[0].dropFirst(2)) {
      #expect((1.5...3).contains(after / before))
    }
    for (before, after) in zip(variances[1], variances[1].dropFirst()) {
      #expect((0.3...1.5).contains(after - before))
    }
    #expect(output.contains("After 1 epochs"))
  }

  @Test("20.1: the loss falls on true examples faster than on noise and on permuted labels")
  func randomData() throws {
    let (table, _, figure) = try carryOut("20.1", epochs: 2)
    #expect(table.column(0) == [1, 2])
    let last = (1...3).map { table.column($0)[1] }
    #expect(last[0] < table.column(1)[0] && last[0] < last[1] && last[0] < last[2])
    #expect(figure?.contains("permuted labels") == true)
  }

  @Test("20.2: four networks of about 15,000 parameters come down the gradient")
  func fullBatch() throws {
    let (table, _, figure) = try carryOut("20.2", epochs: 5)
    #expect(table.rows.map { $0[0] } == ["298", "100, 100", "75, 75, 75", "63, 63, 63, 63"])
    #expect(table.column(1).allSatisfy { (15000...16000).contains($0) })
    for (first, last) in zip(table.column(2), table.column(3)) { #expect(last < first) }
    #expect(figure?.contains("training error (%)") == true)
  }

  @Test("20.3: each ticket keeps its share of the weights")
  func lottery() throws {
    let (table, _, figure) = try carryOut("20.3", epochs: 1)
    #expect(table.rows.count == 12)
    #expect(table.column(1).first == 276_010)
    for (sparsity, kept) in zip(table.column(0), table.column(1)) {
      #expect(abs(kept / 276_010 - (1 - sparsity / 100)) < 0.001)
    }
    #expect(figure?.contains("sparsity (%)") == true)
  }

  @Test("are listed where a notebook is unknown or no number of epochs is one")
  func usage() throws {
    try Command.inFolder { folder in
      for arguments in [[], ["1.1"], ["8.1", "0"], ["8.1", "ten"], ["8.1", "1", "2"]] {
        let outcome = try Command.run(arguments, in: folder, program: "UDLExample")
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        for notebook in ["8.1", "8.3", "9.5", "10.2", "11.2", "11.3", "20.1", "20.2", "20.3"] {
          #expect(outcome.messages.contains("\n  \(notebook)\t"))
        }
      }
    }
  }
}

@Suite("A training of one's own in 40 lines")
struct TrainingExampleTests {
  private static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Examples/Sources/training/main.swift").standardized

  @Test("has 40 lines at most")
  func lines() throws {
    let text = try String(contentsOf: Self.source, encoding: .utf8)
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().count <= 40)
  }

  @Test(
    "goes on from its checkpoint to the bits of a training that never stopped, with curves of both")
  func resuming() throws {
    try Command.inFolder { folder in
      func train(_ epochs: Int, in name: String) throws -> (weights: String, curves: [String]) {
        let folder = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let outcome = try Command.run(["\(epochs)"], in: folder, program: "TrainingExample")
        #expect(outcome.status == 0, "\(outcome.messages)")
        #expect(outcome.output.hasPrefix("test accuracy "))
        let state = try TrainingState(
          reading: folder.appendingPathComponent("checkpoint.safetensors").path)
        return (
          state.tensors.map { "\($0.name) \($0.tensor.elements)" }.joined(),
          try FileManager.default.contentsOfDirectory(
            atPath: folder.appendingPathComponent("tensorboard").path)
        )
      }
      let whole = try train(3, in: "whole")
      let half = try train(1, in: "halves")
      let halves = try train(3, in: "halves")
      #expect(half.weights != halves.weights && halves.weights == whole.weights)
      #expect(whole.curves.count == 1 && halves.curves.count == 2)
    }
  }
}
