import Storage

extension RunSummary {
  /// What `summary.json` holds.
  ///
  /// `paper` holds the paper's values of the settings in `changed`, as one writes them on the command line. In
  /// `tables`, a number is a number, words are text, an empty cell is null, and a mean with its
  /// spread is `{"mean": …, "spread": …}`. The `interval` of a claim is that of the mean with 95 % confidence, where the
  /// claim is judged by it. What is not finite is null. `sections` is there only where something stands under a heading
  /// of its own, and names what does.
  public var json: JSON {
    var json: JSON = [
      "study": .text(study),
      "title": .text(title),
      "question": .text(question),
      "source": source.map { .text($0) } ?? nil,
      "configuration": configuration,
      "settings": .text(settings.rawValue),
      "changed": .array(changed.map { .text(Setting.underscored($0.key)) }),
      "paper": .object(
        changed.compactMap { setting in
          setting.paper.map { JSON.Member(Setting.underscored(setting.key), .text($0)) }
        }),
      "reduced": .flag(settings == .quick),
      "trials": .integer(trials),
      "failed": .integer(failures.count),
      "failures": .array(
        failures.map { ["trial": .text($0.trial), "reason": .text($0.reason)] }),
      "seconds": .number(seconds),
      "digest": .text(digest),
      "provenance": provenance?.json ?? nil,
      "claims": .array(findings.claims.map(\.json)),
      "tables": .object(findings.tables.map { JSON.Member($0.name, $0.json) }),
      "figures": .object(
        findings.illustrations.map { JSON.Member($0.name, ["caption": .text($0.caption)]) }),
      "notes": .array(findings.notes.map { .text($0) }),
      "files": .object(
        findings.attachments.map { JSON.Member($0.fileName, ["caption": .text($0.caption)]) }),
    ]
    if !findings.sections.isEmpty { json["sections"] = .array(findings.sections.map(\.json)) }
    return json
  }

  /// What a summary lacks.
  package struct Lack: Error, CustomStringConvertible {
    let name: String
    package var description: String { "its \"\(name)\" is missing or of the wrong kind" }
  }

  /// Reads what ``json`` gives; the drawings and the files are not part of it.
  package init(_ json: JSON) throws(Lack) {
    study = try json.required("study", \.text)
    title = try json.required("title", \.text)
    question = try json.required("question", \.text)
    // Before this was written, all studies were the paper's.
    source = json["source"].map(\.text) ?? "the paper"
    let configuration = try json.required("configuration", { $0 }).underscored
    let values = configuration.settings(path: [])
    self.configuration = configuration
    settings = try json.required("settings") { $0.text.flatMap(Settings.init(rawValue:)) }
    changed = try json.required("changed") { $0.all(\.text) }.map { name in
      let key = Setting.hyphenated(name)
      return ChangedSetting(
        key, value: values.first { $0.name == key }?.value ?? "", paper: json["paper"]?[name]?.text)
    }
    trials = try json.required("trials", \.integer)
    failures = try json.required("failures") { list in
      list.all { failure in
        guard let trial = failure["trial"]?.text, let reason = failure["reason"]?.text else {
          return nil
        }
        return Failure(trial: trial, reason: reason)
      }
    }
    seconds = try json.required("seconds", \.number)
    digest = try json.required("digest", \.text)
    provenance = json["provenance"].flatMap(Provenance.init)
    findings = Findings(
      claims: try json.required("claims") { $0.all(Claim.init) },
      tables: try json.required("tables") { tables in
        let members = tables.members
        let read = members?.compactMap { Table(name: $0.key, $0.value) }
        return read?.count == members?.count ? read : nil
      },
      illustrations: try json.required("figures") { figures in
        figures.members?.filter { $0.key.isPlainFileName }.map {
          Illustration($0.key, caption: $0.value["caption"]?.text ?? "", svg: "")
        }
      },
      notes: try json.required("notes") { $0.all(\.text) },
      attachments: (json["files"]?.members ?? []).compactMap { file in
        Attachment(fileName: file.key, caption: file.value["caption"]?.text ?? "")
      })
    for section in json["sections"]?.all(Findings.Section.init) ?? [] { findings.append(section) }
  }
}

extension Attachment {
  /// A file still to be read; nil if a run would not have given it this name.
  fileprivate init?(fileName: String, caption: String) {
    let parts = fileName.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy(\.isPlainFileName) else { return nil }
    self.init(parts[0], type: parts[1], caption: caption, contents: [])
  }
}

extension JSON {
  fileprivate func required<Value>(
    _ name: String, _ read: (JSON) -> Value?
  ) throws(RunSummary.Lack) -> Value {
    guard let value = self[name].flatMap(read) else { throw RunSummary.Lack(name: name) }
    return value
  }

