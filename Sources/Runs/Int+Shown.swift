import Figures

extension Int {
  /// The number as people read it: "10,000".
  public var shown: String { Numeral.decimal(self, exponent: 0) }
}
