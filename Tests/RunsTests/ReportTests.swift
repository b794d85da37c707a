import Storage
import Foundation
import Runs
import Testing

@Suite("The report")
struct ReportTests {
  let summary: RunSummary

  init() throws {
    let scratch = try Scratch()
    summary = try #require(try scratch.run().perform(RunOptions(jobs: 1)).summary)
  }

  @Test("escapes everything that is not its own")
  func escapes() {
    var hostile = summary
    let evil = #"<script>alert("&'")</script>"#
    hostile.study = evil
    hostile.title = evil
    hostile.question = evil
    hostile.changed = [.init(evil, value: evil, paper: evil)]
    hostile.settings = .own
    hostile.configuration = [JSON.Member(evil, .text(evil))].asObject
    hostile.digest = evil
    hostile.failures = hostile.failures + [.init(trial: evil, reason: evil)]
    hostile.findings = Findings(
      claims: [Claim(evil, evil, reported: .text(evil), measured: .text(evil), verdict: .holds)],
      tables: [Table("t", title: evil, columns: [evil], rows: [[.text(evil)]])],
      illustrations: [Illustration("f", caption: evil, svg: evil)], notes: [evil])
    let html = Report(title: evil, runs: [hostile, hostile]).html
    #expect(!html.contains("<script"))
    #expect(!html.contains("alert(\""))
    #expect(html.contains("&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;"))
  }

