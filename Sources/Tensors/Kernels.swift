import CKernels

/// The numeric kernels: one set per instruction set, all of which give the same bits.
public enum Kernels {
  /// The name of the kernels in use: avx512, avx2, neon or portable.
  ///
  /// The environment variable `MNIST1D_KERNELS` chooses them when the program starts; without it the fastest
  /// that the processor supports are used.
  public static var current: String { String(cString: ck_active_name()) }

  /// The kernels that this machine can use, fastest first.
  public static var available: [String] {
    ["avx512", "avx2", "neon", "portable"].filter { ck_find($0) != nil }
  }

  /// What `MNIST1D_KERNELS` asked for, if this machine does not have it.
  public static var rejectedRequest: String? { ck_rejected_request().map { String(cString: $0) } }

  /// Uses other kernels from now on, on all threads.
  ///
  /// - Returns: false, and no change, where this machine lacks them.
  @discardableResult
  public static func select(_ name: String) -> Bool { ck_select(name) }

  /// Calls `body` with this thread's large operations split over so many threads.
  ///
  /// Work is split over rows and elements of results, never over a sum, so the bits are those of one thread. The
  /// other threads last until `body` returns; calls nest. Where the system refuses threads, work is split over those
  /// there are, see ``missingThreads``.
  ///
  /// - Parameters:
  ///   - count: how many threads, this one included; 1 or more. No more than 1024 are used.
  ///   - body: what to do.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws.
  public static func withThreads<Result, Failure: Error>(
    _ count: Int, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(count > 0, "work was to be split over \(count) threads; it takes 1 or more")
    let before = ck_threads()
    ck_use_threads(Int32(clamping: count))
    defer { ck_use_threads(before) }
    return try body()
  }

  /// How many threads the system has refused, at most, to any one call of ``withThreads(_:_:)``. No result depends on
  /// it.
  public static var missingThreads: Int { Int(ck_missing_threads()) }

  /// Calls `handler` with one sentence where the memory for a tensor or a kernel cannot be had. It should end the
  /// process and must not allocate; if it returns, or without one, the sentence goes to standard error and the process
  /// ends with status 71.
  public static func onOutOfMemory(
    _ handler: (@convention(c) (_ sentence: UnsafePointer<CChar>?) -> Void)?
  ) {
    ck_on_out_of_memory(handler)
  }

  /// What the tensors of this thread use.
  package static var memory: Memory {
    let memory = ck_memory_of_thread()
    return Memory(
      blocksInUse: memory.blocks_in_use, blocksFromSystem: memory.blocks_from_system,
      bytesPooled: memory.bytes_pooled)
  }

  /// Blocks of memory, each of which holds the elements of a tensor.
  package struct Memory: Sendable {
    /// How many were allocated on this thread more than released.
    package let blocksInUse: Int
    /// How often the system was asked for one; released blocks are used again.
    package let blocksFromSystem: Int
    /// How many bytes of released blocks wait to be used again.
    package let bytesPooled: Int
  }
}
