import Foundation

/// The most memory that this process has held so far, in bytes.
var peakMemory: Int {
  let thisProcess: Int32 = 0  // RUSAGE_SELF, whose type differs from one C library to another
  var usage = rusage()
  getrusage(thisProcess, &usage)
  #if canImport(Darwin)
    return usage.ru_maxrss
  #else
    return usage.ru_maxrss * 1024
  #endif
}
