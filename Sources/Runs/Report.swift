import Foundation

/// A page that shows what one or several runs found: no network, no script, light and dark, on a
/// phone, on a desk and on paper.
public struct Report: Sendable {
  /// The heading.
  public var title: String
  /// The runs in the order in which they are shown.
  public var runs: [RunSummary]

  /// Collects runs under a heading.
  public init(title: String = "MNIST-1D, reproduced", runs: [RunSummary]) {
    self.title = title
    self.runs = runs
  }

  /// Writes the page, whole or not at all.
  ///
  /// - Throws: ``RunError/cannotCreate(_:reason:)`` or ``RunError/cannotWrite(_:reason:)``.
  public func write(to file: URL) throws(RunError) {
    try FileSystem.createDirectory(file.deletingLastPathComponent())
    try FileSystem.replace(file, with: Data(html.utf8))
  }

  /// The page.
  public var html: String {
    let page: HTML = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
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
      \(contents)</header>
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

  /// All verdicts in one sentence.
  private var verdict: String {
    let claims = runs.flatMap(\.findings.claims)
    let studies = runs.count == 1 ? "One study" : "\(runs.count) studies"
    guard !claims.isEmpty else { return "\(studies)." }
    let held = claims.count { $0.verdict == .holds }
    let untested = claims.count { $0.verdict == .untested }
    let tested = claims.count - untested
    var sentence = "\(studies): "
    switch (held, tested) {
    case (_, 0): sentence += "no claim was tested"
    case (1, 1): sentence += "the one claim that was tested holds"
    case (tested, _): sentence += "all \(tested) claims hold"
    default: sentence += "\(held) of \(tested) claims \(held == 1 ? "holds" : "hold")"
    }
    if untested > 0, tested > 0 { sentence += ", and \(untested) more could not be tested" }
    return sentence + "."
  }

  /// The list of studies, where there are several.
  private var contents: HTML? {
    guard runs.count > 1 else { return nil }
    let items = runs.indices.map { index -> HTML in
      let marks = runs[index].findings.claims.map { claim -> HTML in
        #"<span class="\#(claim.verdict.style)">\#(claim.verdict.mark)</span>"#
      }
      return """
        <li><a href="#\(anchor(index))">\(runs[index].title)</a> \
        <span class="marks" aria-hidden="true">\(marks)</span></li>

        """
    }
    return "<nav aria-label=\"Studies\"><ul>\n\(items)</ul></nav>\n"
  }

  /// The place of a run on the page; two runs of one study are told apart by their order.
  private func anchor(_ index: Int) -> String { "run-\(index + 1)" }

  private func article(_ index: Int) -> HTML {
    let run = runs[index]
    return """
      <article id="\(anchor(index))" aria-labelledby="\(anchor(index))-title">
      <header>
      <h2 id="\(anchor(index))-title">\(run.title)</h2>
      <p class="question">\(run.question)</p>
      </header>
      \(Self.caution(run))\(Self.claims(run.findings.claims))\
      \(figures(run.findings.illustrations, anchor(index)))\
      \(run.findings.tables.map(Self.table))\
      \(Self.notes(run.findings.notes))\(Self.files(run.findings.attachments))\
      \(Self.failures(run.failures))\(Self.provenance(run))\
      </article>

      """
  }

  private static func caution(_ run: RunSummary) -> HTML? {
    switch run.settings {
    case .paper: nil
    case .quick:
      """
      <p class="caution"><strong>Quick settings.</strong> Reduced so that the study takes seconds: \
      the numbers show its shape, not its strength.</p>

      """
    case .own:
      """
      <p class="caution"><strong>Own settings.</strong> These differ from the paper’s in \
      \(run.changed.joined(separator: ", ")).</p>

      """
    }
  }

  private static func claims(_ claims: [Claim]) -> HTML? {
    guard !claims.isEmpty else { return nil }
    let items = claims.map { claim -> HTML in
      let values = [
        ("reported", claim.reported?.published), ("measured", claim.shownMeasurement),
      ].compactMap { name, value -> HTML? in
        value.map { "<div><dt>\(name)</dt><dd>\($0)</dd></div>" }
      }
      let list: HTML? = values.isEmpty ? nil : "\n<dl>\(values)</dl>"
      return """
        <li class="\(claim.verdict.style)">
        <span class="verdict"><span aria-hidden="true">\(claim.verdict.mark)</span> \
        \(claim.verdict.words)</span>
        <p>\(claim.statement)</p>\(list)
        </li>

        """
    }
    return """
      <section class="claims">
      <h3>Claims</h3>
      <ul>
      \(items)</ul>
      </section>

      """
  }

  private func figures(_ illustrations: [Illustration], _ anchor: String) -> [HTML] {
    illustrations.map { illustration in
      let drawing = Drawing(illustration: illustration, prefix: "\(anchor)-\(illustration.name)-")
      return """
        <figure>
        <div class="drawing scroll" tabindex="0" role="group" aria-label="\(illustration.name)">
        \(drawing.html)
        </div>
        <figcaption>\(illustration.caption)</figcaption>
        </figure>

        """
    }
  }

  private static func notes(_ notes: [String]) -> HTML? {
    guard !notes.isEmpty else { return nil }
    return """
      <section class="notes">
      <h3>Notes</h3>
      \(notes.map { note -> HTML in "<p>\(note)</p>\n" })</section>

      """
  }

  /// What lies in the run's folder; no links, as the page may be sent without it.
  private static func files(_ attachments: [Attachment]) -> HTML? {
    guard !attachments.isEmpty else { return nil }
    return """
      <section class="files">
      <h3>Files</h3>
      <ul>
      \(attachments.map { file -> HTML in
        "<li><code>files/\(file.fileName)</code>: \(file.caption)</li>\n"
      })</ul>
      </section>

      """
  }

  private static func failures(_ failures: [RunSummary.Failure]) -> HTML? {
    guard !failures.isEmpty else { return nil }
    return """
      <section class="failures">
      <h3>Trials that failed</h3>
      <ul>
      \(failures.map { failure -> HTML in
        "<li><strong>\(failure.trial)</strong>: \(failure.reason)</li>\n"
      })</ul>
      </section>

      """
  }

  /// Where the numbers come from.
  private static func provenance(_ run: RunSummary) -> HTML {
    let settings = run.configuration.settings(path: []).map { name, value -> HTML in
      let mark: HTML = run.changed.contains(name) ? " class=\"changed\"" : ""
      return "<div\(mark)><dt>\(name)</dt><dd>\(value)</dd></div>\n"
    }
    return """
      <section class="provenance">
      <h3>Settings</h3>
      <dl class="settings">
      \(settings)</dl>
      <p>\(run.trials) \(run.trials == 1 ? "trial" : "trials"), \
      \(RunProgress.spelling(seconds: run.seconds)) of computing. Digest <code>\(run.digest)</code></p>
      </section>

      """
  }
}

extension Verdict {
  /// The name of the style.
  fileprivate var style: String {
    switch self {
    case .holds: "holds"
    case .fails: "fails"
    case .untested: "untested"
    }
  }
}

extension JSON {
  /// The settings of a configuration as the command line spells them.
  fileprivate func settings(path: [String]) -> [(name: String, value: String)] {
    guard let members else { return [(path.joined(separator: "."), spelling)] }
    return members.flatMap { $0.value.settings(path: path + [Setting.hyphenated($0.key)]) }
  }
}
