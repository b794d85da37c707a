import Foundation
import Runs
import Testing

@Suite("A Slurm array")
struct SlurmTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private func plan(
    _ costs: [Double], secondsPerCost: Double? = 6, in folder: String = "/runs/toy/ab"
  ) -> RunPlan {
    RunPlan(
      directory: RunDirectory(URL(fileURLWithPath: folder)), trials: costs.count, pending: costs,
      secondsPerCost: secondsPerCost)
  }

  @Test("has as many tasks as make each last about so long, within what the site and the run allow")
  func packing() throws {
    let hundred = plan([Double](repeating: 1, count: 100))
    func tasks(_ division: SlurmArray.Division, largest: Int = 1001) throws -> Int {
      try SlurmArray(hundred, of: "toy", division, largest: largest).tasks
    }
    #expect(try tasks(.minutes(1)) == 10)
    #expect(try tasks(.minutes(0.001)) == 100)
    #expect(try tasks(.minutes(1e9)) == 1)
    #expect(try tasks(.minutes(1), largest: 4) == 4)
    #expect(try tasks(.tasks(7)) == 7)
    #expect(try tasks(.tasks(7000)) == 100)
    #expect(
      try SlurmArray(hundred, of: "toy", .minutes(1), largest: 1001).secondsPerTask == 60)
    // One trial cannot be divided.
    let uneven = plan([50] + [Double](repeating: 1, count: 50))
    #expect(try SlurmArray(uneven, of: "toy", .minutes(1), largest: 1001).secondsPerTask == 300)
  }

  @Test("needs to know how long trials take, or how many tasks there should be")
  func unknownDuration() throws {
    let unknown = plan([1, 2], secondsPerCost: nil)
    #expect(throws: RunError.unknownDuration(study: "toy")) {
      try SlurmArray(unknown, of: "toy", .minutes(1), largest: 1001)
    }
    let array = try SlurmArray(unknown, of: "toy", .tasks(2), largest: 1001)
    #expect(!array.arrayScript("mnist1d", []).contains("--time"))
    #expect(throws: RunError.nothingPending(directory: "/runs/toy/ab")) {
      try SlurmArray(plan([]), of: "toy", .tasks(2), largest: 1001)
    }
  }

  @Test("writes scripts that may be queued again, and quotes what a shell would take for its own")
  func scripts() throws {
    let array = try SlurmArray(
      plan([1, 1, 1]), of: "toy", .tasks(3), largest: 1001,
      resources: SlurmArray.Resources(partition: "short"))
    let arguments = ["toy", "seeds=0..9", "--output", "/data/my runs"]
    #expect(
      array.arrayScript("/opt/mnist1d", arguments) == """
        #!/bin/bash
        #SBATCH --job-name=mnist1d-toy
        #SBATCH --array=0-2
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=1
        #SBATCH --partition=short
        #SBATCH --time=11
        #SBATCH --requeue
        #SBATCH --open-mode=append
        #SBATCH --output=/runs/toy/ab/slurm/task-%a.log

        exec /opt/mnist1d reproduce toy seeds=0..9 --output '/data/my runs' --jobs 1 --threads 1

        """)
    let finish = array.finishScript("/opt/mnist1d", arguments, output: "/it's")
    #expect(!finish.contains("--array"))
    #expect(
      finish.contains("reproduce toy seeds=0..9 --output '/data/my runs' --shard all --jobs 1"))
    #expect(finish.hasSuffix("/opt/mnist1d report --output '/it'\\''s' || go_on\nexit $status\n"))
  }

  @Test("reads the site's limit from what scontrol prints")
  func limit() {
    let configuration =
      "MailProg = /bin/mail\nMaxArraySize            = 4001\nMaxJobCount = 10000\n"
    #expect(Slurm.largestArray(in: configuration) == 4001)
    #expect(Slurm.largestArray(in: "MaxArraySize = many\n") == nil)
    #expect(Slurm.largestArray(in: "") == nil)
  }

  @Test("is planned from the trials that have ended, or from a look at the cheapest one")
  func planning() throws {
    var slow = Toy.Configuration()
    slow.pause = 2000
    let run = try scratch.run(slow)
    #expect(try run.plan(measuringFor: 0).secondsPerCost == nil)
    let watched = try run.plan(measuringFor: 10)
    // Twenty steps of 2 ms, at a cost of 1.
    #expect(watched.pending.sorted() == [1, 1, 2, 2, 3, 3])
    #expect(try #require(watched.secondsPerCost) >= 0.04)
    #expect(access(run.directory.url.path, F_OK) != 0)

    _ = try run.perform(RunOptions(jobs: 1, shard: Shard("1/2")))
    let known = try run.plan(measuringFor: 0)
    #expect(known.trials == 6 && known.pending.count < 6)
    #expect(try #require(known.secondsPerCost) > 0)

    // A trial that takes too long is judged by what it says of itself.
    slow.pause = 20_000
    slow.sizes = [1]
    let partly = try scratch.run(slow).plan(measuringFor: 0.2)
    #expect(try #require(partly.secondsPerCost) > 0.2)
  }
}
