import Figures

/// What the results of a study show together.
public struct Findings: Sendable, Equatable {
  /// Sentences of the paper, each with its verdict.
  public var claims: [Claim]
  /// Numbers side by side.
  public var tables: [Table]
  /// Figures, drawn.
  public var illustrations: [Illustration]
  /// What a reader should know, in plain sentences.
  public var notes: [String]
  /// Sentences that hold this run against the paper, and go where its claims cannot be judged.
  public var paperNotes: [String]
  /// Files to work on with, such as learned weights.
  public var attachments: [Attachment]
  /// What stands under headings of its own, after the rest.
  public private(set) var sections: [Section] = []

  /// Collects what was found; what the results did not suffice for is nil, and left out.
  public init(
    claims: [Claim?] = [], tables: [Table?] = [], illustrations: [Illustration?] = [],
    notes: [String] = [], paperNotes: [String] = [], attachments: [Attachment] = []
  ) {
    self.claims = claims.compactMap(\.self)
    self.tables = tables.compactMap(\.self)
    self.illustrations = illustrations.compactMap(\.self)
    self.notes = notes
    self.paperNotes = paperNotes
    self.attachments = attachments
  }
}

extension Findings {
  /// Claims, tables and illustrations that a report shows under a heading of their own.
  public struct Section: Sendable, Equatable {
    /// The heading.
    public var title: String
    /// What it is about, a paragraph.
    public var about: String
    /// The ids of its claims.
    public var claims: [String]
    /// The names of its tables.
    public var tables: [String]
    /// The names of its illustrations.
    public var illustrations: [String]
  }

  /// Adds what was found beside the rest, under a heading of its own.
  ///
  /// - Parameters:
  ///   - title: The heading.
  ///   - about: What it is about, a paragraph.
  ///   - findings: What stands there; its notes and files go to those of the rest.
  /// - Precondition: none of them has a name that another one has.
  public mutating func append(section title: String, about: String, _ findings: Findings) {
    let section = Section(
      title: title, about: about, claims: findings.claims.map(\.id),
      tables: findings.tables.map(\.name), illustrations: findings.illustrations.map(\.name))
    append(section)
    claims += findings.claims
    tables += findings.tables
    illustrations += findings.illustrations
    notes += findings.notes
    paperNotes += findings.paperNotes
    attachments += findings.attachments
    func isUnique(_ names: [String]) -> Bool { Set(names).count == names.count }
    precondition(
      isUnique(claims.map(\.id)) && isUnique(tables.map(\.name))
        && isUnique(illustrations.map(\.name)),
      "what \(title) holds has the name of something else")
  }

  /// Adds a heading for what is there.
  mutating func append(_ section: Section) { sections.append(section) }

  /// What stands under a heading, or, for nil, under none.
  func contents(of section: Section?) -> Findings {
    func stands(_ name: String, _ names: (Section) -> [String]) -> Bool {
      section.map { names($0).contains(name) } ?? !sections.contains { names($0).contains(name) }
    }
    return Findings(
      claims: claims.filter { stands($0.id, \.claims) },
      tables: tables.filter { stands($0.name, \.tables) },
      illustrations: illustrations.filter { stands($0.name, \.illustrations) })
  }
}

/// A sentence of the paper, held against what was measured.
public struct Claim: Sendable, Equatable {
  /// A short name for scripts, such as `cnn-accuracy`.
  public var id: String
  /// The sentence.
  public var statement: String
  /// The value that the authors published.
  public var reported: Quantity?
  /// The value found here.
  public var measured: Quantity?
  /// The standard deviation over seeds, in the unit of `measured`.
  public var spread: Double?
  /// Where the true mean lies with 95 % confidence, by which a comparison of two means was judged.
  public var interval: ClosedRange<Double>?
  /// Where the sentence, its value and its tolerance stand, such as "Figure 7; pooling notebook, cell 12".
  public var source: String?
  /// How many decimals people want to see.
  public var decimals: Int
  /// Whether the sentence holds here.
  public var verdict: Verdict

  /// States a claim; a spread of zero is that of a single value, and counts as none.
  ///
  /// `holds` is nil where the results cannot tell. Whether the settings allow a verdict at all is not
  /// the study's to say: see ``Study/comparableSettings``.
  public init(
    _ id: String, _ statement: String, source: String? = nil, reported: Quantity? = nil,
    measured: Quantity? = nil, spread: Double? = nil, decimals: Int = 1, holds: Bool?
  ) {
    self.init(
      id, statement, source: source, reported: reported, measured: measured, spread: spread,
      decimals: decimals, verdict: Verdict(holds))
  }

