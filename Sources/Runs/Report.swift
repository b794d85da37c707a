import Foundation

/// A page that shows what one or several runs found: no network, no script, light and dark, on a
/// phone, on a desk and on paper.
public struct Report: Sendable {
  /// The heading.
  public var title: String
  /// The runs in the order in which they are shown.
  public var runs: [RunSummary]
  /// Studies that were to be on the page and have no result.
  public var missing: [Missing]

  /// A study without a result.
  public struct Missing: Sendable, Equatable {
    /// The study's name.
    public var name: String
    /// What stood in its way.
    public var reason: String

    /// Names a study and what stood in its way.
    public init(_ name: String, reason: String) {
      self.name = name
      self.reason = reason
    }
  }

  /// Collects runs under a heading; unless one is given, under one that says whether they are of the paper.
  public init(
    title: String? = nil, runs: [RunSummary], missing: [Missing] = []
  ) {
    let isOwn = !runs.isEmpty && runs.allSatisfy { $0.source == nil }
    self.title = title ?? (isOwn ? "A question of one’s own" : "MNIST-1D, reproduced")
    self.runs = runs
    self.missing = missing
  }

  /// Writes the page, whole or not at all.
  ///
  /// - Throws: ``RunError/file(_:)``.
  public func write(to file: URL) throws(RunError) {
    try FileSystem.createDirectory(file.deletingLastPathComponent())
    try FileSystem.replace(file, with: html.utf8)
  }

  /// The page.
  public var html: String {
    let page: HTML = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
      <meta name="referrer" content="no-referrer">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>
      \(HTML(markup: Self.style))</style>
      </head>
      <body>
      <header class="top">
      <h1>\(title)</h1>
      <p class="lead">\(verdict)</p>
      \(overview)</header>
      <main>
      \(runs.indices.map(article))</main>
      <footer>
      <p>Every number on this page was computed by the runs it names. The same settings give the \
      same digest on every machine.</p>
      </footer>
      </body>
      </html>

      """
    return page.markup
  }

  /// What a browser may do with the page: no script, no network, no form; styles and pictures that it holds itself.
  private static let policy =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

  /// All verdicts in one sentence.
  private var verdict: String {
    let studies = runs.count == 1 ? "One study" : "\(runs.count) studies"
    let seconds = runs.reduce(0) { $0 + $1.seconds }
    let tally = Tally(runs.flatMap(\.findings.claims)).sentence
    return "\(studies), \(Self.duration(seconds)) of computing"
      + (tally.map { ": \($0)." } ?? ".")
  }

  /// The list of studies with their verdicts, where there are several.
  private var overview: HTML? {
    guard runs.count + missing.count > 1 else { return nil }
    let items = runs.indices.map { index -> HTML in
      let run = runs[index]
      let claims = run.findings.claims
      let marks = claims.map { claim -> HTML in
        #"<span class="\#(claim.verdict.style)">\#(claim.verdict.mark)</span>"#
      }
      return """
        <li><span><a href="#\(anchor(index))">\(run.title)</a>\(Self.scale(run))</span>
        <span class="marks" aria-hidden="true">\(marks)</span>
        <span class="tally">\(Tally(claims).words)</span>
        <span class="time">\(Self.duration(run.seconds))</span></li>

        """
    }
    let others = missing.map { study -> HTML in
      """
      <li class="fails"><span>\(study.name)</span>
      <span class="verdict">no result: \(study.reason)</span></li>

      """
    }
    return """
      <nav class="overview" aria-label="Studies"><ol>
      \(items)\(others)</ol></nav>

      """
  }

  /// A remark on the settings, where they are not the paper's.
  private static func scale(_ run: RunSummary) -> HTML? {
    switch run.settings {
    case .paper: nil
    case .quick: #" <span class="scale">reduced</span>"#
    case .own: #" <span class="scale">\#(RunSummary.list(run.changed))</span>"#
    }
  }

  /// The place of a run on the page; two runs of one study are told apart by their order.
  func anchor(_ index: Int) -> String { "run-\(index + 1)" }

  /// A time in words: `49 s`, `3 min 5 s`, `1 h 12 min`.
  package static func duration(_ seconds: Double) -> String {
    let total = Int(min(max(seconds, 0), 1e9).rounded(.up))
    if total < 60 { return "\(total) s" }
    if total < 3600 { return "\(total / 60) min \(total % 60) s" }
    return "\(total / 3600) h \(total / 60 % 60) min"
  }
}
