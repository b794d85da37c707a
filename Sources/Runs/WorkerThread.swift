import Foundation

/// A thread that works for a run. Unlike Foundation's `Thread`, which begins later or never without a word, it says
/// whether the system has granted it.
final class WorkerThread: Sendable {
  /// The default of a secondary thread, 512 kB on some systems, is little for deep recursion.
  fileprivate static let stackSize = 16 << 20

  fileprivate let body: @Sendable () -> Void

  private init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  /// Starts a thread that ends with `body`; false if the system refuses it.
  static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let worker = Unmanaged.passRetained(WorkerThread(body))
    let isThere = create(with: worker.toOpaque())
    if !isThere { worker.release() }
    return isThere
  }
}

private func create(with worker: UnsafeMutableRawPointer) -> Bool {
  var attributes = pthread_attr_t()
  guard pthread_attr_init(&attributes) == 0 else { return false }
  pthread_attr_setstacksize(&attributes, WorkerThread.stackSize)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  #if canImport(Darwin)
    var thread: pthread_t?
    let refusal = pthread_create(&thread, &attributes, { perform($0) }, worker)
  #else
    var thread = pthread_t()
    let refusal = pthread_create(&thread, &attributes, perform, worker)
  #endif
  pthread_attr_destroy(&attributes)
  return refusal == 0
}

private func perform(_ worker: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let worker else { return nil }
  Unmanaged<WorkerThread>.fromOpaque(worker).takeRetainedValue().body()
  return nil
}
