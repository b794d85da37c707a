import CKernels

/// Calls `body` for ranges that make up 0 ..< count, at once on the threads of ``Kernels/withThreads(_:_:)``.
///
/// A range is one row, one channel or one vector of sixteen elements of a result after another, never a part of a sum,
/// so how many threads there are changes no bit.
///
/// - Parameters:
///   - count: how many items there are.
///   - grain: how many of them one range has at least; handing a range to a thread costs a microsecond.
///   - body: works on `count` items from `start` on.
package func split(_ count: Int, grain: Int, _ body: (_ start: Int, _ count: Int) -> Void) {
  if count <= grain { return body(0, count) }
  withoutActuallyEscaping(body) { body in
    withUnsafePointer(to: Part(body: body)) { part in
      ck_split(
        count, grain,
        { part, start, end in
          part?.assumingMemoryBound(to: Part.self).pointee.body(start, end - start)
        }, part)
    }
  }
}

/// The same for arithmetic on elements, in whole vectors of sixteen.
package func splitElements(_ count: Int, _ body: (_ start: Int, _ count: Int) -> Void) {
  split((count + 15) / 16, grain: 2048) { start, vectors in
    body(16 * start, Swift.min(16 * vectors, count - 16 * start))
  }
}

private struct Part {
  let body: (_ start: Int, _ count: Int) -> Void
}
