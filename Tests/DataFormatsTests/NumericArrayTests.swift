import Storage
import DataFormats
import Testing

@Suite("NumericArray")
struct NumericArrayTests {
  @Test("every element type converts to float64, float32 and integers")
  func conversions() throws {
    let elements: [NumericArray.Elements] = [
      .float64([0, 1]), .float32([0, 1]), .int64([0, 1]), .int32([0, 1]), .uint8([0, 1]),
      .bool([false, true]),
    ]
    for elements in elements {
      let array = NumericArray(shape: [2], elements: elements)
      #expect(try array.doubles() == [0, 1])
      #expect(try array.floats() == [0, 1])
      #expect(try array.integers() == [0, 1])
    }
  }

  @Test("float32 values round to the nearest and keep infinities")
  func rounding() throws {
    #expect(try NumericArray([0.1, -.infinity]).floats() == [0.1 as Float, -.infinity])
  }

  @Test("a value outside the range of float32 is an error")
  func float32Range() {
    let error = #expect(throws: FormatError.self) { try NumericArray([1e39]).floats() }
    #expect(error?.description == "the value 1e+39 does not fit in float32")
  }

  @Test("an integer that float64 would round is an error")
  func inexactInteger() throws {
    #expect(try NumericArray([1 << 53]).doubles() == [0x1p53])
    #expect(throws: FormatError.self) { try NumericArray([(1 << 53) + 1]).doubles() }
  }

  @Test(
    "a fraction, an infinity and a number beyond Int are no integers",
    arguments: [
      0.5, .infinity, .nan, 0x1p63,
    ])
  func wholeNumbers(_ value: Double) {
    #expect(throws: FormatError.self) { try NumericArray([value]).integers() }
  }

  @Test("named values keep their order and refuse a second value under a name")
  func namedValues() {
    var values: NamedValues<Int> = ["b": 1, "a": 2]
    let isNew = values.append(3, named: "b")
    #expect(!isNew)
    #expect(values.names == ["b", "a"])
    #expect(values["b"] == 1)
    #expect(values["c"] == nil)
    #expect(values.map(\.value) == [1, 2])
    #expect(values != ["a": 2, "b": 1])
  }
}