  /// The elements, if each can be read.
  fileprivate func all<Value>(_ read: (JSON) -> Value?) -> [Value]? {
    guard let elements else { return nil }
    let values = elements.compactMap(read)
    return values.count == elements.count ? values : nil
  }

  fileprivate static func finite(_ value: Double?) -> JSON {
    value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
  }
}

extension Quantity {
  fileprivate var json: JSON {
    switch self {
    case .text(let text): .text(text)
    case .number(let value): .finite(value)
    }
  }

  fileprivate init?(_ json: JSON) {
    if let text = json.text {
      self = .text(text)
    } else if let number = json.number {
      self = .number(number)
    } else {
      return nil
    }
  }
}

extension Findings.Section {
  fileprivate var json: JSON {
    [
      "title": .text(title), "about": .text(about), "claims": .array(claims.map { .text($0) }),
      "tables": .array(tables.map { .text($0) }),
      "figures": .array(illustrations.map { .text($0) }),
    ]
  }

  fileprivate init?(_ json: JSON) {
    guard let title = json["title"]?.text, let about = json["about"]?.text,
      let claims = json["claims"]?.all(\.text), let tables = json["tables"]?.all(\.text),
      let illustrations = json["figures"]?.all(\.text)
    else { return nil }
    self.init(
      title: title, about: about, claims: claims, tables: tables, illustrations: illustrations)
  }
}

extension Claim {
  var json: JSON {
    let holds: JSON =
      switch verdict {
      case .holds: true
      case .fails: false
      case .untested: nil
      }
    return [
      "id": .text(id), "statement": .text(statement), "reported": reported?.json ?? nil,
      "measured": measured?.json ?? nil, "spread": .finite(spread),
      "interval": interval.map { [.finite($0.lowerBound), .finite($0.upperBound)] } ?? nil,
      "holds": holds, "decimals": .integer(decimals), "source": source.map { .text($0) } ?? nil,
    ]
  }

  fileprivate init?(_ json: JSON) {
    guard let id = json["id"]?.text, let statement = json["statement"]?.text,
      let holds = json["holds"], let decimals = json.decimals
    else { return nil }
    let bounds = json["interval"]?.all(\.number) ?? []
    self.init(
      id, statement, source: json["source"]?.text,
      reported: json["reported"].flatMap(Quantity.init),
      measured: json["measured"].flatMap(Quantity.init), spread: json["spread"]?.number,
      interval: bounds.count == 2 && bounds[0] <= bounds[1] ? bounds[0]...bounds[1] : nil,
      decimals: decimals, verdict: Verdict(holds.flag))
  }
}

extension JSON {
  /// How many decimals to show; nil if that is missing or absurd.
  fileprivate var decimals: Int? {
    self["decimals"]?.integer.flatMap { (0...17).contains($0) ? $0 : nil }
  }
}

extension Table {
  fileprivate var json: JSON {
    let decimals = rows.map { row in
      JSON.array(row.map { $0.decimals.map { .integer($0) } ?? .null })
    }
    return [
      "title": .text(title),
      "columns": .array(columns.map { .text($0) }),
      "rows": .array(rows.map { row in .array(row.map(\.json)) }),
      "decimals": .array(decimals),
    ]
  }

  fileprivate init?(name: String, _ json: JSON) {
    guard name.isPlainFileName, let title = json["title"]?.text,
      let columns = json["columns"]?.all(\.text), let rows = json["rows"]?.all(\.elements),
      let decimals = json["decimals"]?.all(\.elements), rows.count == decimals.count,
      zip(rows, decimals).allSatisfy({ $0.count == columns.count && $1.count == columns.count })
    else { return nil }
    self.init(name, title: title, columns: columns)
    for (row, decimals) in zip(rows, decimals) {
      let cells = zip(row, decimals).compactMap(Cell.init)
      guard cells.count == columns.count else { return nil }
      append(cells)
    }
  }
}

extension Cell {
  fileprivate var decimals: Int? {
    switch self {
    case .empty, .text, .integer: nil
    case .number(_, let decimals), .estimate(_, _, let decimals): decimals
    }
  }

  var json: JSON {
    switch self {
    case .empty: .null
    case .text(let text): .text(text)
    case .integer(let value): .integer(value)
    case .number(let value, _): .finite(value)
    case .estimate(let mean, let spread, _): ["mean": .finite(mean), "spread": .finite(spread)]
    }
  }

  fileprivate init?(_ json: JSON, decimals: JSON) {
    let digits = min(max(decimals.integer ?? 0, 0), 17)
    switch json {
    case .null: self = .empty
    case .text(let text): self = .text(text)
    case .integer(let value): self = .integer(value)
    case .large(let value): self = .text(String(value))
    case .number(let value): self = .number(value, decimals: digits)
    case .object:
      self = .estimate(
        mean: json["mean"]?.number ?? .nan, spread: json["spread"]?.number ?? .nan,
        decimals: digits)
    case .flag, .array: return nil
    }
  }
}
