import Foundation
import Runs

extension StudyKind {
  /// How one of several studies ended.
  public typealias Ending = (kind: StudyKind, result: Result<RunOutcome, RunError>)

  /// Carries out every study in the paper's order, and gathers what they found on one page,
  /// `report.html` in the request's folder.
  ///
  /// A study that fails does not stop the others, and is named on the page; an interruption does.
  ///
  /// - Parameters:
  ///   - request: How the studies are to be carried out; its overrides hold for each of them.
  ///   - observe: Called with each ending as it comes.
  /// - Returns: The page; nil if no study has anything to show.
  /// - Throws: `RunError` if the page cannot be written.
  public static func performAll(
    _ request: StudyRequest, observe: (Ending) -> Void
  ) throws(RunError) -> URL? {
    var report = Report(runs: [])
    for kind in allCases {
      let result = Result { () throws(RunError) in try kind.perform(request) }
      observe((kind, result))
      guard request.signal == nil else { return nil }
      switch result {
      case .success(.complete(let summary)): report.runs.append(summary)
      case .success(.interrupted), .success(.part): break
      case .failure(let error):
        report.missing.append(Report.Missing(kind.rawValue, reason: error.description))
      }
    }
    guard !report.runs.isEmpty else { return nil }
    let page = request.settings.output.appendingPathComponent("report.html")
    try report.write(to: page)
    return page
  }

  /// The finished runs of a folder in the paper's order; those of other studies last.
  public static func finishedRuns(in output: URL) -> [RunDirectory] {
    let order = allCases.map(\.rawValue)
    func rank(_ run: RunDirectory) -> Int {
      order.firstIndex(of: run.url.deletingLastPathComponent().lastPathComponent) ?? order.count
    }
    // Equal ranks keep the order by name.
    return RunDirectory.finished(in: output).enumerated()
      .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
  }
}
