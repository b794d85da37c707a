#if os(Linux)
  import Foundation
  import Runs
  import Testing

  /// A run where the system grants fewer threads than were asked for, in a process of its own whose address space has
  /// room for so many more stacks.
  @Suite("Too few threads")
  struct ThreadShortageTests {
    /// Leaves the process so many megabytes of address space more than it has.
    static func leave(megabytes: Int) throws {
      let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(
        separator: " ")
      let size = UInt(pages[0])! * UInt(sysconf(Int32(_SC_PAGESIZE))) + UInt(megabytes) << 20
      var limit = rlimit(rlim_cur: size, rlim_max: size)
      precondition(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
    }

    @Test(
      "a run says how many threads it has got, and its findings are the same", arguments: [12, 40])
    func shortage(megabytes: Int) async {
      await #expect(processExitsWith: .success) { [megabytes] in
        let scratch = try Scratch()
        let plenty = try scratch.run(in: "plenty")
        _ = try plenty.perform(RunOptions(jobs: 2))
        let scarce = try scratch.run(in: "scarce")
        try Self.leave(megabytes: megabytes)
        let listener = Listener()
        let outcome = try scarce.perform(RunOptions(jobs: 6), observer: listener)
        #expect(outcome.exitStatus == 0)
        let words = megabytes < 16 ? "grants no thread" : "of 6 threads"
        #expect(listener.sentences.contains { $0.contains(words) }, "\(listener.sentences)")
        #expect(try plenty.bits() == scarce.bits())
      }
    }
  }
#endif
