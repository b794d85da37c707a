import Foundation
import Tensors
import Testing

/// What a thread keeps of the memory of tensors that are gone. Every test looks at a thread of its own.
@Suite("The pools of memory")
struct PoolTests {
  private static let megabyte = 1 << 20
  private static let mostPooled = 256 << 20
  private static let warm = 32 << 20

  private final class Box<Value>: @unchecked Sendable { var value: Value? }

  private func onItsOwnThread<Result: Sendable>(
    _ body: @escaping @Sendable () -> Result
  ) throws -> Result {
    let (box, done) = (Box<Result>(), DispatchSemaphore(value: 0))
    Thread {
      box.value = body()
      done.signal()
    }.start()
    done.wait()
    return try #require(box.value)
  }

  /// Tensors on their way from the thread that makes them to the one that drops them.
  private final class Belt: @unchecked Sendable {
    private let lock = NSLock()
    private var tensors: [Tensor] = []
    func put(_ made: [Tensor]) { lock.withLock { tensors = made } }
    func drop() { lock.withLock { tensors = [] } }
  }

  private static func small() -> Tensor { Tensor.zeros([256, 1024]) }

  @Test(
    "a thread that drops what another one makes keeps no more than the bound",
    arguments: [false, true])
  func foreignBlocks(isReturned: Bool) throws {
    let belt = Belt()
    let (takes, gives) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let rounds = 12
    let maker = Thread {
      for round in 0..<rounds {
        // In the second half the roles are exchanged where things are to go both ways.
        if isReturned && round >= rounds / 2 {
          takes.signal()
          gives.wait()
          belt.drop()
        } else {
          belt.put((0..<40).map { _ in Self.small() })
          takes.signal()
          gives.wait()
        }
      }
    }
    maker.start()
    let most = try onItsOwnThread {
      var most = 0
      for round in 0..<rounds {
        takes.wait()
        if isReturned && round >= rounds / 2 {
          belt.put((0..<40).map { _ in Self.small() })
        } else {
          belt.drop()
        }
        most = max(most, Kernels.memory.bytesPooled)
        gives.signal()
      }
      return most
    }
    #expect(most > 100 * Self.megabyte && most <= Self.mostPooled)
  }

  @Test("the pool holds no more than the bound, whatever sizes come back to it")
  func manySizes() throws {
    let most = try onItsOwnThread {
      var most = 0
      for megabytes in [1, 2, 3, 5, 7, 9, 11, 13, 17, 19, 23, 29, 37, 43, 61, 83] {
        _ = Tensor(repeating: 1, shape: [megabytes << 18])
        most = max(most, Kernels.memory.bytesPooled)
      }
      return most
    }
    #expect(most > 100 * Self.megabyte && most <= Self.mostPooled)
  }

  @Test("what has not been used for a while goes back to the system")
  func unused() throws {
    let pooled = try onItsOwnThread {
      _ = (0..<100).map { _ in Self.small() }
      let before = Kernels.memory.bytesPooled
      for _ in 0..<40_000 { _ = Tensor(1) }
      return [before, Kernels.memory.bytesPooled]
    }
    #expect(pooled[0] >= 100 * Self.megabyte)
    #expect(pooled[1] <= Self.warm)
  }

  @Test("what is used again and again stays, though it is more than what a pool holds unused")
  func used() throws {
    let asked = try onItsOwnThread {
      func step() {
        _ = (0..<60).map { _ in Self.small() }
        for _ in 0..<2000 { _ = Tensor(1) }
      }
      step()
      let before = Kernels.memory.blocksFromSystem
      // Some periods of 16384 calls.
      for _ in 0..<12 { step() }
      return Kernels.memory.blocksFromSystem - before
    }
    #expect(asked == 0)
  }
}
