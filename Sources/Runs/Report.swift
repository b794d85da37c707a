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
  /// The folders of the runs, in the same order, to whose files a page in a folder links.
  private var folders: [URL?]
  /// The folder in which the page will lie; nil as long as nobody knows, and then nothing is linked to.
  private var place: URL?

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
    title: String? = nil, runs: [RunSummary] = [], missing: [Missing] = []
  ) {
    let isOwn = !runs.isEmpty && runs.allSatisfy { $0.source == nil }
    self.title = title ?? (isOwn ? "A question of one’s own" : "MNIST-1D, reproduced")
    self.runs = runs
    self.missing = missing
    folders = runs.map { _ in nil }
  }

  /// Adds a run whose files lie in a folder.
  package mutating func append(_ run: RunSummary, in directory: RunDirectory) {
    runs.append(run)
    folders += [URL?](repeating: nil, count: max(0, runs.count - 1 - folders.count))
    folders.append(directory.url)
  }

  /// Writes the page, whole or not at all.
  ///
  /// - Throws: ``RunError/file(_:)``.
  public func write(to file: URL) throws(RunError) {
    let folder = file.deletingLastPathComponent()
    try FileSystem.createDirectory(folder)
    var page = self
    page.place = folder
    try FileSystem.replace(file, with: page.html.utf8)
  }

  /// Where a file of a run lies, seen from the page; nil where that is not known.
  ///
  /// What is in a name stays in it: everything but letters, digits and `-._~` is percent-encoded, and the path begins
  /// with a dot, so that none of it is taken for a scheme or a host.
  func link(to file: String, of run: Int) -> String? {
    guard let place, folders.indices.contains(run), let folder = folders[run] else { return nil }
    let from = place.standardizedFileURL.pathComponents
    let to = folder.standardizedFileURL.pathComponents + file.split(separator: "/").map(String.init)
    let shared = zip(from, to).prefix { $0 == $1 }.count
    let path = [String](repeating: "..", count: from.count - shared) + to[shared...]
    var plain = CharacterSet(charactersIn: "a"..."z")
    plain.formUnion(CharacterSet(charactersIn: "A"..."Z"))
    plain.formUnion(CharacterSet(charactersIn: "0123456789-._~"))
    let encoded = path.map { $0.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }
    return (["."] + encoded).joined(separator: "/")
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
      same digest on every machine. Links lead to files beside the page, where it has not been moved.</p>
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
    case .own:
      #" <span class="scale">\#(RunSummary.list(run.changed, upTo: run.changed.count))</span>"#
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
