import Tensors

/// Refuses to go on with other kernels than were asked for.
package func requireKernels() throws {
  if let request = Kernels.rejectedRequest {
    throw Failure.usage(
      "MNIST1D_KERNELS is \(request), which this machine does not have; it has "
        + Kernels.available.joined(separator: ", "))
  }
}

/// Refuses numbers of threads that only stand in each other's way.
package func requireThreads(_ option: String, _ count: Int) throws {
  guard (1...1024).contains(count) else {
    throw Failure.usage("\(option) is \(count); it must be 1 to 1024")
  }
}

/// Says that the system has refused threads to kernels, where it has; no result depends on how many there were.
package func warnOfMissingThreads() {
  let missing = Kernels.missingThreads
  if missing > 0 {
    Terminal.warn(
      "the system refused \(missing) of the threads inside a trial: it went on with the others")
  }
}