  /// States a claim about a mean over seeds, shown with its standard deviation; nil without a sample.
  ///
  /// `holds` says whether the sentence holds for the sample; nil where that cannot be told.
  public init?(
    _ id: String, _ statement: String, source: String? = nil, reported: Quantity? = nil,
    measured: Sample?, decimals: Int = 1, holds: (Sample) -> Bool?
  ) {
    guard let measured else { return nil }
    self.init(
      id, statement, source: source, reported: reported, measured: .number(measured.mean),
      spread: measured.deviation, decimals: decimals, holds: holds(measured))
  }

  /// States that a mean over seeds is the published value, give or take `tolerance`; nil without a
  /// sample or a published value.
  public init?(
    _ id: String, _ statement: String, source: String? = nil, reported: Double?, measured: Sample?,
    within tolerance: Double, decimals: Int = 1
  ) {
    guard let reported else { return nil }
    self.init(
      id, statement, source: source, reported: .number(reported), measured: measured,
      decimals: decimals
    ) { abs($0.mean - reported) <= tolerance }
  }

  /// States by how much two conditions differ, from the paired differences of their seeds; nil without a sample.
  ///
  /// The sentence holds if ``Sample/interval`` lies in `range` as a whole, and fails if it lies outside as a whole.
  /// Otherwise, and with fewer than three seeds, which are no evidence, the results cannot tell.
  ///
  /// `difference` may be `accuracy(.max) - accuracy(.none)`, or anything else whose mean is to lie in a range; `range` is
  /// what the sentence asserts, such as `.above(2)` or `-1...1`.
  public init?(
    _ id: String, _ statement: String, source: String? = nil, reported: Quantity? = nil,
    difference: Sample?, in range: ClosedRange<Double>, decimals: Int = 1
  ) {
    self.init(
      id, statement, source: source, reported: reported, measured: difference, decimals: decimals
    ) { _ in nil }
    guard let interval = difference?.interval else { return }
    self.interval = interval
    verdict = Verdict(
      range.contains(interval.lowerBound) && range.contains(interval.upperBound)
        ? true : range.overlaps(interval) ? nil : false)
  }

  /// States a claim that has been judged.
  package init(
    _ id: String, _ statement: String, source: String? = nil, reported: Quantity? = nil,
    measured: Quantity? = nil, spread: Double? = nil, interval: ClosedRange<Double>? = nil,
    decimals: Int = 1, verdict: Verdict
  ) {
    self.id = id
    self.statement = statement
    self.source = source
    self.reported = reported
    self.measured = measured
    self.spread = spread == 0 ? nil : spread
    self.interval = interval
    self.decimals = decimals
    self.verdict = verdict
  }
}

/// Whether a claim holds.
public enum Verdict: Sendable, Equatable, CaseIterable {
  case holds
  case fails
  /// The settings of this run cannot decide it.
  case untested

  /// The verdict on a sentence that holds, does not, or cannot be decided.
  init(_ holds: Bool?) { self = holds.map { $0 ? .holds : .fails } ?? .untested }
}

extension ClosedRange<Double> {
  /// All that exceeds a bound: what "more than" asserts.
  public static func above(_ bound: Double) -> ClosedRange { bound.nextUp...(.infinity) }

  /// All that stays under a bound: what "less than" asserts.
  public static func below(_ bound: Double) -> ClosedRange { -.infinity...bound.nextDown }
}

