import Storage

#if os(Linux)
  import Foundation
  import Runs
  import Testing

  /// A run where the system grants fewer threads than were asked for, in a process of its own whose address space has
  /// room for so many more stacks.
  @Suite("Too few threads")
  struct ThreadShortageTests {
    /// Calls `body` with so many megabytes of address space left to the process.
    static func leaving(megabytes: Int, _ body: () throws -> Void) throws {
      let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(
        separator: " ")
      let size = UInt(pages[0])! * UInt(sysconf(Int32(_SC_PAGESIZE))) + UInt(megabytes) << 20
      let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
      var earlier = rlimit()
      precondition(getrlimit(resource, &earlier) == 0)
      var limit = rlimit(rlim_cur: size, rlim_max: earlier.rlim_max)
      precondition(setrlimit(resource, &limit) == 0)
      defer { setrlimit(resource, &earlier) }
      try body()
    }

    @Test(
      "a run says how many threads it has got, and its findings are the same", arguments: [12, 40])
    func shortage(megabytes: Int) async {
      await #expect(processExitsWith: .success) { [megabytes] in
        let scratch = try Scratch()
        // First, since the system keeps the stacks of threads that have ended for others.
        let scarce = try scratch.run(in: "scarce")
        try Self.leaving(megabytes: megabytes) {
          let listener = Listener()
          let outcome = try scarce.perform(RunOptions(jobs: 6), observer: listener)
          #expect(outcome.exitStatus == 0)
          let words = megabytes < 16 ? "grants no thread" : "of 6 threads"
          #expect(listener.sentences.contains { $0.contains(words) }, "\(listener.sentences)")
        }
        let plenty = try scratch.run(in: "plenty")
        _ = try plenty.perform(RunOptions(jobs: 2))
        #expect(try plenty.bits() == scarce.bits())
      }
    }
  }
#endif
