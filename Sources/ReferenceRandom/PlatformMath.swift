// The elementary functions that NumPy and PyTorch take from the C library, taken from the same
// place. Everything else in this module is exact arithmetic and the same on every machine; these
// functions are within one unit in the last place of each other wherever they come from.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Android)
  import Android
#elseif canImport(WASILibc)
  import WASILibc
#else
  #error("ReferenceRandom needs the natural logarithm, sine and cosine of a C library.")
#endif

enum PlatformMath {
  static func naturalLogarithm(_ x: Double) -> Double { log(x) }
  static func naturalLogarithm(onePlus x: Double) -> Double { log1p(x) }
  static func sine(_ x: Double) -> Double { sin(x) }
  static func cosine(_ x: Double) -> Double { cos(x) }
}