/// A number, or words where a number would say too little.
public enum Quantity: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByFloatLiteral,
  ExpressibleByIntegerLiteral
{
  case text(String)
  case number(Double)

  public init(stringLiteral value: String) { self = .text(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
}

/// A figure with its caption.
public struct Illustration: Sendable, Equatable {
  /// The file's name without its ending, such as `figure-2`.
  public var name: String
  /// What it shows, in a sentence or two.
  public var caption: String
  /// What the figure's title says where this run supports it, instead of the question that it is.
  public var finding: Finding?
  private var content: Content
  /// The figure with its caption, for files of its own; nil where there is none but a drawing.
  private(set) var single: Figure?

  /// A sentence that a figure shows, if claims hold.
  public struct Finding: Sendable, Equatable {
    /// The sentence.
    public var sentence: String
    /// The ids of the claims that it rests on.
    public var claims: [String]

    /// States what holds if all of these claims do.
    ///
    /// - Precondition: there is a claim.
    public init(_ sentence: String, ifHold claims: String...) {
      precondition(!claims.isEmpty, "\"\(sentence)\" must rest on a claim")
      self.sentence = sentence
      self.claims = claims
    }

    /// Whether all claims that it rests on hold.
    func holds(among claims: [Claim]) -> Bool {
      self.claims.allSatisfy { id in claims.first { $0.id == id }?.verdict == .holds }
    }
  }

  private enum Content: Sendable, Equatable {
    case figure(Figure)
    case drawing(String, narrow: String?)
  }

  /// Names a figure.
  ///
  /// - Parameters:
  ///   - name: The file's name without its ending.
  ///   - caption: What it shows, in a sentence or two.
  ///   - figure: The figure; its title is a question, or says what is drawn.
  ///   - finding: What the title says instead, where this run supports it.
  /// - Precondition: `name` consists of lower-case letters, digits and hyphens, as it names a file.
  public init(_ name: String, caption: String, figure: Figure, finding: Finding? = nil) {
    self.init(name, caption: caption, content: .figure(figure))
    self.finding = finding
  }

  /// Names a drawing, as it comes from a file: one `<svg>` element, and perhaps one of the same for
  /// a narrow screen.
  ///
  /// - Precondition: `name` consists of lower-case letters, digits and hyphens, as it names a file.
  package init(_ name: String, caption: String, svg: String, narrow: String? = nil) {
    self.init(name, caption: caption, content: .drawing(svg, narrow: narrow))
  }

  private init(_ name: String, caption: String, content: Content) {
    precondition(name.isPlainFileName, "\"\(name)\" cannot name a file: use a-z, 0-9 and hyphens")
    self.name = name
    self.caption = caption
    self.content = content
  }

  /// What is drawn decides, and not whether it can be drawn once more.
  public static func == (a: Illustration, b: Illustration) -> Bool {
    a.name == b.name && a.caption == b.caption && a.finding == b.finding && a.content == b.content
  }

  /// The figure, as long as it is not drawn.
  package var figure: Figure? {
    if case .figure(let figure) = content { figure } else { nil }
  }

  /// The drawing: one `<svg>` element.
  public var svg: String {
    switch content {
    case .figure(let figure): figure.svg()
    case .drawing(let svg, _): svg
    }
  }

  /// The drawing for a narrow screen; nil where there is none of its own.
  public var narrowSVG: String? {
    switch content {
    case .figure(let figure): figure.fitted(to: Self.narrowWidth).svg()
    case .drawing(_, let narrow): narrow
    }
  }

  /// The width of a phone's page, less its margins.
  private static var narrowWidth: Double { 380 }

  /// The figure, drawn: with a notice about its data under the title, which is the finding if that holds.
  ///
  /// - Precondition: it is no drawing yet, which the notice could not be put into.
  func drawn(under notice: String?, judgedBy claims: [Claim] = []) -> Illustration {
    guard case .figure(var figure) = content else {
      preconditionFailure(
        "\(name) is drawn already: a study hands its figures over undrawn, so that a reduced one says so"
      )
    }
    let notices = [notice, figure.notice].compactMap(\.self)
    if let finding, finding.holds(among: claims) { figure.title = finding.sentence }
    figure.notice = notices.isEmpty ? nil : notices.joined(separator: "\n")
    let noticed = Illustration(name, caption: caption, figure: figure)
    var drawn = Illustration(name, caption: caption, svg: noticed.svg, narrow: noticed.narrowSVG)
    figure.caption = [figure.caption, caption].compactMap(\.self).joined(separator: "\n")
    drawn.single = figure
    return drawn
  }
}

/// A file that goes with the findings, into the run's folder `files`.
public struct Attachment: Sendable, Equatable {
  /// The file's name without its ending, such as `learned-activation`.
  public var name: String
  /// The ending, such as `safetensors`.
  public var type: String
  /// What the file holds, in a sentence.
  public var caption: String
  /// The file's bytes.
  public var contents: [UInt8]

  /// Names a file.
  ///
  /// - Precondition: name and type consist of lower-case letters, digits and hyphens.
  public init(_ name: String, type: String, caption: String, contents: [UInt8]) {
    precondition(
      name.isPlainFileName && type.isPlainFileName,
      "\"\(name).\(type)\" cannot name a file: use a-z, 0-9 and hyphens")
    self.name = name
    self.type = type
    self.caption = caption
    self.contents = contents
  }

  /// Names a file of comma-separated values as its table is named.
  public init(csv table: Table, caption: String) {
    self.init(table.name, type: "csv", caption: caption, contents: Array(table.csv.utf8))
  }

  /// The file's name with its ending.
  package var fileName: String { "\(name).\(type)" }
}

extension String {
  /// Whether this can name a file on every system and needs no escaping anywhere.
  var isPlainFileName: Bool {
    !isEmpty
      && utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