  @Test("shows the question, each verdict, the figures and the settings of each run")
  func contents() {
    let html = Report(runs: [summary]).html
    #expect(html.contains("Do &lt;b&gt;stored&lt;/b&gt; results &amp; fresh ones agree?"))
    for words in ["holds", "does not hold", "not tested"] {
      #expect(html.contains("</span> \(words)<"))
    }
    #expect(html.contains("1 of 2 claims holds, and 1 more could not be tested"))
    #expect(
      html.contains(
        "<figcaption><span class=\"name\">Figure 1.</span> A dot &amp; its &lt;frame&gt;.</figcaption>"
      ))
    #expect(html.contains("<dt>diverging-size</dt><dd>null</dd>"))
    #expect(html.contains(summary.digest))
    #expect(!html.contains("Reduced scale"))
  }

  @Test("shows what stands under a heading of its own after the rest, and only there")
  func sections() throws {
    var divided = summary
    let own = divided.findings
    divided.findings.append(
      section: "At <scale>", about: "A & B.",
      Findings(
        claims: [Claim("large-claim", "It is large.", verdict: .holds)],
        tables: [Table("large-table", title: "Large", columns: ["a"], rows: [["b"]])],
        illustrations: [Illustration("large-figure", caption: "Large dots.", svg: "<svg/>")],
        notes: ["A note."]))
    let html = Report(runs: [divided]).html
    let heading = try #require(html.range(of: "<h2>At &lt;scale&gt;</h2>"))
    let number = own.illustrations.count + 1
    for words in [
      "A &amp; B.", "It is large.", "<figcaption>Large</figcaption>",
      "Figure \(number).</span> Large dots.",
    ] {
      let place = try #require(html.range(of: words), "\(words) is missing")
      #expect(place.lowerBound > heading.lowerBound, "\(words)")
      #expect(html.components(separatedBy: words).count == 2, "\(words)")
    }
    let before = html[..<heading.lowerBound]
    for words in ["<h3>Claims</h3>", "<table>", "Figure 1.</span>"] {
      #expect(before.contains(words), "\(words)")
    }
    #expect(html.contains("A note."))
    // What is stored knows the section, and a run without one is stored as before.
    let read = try RunSummary(JSON(reading: divided.json.pretty))
    #expect(read.findings.sections == divided.findings.sections)
    #expect(read.findings.claims == divided.findings.claims)
    #expect(divided.findings.sections.map(\.claims) == [["large-claim"]])
    #expect(summary.json["sections"] == nil)
  }

  @Test("begins with an overview of several runs, and names the studies without one")
  func overview() {
    var other = summary
    other.settings = .own
    other.changed = [.init("steps", value: "10", paper: "20")]
    let missing = Report.Missing("lottery", reason: "the disk is full")
    let html = Report(runs: [summary, other], missing: [missing]).html
    #expect(html.contains(##"<a href="#run-2">Toy</a> <span class="scale">steps=10</span>"##))
    #expect(html.contains("<article id=\"run-2\""))
    #expect(html.contains(#"<span class="tally">1 of 2 holds, 1 not tested</span>"#))
    #expect(html.contains("no result: the disk is full"))
    #expect(html.contains(#"<th scope="row">steps</th><td>10</td><td>20</td>"#))
    #expect(!Report(runs: [summary]).html.contains("<nav"))
  }

  @Test("says by which command it is made again, by which program, when and on what machine")
  func provenance() throws {
    var own = summary
    own.settings = .own
    own.changed = [
      .init("steps", value: "10", paper: "20"), .init("title", value: "a b'c;$(d)", paper: ""),
    ]
    own.provenance = Provenance(
      program: "toys", version: "1.2", date: "2026-11-29T14:05:00Z", machine: "an abacus")
    let html = Report(runs: [own]).html
    #expect(html.contains("Made by toys 1.2 on 2026-11-29, on an abacus."))
    #expect(own.command == #"toys reproduce toy steps=10 'title=a b'\''c;$(d)'"#)
    #expect(html.contains("<code>toys reproduce toy steps=10 &#39;title=a b"))
    own.settings = .quick
    #expect(own.command == "toys reproduce toy --quick")
    #expect(try RunSummary(JSON(reading: own.json.pretty)).provenance == own.provenance)
  }

  @Test("numbers figures through the page, and links to the files of each run from where it lies")
  func links() throws {
    let scratch = try Scratch()
    var report = Report(title: "Two")
    let folder = scratch.url.appendingPathComponent("runs")
    for name in ["toy/one", "toy/a b#?%\u{22}<javascript:x"] {
      report.append(summary, in: RunDirectory(folder.appendingPathComponent(name)))
    }
    let page = folder.appendingPathComponent("report.html")
    try report.write(to: page)
    let html = try String(contentsOf: page, encoding: .utf8)
    for words in [
      #"<span class="name">Figure 2.</span>"#,
      #"href="./toy/one/figures/figure-1.svg">figure-1.svg<"#,
      #"href="./toy/one/tables/scores.csv">scores.csv<"#,
      #"href="./toy/a%20b%23%3F%25%22%3Cjavascript%3Ax/tables/scores.csv""#,
    ] {
      #expect(html.contains(words), "\(words) is missing")
    }
    try report.write(to: scratch.url.appendingPathComponent("elsewhere/page.html"))
    let other = try String(
      contentsOf: scratch.url.appendingPathComponent("elsewhere/page.html"), encoding: .utf8)
    #expect(other.contains(#"href="./../runs/toy/one/tables/scores.csv""#))
    // A page that nobody has written yet lies nowhere.
    #expect(!report.html.contains("class=\"file\""))
  }

  @Test(
    "spells times as people do",
    arguments: [(0.2, "1 s"), (49, "49 s"), (185, "3 min 5 s"), (4321, "1 h 12 min")])
  func durations(seconds: Double, words: String) {
    #expect(Report.duration(seconds) == words)
  }

  @Test("is a page of its own: it loads nothing and runs nothing")
  func selfContained() {
    let html = Report(runs: [summary]).html
    for reference in ["src=\"http", "href=\"http", "url(http", "@import", "<script", "<link"] {
      #expect(!html.contains(reference))
    }
  }

  @Test("forbids scripts and the network to itself")
  func policy() {
    let html = Report(runs: [summary]).html
    #expect(
      html.contains(
        #"<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; img-src data:; "#
      ))
    #expect(html.components(separatedBy: "http-equiv").count == 2)
  }

  @Test(
    "shows a drawing as a picture, in which nothing acts, and nothing of its markup",
    arguments: [
      "<svg><script>x</script></svg>", "<svg onload='x'/>", "<svg\nONload = x></svg>",
      "<svg><a href=\"javascript:x\"/></svg>", "<svg><image href='http://a/b'/></svg>",
      "<svg><style>@import url(x)</style></svg>", "<svg fill=\"url( http://a )\"/>", "no drawing",
      "\"><script>x</script>", "</style><svg>", "<svg><set attributeName=\"href\" to=\"x\"/></svg>",
    ])
  func hostileDrawing(svg: String) {
    var hostile = summary
    hostile.findings.illustrations = [Illustration("f", caption: "c", svg: svg, narrow: svg)]
    let html = Report(runs: [hostile]).html
    #expect(html.components(separatedBy: "<img src=\"data:image/svg+xml;base64,").count == 3)
    #expect(!html.contains(svg) && !html.contains("<svg") && !html.contains("<script"))
  }

  @Test("shows no character that steers whoever reads it", arguments: steering)
  func steers(character: Character) throws {
    var hostile = summary
    let evil = "a\(character)b"
    (hostile.title, hostile.question, hostile.digest) = (evil, evil, evil)
    hostile.failures = [.init(trial: evil, reason: evil)]
    hostile.findings = Findings(
      claims: [Claim(evil, evil, reported: .text(evil), measured: .text(evil), verdict: .holds)],
      tables: [Table("t", title: evil, columns: [evil], rows: [[.text(evil)]])], notes: [evil])
    for text in [Report(title: evil, runs: [hostile]).html, hostile.text, hostile.json.pretty] {
      #expect(!text.unicodeScalars.contains(character.unicodeScalars.first!))
    }
    #expect(try RunSummary(JSON(reading: hostile.json.pretty)) == hostile)
  }
}

/// What a terminal obeys instead of showing it, and what turns text around.
let steering: [Character] = [
  "\u{0}", "\u{7}", "\u{8}", "\u{D}", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}", "\u{9D}", "\u{2028}",
  "\u{2029}", "\u{202A}", "\u{202E}", "\u{2066}", "\u{2069}",
]

extension [JSON.Member] {
  fileprivate var asObject: JSON { .object(self) }
}
