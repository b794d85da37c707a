import Figures
import Foundation
import Testing

@Suite("An axis")
struct AxisTests {
  private func ticks(_ data: [Double], _ axis: Axis = Axis(), length: Double = 400) -> [Tick] {
    var extent = Extent(scale: axis.scale)
    extent.include(data)
    let projection = extent.projection(for: axis).between(0, length)
    return Composition.Cell.ticks(for: projection, axis.ticks, preferred: 44) { one, other in
      (TextStyle.tick.width(of: one) + TextStyle.tick.width(of: other)) / 2 + 10
    }
  }

  private func labels(_ data: [Double], _ axis: Axis = Axis(), length: Double = 400) -> [String] {
    ticks(data, axis, length: length).compactMap(\.label)
  }

  @Test("is marked at round values, written with as many decimals as they need")
  func roundValues() {
    #expect(labels([0, 6000]) == ["0", "1,000", "2,000", "3,000", "4,000", "5,000", "6,000"])
    #expect(labels([0, 100]) == ["0", "20", "40", "60", "80", "100"])
    #expect(labels([0.12, 0.94], length: 250) == ["0.2", "0.4", "0.6", "0.8"])
    #expect(labels([-1, 1]) == ["−1.0", "−0.5", "0.0", "0.5", "1.0"])
    #expect(labels([0, 3e8], length: 300) == ["0", "10⁸", "2×10⁸", "3×10⁸"])
    #expect(
      labels([0, 5e-9], length: 360) == ["0", "10⁻⁹", "2×10⁻⁹", "3×10⁻⁹", "4×10⁻⁹", "5×10⁻⁹"])
  }

  @Test("has steps of 1, 2 or 5 times a power of ten, for any data")
  func steps() throws {
    var state: UInt64 = 9
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 0x1p53
    }
    for _ in 0..<500 {
      let scale = Numeral.powerOfTen(random() * 24 - 12)
      let start = (random() - 0.5) * scale * 10
      let data = [start, start + scale * (0.01 + random())]
      let marks = ticks(data)
      #expect(marks.count >= 2, "\(data)")
      guard marks.count >= 2 else { continue }
      #expect(Set(marks.compactMap(\.label)).count == marks.count, "\(marks)")
      let step = marks[1].value - marks[0].value
      let leading = step / pow(10, (log10(step) + 1e-6).rounded(.down))
      #expect([1.0, 2, 5].contains { abs($0 - leading) < 1e-3 }, "\(data) \(step)")
      for (one, next) in zip(marks, marks.dropFirst()) {
        #expect(abs(next.value - one.value - step) <= step * 1e-3)
      }
    }
  }

  @Test("has decades on a logarithmic scale, with 1, 2, 5 where there is room")
  func decades() {
    let log = Axis(scale: .logarithmic)
    #expect(labels([2, 300], log) == ["2", "5", "10", "20", "50", "100", "200"])
    #expect(labels([0.001, 1000], log) == ["0.001", "0.01", "0.1", "1", "10", "100", "1,000"])
    #expect(labels([1e-9, 1e9], log) == ["10⁻⁹", "10⁻⁶", "10⁻³", "10⁰", "10³", "10⁶", "10⁹"])
    #expect(labels([60, 75], log, length: 250) == ["60", "65", "70", "75"])
    let minor = ticks([0.5, 200], log, length: 120).filter { $0.label == nil }.map(\.value)
    #expect(minor.contains(2) && minor.contains(90) && !minor.contains(10))
  }

  @Test("fits the data with a small margin, but does not cross zero for it")
  func limits() {
    var extent = Extent(scale: .linear)
    extent.include([0, 50, .nan, .infinity, 100])
    #expect(extent.projection(for: Axis()).lower == 0)
    #expect(extent.projection(for: Axis()).upper == 104)
    extent.include([-100])
    #expect(extent.projection(for: Axis()).lower == -108)
    let asked = extent.projection(for: Axis(from: 20, to: 80))
    #expect(asked.lower == 20 && asked.upper == 80)
    let beyond = extent.projection(for: Axis(from: 500))
    #expect(beyond.lower == 500 && beyond.upper > 500)
  }

  @Test("gives constant data a window, and no data the unit interval")
  func constants() {
    var extent = Extent(scale: .linear)
    #expect(extent.projection(for: Axis()).lower == 0 && extent.projection(for: Axis()).upper == 1)
    extent.include([7, 7])
    let window = extent.projection(for: Axis())
    #expect(window.lower < 7 && window.upper > 7 && window.upper - window.lower < 7)
    var zero = Extent(scale: .linear)
    zero.include([0])
    #expect(zero.projection(for: Axis()).lower == -1 && zero.projection(for: Axis()).upper == 1)
  }

  @Test("leaves out labels of chosen ticks that would run into each other")
  func chosenTicks() {
    let axis = Axis(ticks: .at([10_000, 20_000, 20_500, 50_000, 90_000]))
    #expect(labels([0, 50_000], axis) == ["10,000", "20,000", "50,000"])
    #expect(ticks([0, 50_000], axis).map(\.value) == [10_000, 20_000, 20_500, 50_000])
  }

  @Test("stands the names of crowded categories upright instead of breaking words")
  func crowdedNames() throws {
    let document = try #require(Document(Samples.bars))
    let names = document.all("text").filter { $0.text.hasPrefix("variant-") }
    #expect(names.count == 24)
    #expect(names.allSatisfy { $0.attributes["transform"]?.hasPrefix("rotate(-90") == true })
    let wrapped = document.texts(.tick).filter { "lottery, fresh initialisation".contains($0) }
    #expect(wrapped.count >= 2 && wrapped.joined(separator: " ") == "lottery, fresh initialisation")
  }

  @Test("runs the other way on request")
  func direction() {
    let panel = Panel(
      x: Axis(from: 0, to: 10), y: Axis(from: 0, to: 10, direction: .backward))
    let cell = Composition(Figure(title: "", panels: [panel])).cells[0]
    #expect(cell.x(0) < cell.x(10))
    #expect(cell.y(0) < cell.y(10))
    #expect(abs(cell.y(0) - cell.plot.y) < 1e-9)
  }
}

