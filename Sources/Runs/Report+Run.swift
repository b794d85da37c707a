extension Report {
  /// Everything about one run.
  func article(_ index: Int) -> HTML {
    let run = runs[index]
    return """
      <article id="\(anchor(index))" aria-labelledby="\(anchor(index))-title">
      <header>
      <h2 id="\(anchor(index))-title">\(run.title)</h2>
      <p class="question">\(run.question)</p>
      </header>
      \(Self.caution(run))\(contents(run.findings.contents(of: nil), of: index))\
      \(run.findings.sections.map { section($0, of: index) })\
      \(Self.notes(run.findings.notes))\(files(run.findings.attachments, of: index))\
      \(Self.failures(run.failures))\(Self.provenance(run))\
      </article>

      """
  }

  private func contents(_ findings: Findings, of index: Int) -> HTML {
    """
    \(Self.claims(findings.claims))\(figures(findings.illustrations, of: index))\
    \(findings.tables.map { table($0, of: index) })
    """
  }

  /// What stands under a heading of its own.
  private func section(_ section: Findings.Section, of index: Int) -> HTML {
    """
    <section class="part">
    <h2>\(section.title)</h2>
    <p class="question">\(section.about)</p>
    \(contents(runs[index].findings.contents(of: section), of: index))\
    </section>

    """
  }

  /// What a reader must know before the numbers: how the settings differ from the paper's.
  private static func caution(_ run: RunSummary) -> HTML? {
    let words: HTML
    switch run.settings {
    case .paper: return nil
    case .quick:
      words = """
        <strong>Reduced scale.</strong> Made with <code>--quick</code>, so that the study takes \
        seconds: it shows the shape of the result, and refutes no claim.
        """
    case .own:
      words =
        run.source.map { source -> HTML in "<strong>Not \(source)’s settings.</strong>" }
        ?? "<strong>Settings that differ from the defaults.</strong>"
    }
    let rows = run.changed.map { setting -> HTML in
      """
      <tr><th scope="row">\(setting.key)</th><td>\(HTML.value(setting.value))</td>\
      <td>\(HTML.value(setting.paper ?? ""))</td></tr>

      """
    }
    return """
      <div class="caution">
      <p>\(words)</p>
      <table>
      <thead><tr><th scope="col">setting</th><th scope="col">here</th>\
      <th scope="col">\(run.source == nil ? "default" : "paper")</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>

      """
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
      let source = claim.source.map { source -> HTML in " <span class=\"source\">\(source)</span>" }
      return """
        <li class="\(claim.verdict.style)">
        <span class="verdict"><span aria-hidden="true">\(claim.verdict.mark)</span> \
        \(claim.verdict.words)</span>
        <p>\(claim.statement)\(source)</p>\(list)
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

  /// A link to a file of a run, where the page knows where that lies; its name otherwise, or nothing.
  func reference(to file: String, of run: Int) -> HTML? {
    let name = String(file.split(separator: "/").last ?? "")
    return link(to: file, of: run).map { link -> HTML in
      "<a class=\"file\" href=\"\(link)\">\(name)</a>"
    }
  }

  /// The figures, numbered through the page, each also as it is laid out for a phone.
  private func figures(_ illustrations: [Illustration], of index: Int) -> [HTML] {
    let before = runs[..<index].reduce(0) { $0 + $1.findings.illustrations.count }
    let all = runs[index].findings.illustrations
    return illustrations.map { illustration in
      let place = all.firstIndex { $0.name == illustration.name } ?? 0
      let file = reference(to: "figures/\(illustration.name).svg", of: index)
        .map { link -> HTML in " \(link)" }
      let wide = Drawing(svg: illustration.svg, caption: illustration.caption)
      let narrow = illustration.narrowSVG.map { svg -> HTML in
        let drawing = Drawing(svg: svg, caption: illustration.caption)
        return "<div class=\"drawing narrow\">\n\(drawing.html)\n</div>\n"
      }
      return """
        <figure>
        <div class="drawing scroll\(narrow == nil ? "" : " wide")" tabindex="0" role="group" \
        aria-label="\(illustration.name)">
        \(wide.html)
        </div>
        \(narrow)<figcaption><span class="name">Figure \(before + place + 1).</span> \
        \(illustration.caption)\(file)</figcaption>
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

  /// What lies in the run's folder.
  private func files(_ attachments: [Attachment], of index: Int) -> HTML? {
    guard !attachments.isEmpty else { return nil }
    return """
      <section class="files">
      <h3>Files</h3>
      <ul>
      \(attachments.map { file -> HTML in
        let name: HTML = reference(to: "files/\(file.fileName)", of: index)
          ?? "<code>files/\(file.fileName)</code>"
        return "<li>\(name): \(file.caption)</li>\n"
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
    let changed = Set(run.changed.map(\.key))
    let all = run.configuration.settings(path: [])
    let settings = all.map { name, value -> HTML in
      let mark: HTML = changed.contains(name) ? " class=\"changed\"" : ""
      return "<div\(mark)><dt>\(name)</dt><dd>\(HTML.value(value))</dd></div>\n"
    }
    let origin = run.provenance.map { provenance -> HTML in
      "<p>Made by \(provenance.maker) on \(provenance.day), on \(provenance.machine).</p>\n"
    }
    return """
      <section class="provenance">
      <h3>Provenance</h3>
      <p>The command that does it again:</p>
      <pre class="command"><code>\(run.command)</code></pre>
      \(origin)<p>\(run.trials) \(run.trials == 1 ? "trial" : "trials"), \
      \(duration(run.seconds)) of computing on one core. Digest of all measurements: \
      <code>\(run.digest)</code></p>
      <details>
      <summary>All \(all.count) settings</summary>
      <dl class="settings">
      \(settings)</dl>
      </details>
      </section>

      """
  }
}

extension Verdict {
  /// The name of the style.
  var style: String {
    switch self {
    case .holds: "holds"
    case .fails: "fails"
    case .untested: "untested"
    }
  }
}