@Suite("Numbers as text")
struct NumeralTests {
  @Test("coordinates have at most two decimals and no trailing zeros")
  func coordinates() {
    let values: [Double] = [
      0, -0.001, 0.005, 1.5, -2.25, 3.999, 12.04, 1e-17, 250, 1e9, -.infinity,
    ]
    let texts = ["0", "0", "0.01", "1.5", "-2.25", "4", "12.04", "0", "250", "1000000", "-1000000"]
    #expect(values.map(Numeral.coordinate) == texts)
  }

  @Test("decimals are exact and grouped")
  func decimals() {
    #expect(Numeral.decimal(5, exponent: -2) == "0.05")
    #expect(Numeral.decimal(-12345, exponent: -1) == "−1,234.5")
    #expect(Numeral.decimal(20, exponent: 5) == "2,000,000")
    #expect(Numeral.decimal(0, exponent: 3) == "0")
    #expect(Numeral.decimal(0, exponent: -2) == "0.00")
    #expect(Numeral.scientific(25, exponent: 6, power: 7) == "2.5×10⁷")
    #expect(Numeral.scientific(-1, exponent: -12, power: -12) == "−10⁻¹²")
  }

  @Test("chosen values keep six digits at most")
  func general() {
    let values: [Double] = [
      0, 4000, 0.1, -2.5, 123_456.7, 0.000_25, 1e9, 1.5e-8, 1_000_000, .infinity,
    ]
    let texts = [
      "0", "4,000", "0.1", "−2.5", "123,457", "0.00025", "10⁹", "1.5×10⁻⁸", "1,000,000", "inf",
    ]
    #expect(values.map(Numeral.general) == texts)
  }

  @Test("logarithm and power agree with the C library's to a few units in the last place")
  func logarithms() {
    for index in -3000...3000 {
      let x = pow(10, Double(index) / 10.7)
      guard x.isNormal else { continue }
      let expected = log10(x)
      #expect(abs(Numeral.log10(x) - expected) <= max(4 * expected.ulp, 4e-16), "\(x)")
      let power = Numeral.powerOfTen(Double(index) / 10.7)
      #expect(abs(power - x) <= x * 1e-12, "\(power) \(x)")
    }
    #expect(Numeral.log10(1) == 0)
  }
}
