import Figures

extension Report {
  /// The style sheet. It names no font or picture that would have to be fetched, and its ground is that of figures.
  static let style = """
    :root {
      --paper: \(Paint.ground.light.hex); --shade: #1c202426; --ink: #1c2024; --quiet: #5d666f; --line: #e3e0da;
      --accent: #1d5f8a; --holds: #1b7448; --fails: #b23328; --untested: #6d6a62;
      --caution: #fbf3dc; --caution-line: #d9b44a;
      --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, Georgia,
        serif;
      --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans",
        sans-serif;
      --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace;
    }
    @media screen and (prefers-color-scheme: dark) {
      :root {
        --paper: \(Paint.ground.dark.hex); --shade: #00000099; --ink: #e6e4df; --quiet: #9aa3ab; --line: #32383e;
        --accent: #7cbbe4; --holds: #6cc998; --fails: #f08a7d; --untested: #a5a097;
        --caution: #2b2613; --caution-line: #8f7526;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
    body {
      margin: 0 auto; padding: 3.5rem 1.5rem 4rem; max-width: 63rem;
      background: var(--paper); color: var(--ink);
      font: 1rem/1.6 var(--sans); font-variant-numeric: lining-nums tabular-nums;
    }
    h1, h2, .question, .lead { font-family: var(--serif); text-wrap: balance; }
    h1 { margin: 0; font-size: 2.5rem; font-weight: 600; line-height: 1.15; letter-spacing: -0.01em; }
    h2 { margin: 0; font-size: 1.7rem; font-weight: 600; line-height: 1.2; }
    h3 {
      margin: 0 0 0.75rem; font-size: 0.8rem; font-weight: 600; color: var(--quiet);
      letter-spacing: 0.08em; text-transform: uppercase;
    }
    p { margin: 0 0 0.75rem; }
    a { color: var(--accent); text-underline-offset: 0.15em; }
    a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    .lead { margin: 0.75rem 0 0; font-size: 1.2rem; color: var(--quiet); }
    .overview ol {
      display: grid; grid-template-columns: 1fr auto auto auto; gap: 0 1.5rem; margin: 2rem 0 0;
      padding: 0; list-style: none; border-top: 1px solid var(--line);
    }
    .overview li {
      display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; align-items: baseline;
      padding: 0.45rem 0; border-bottom: 1px solid var(--line);
    }
    .overview .scale { margin-left: 0.4rem; }
    .overview .verdict { grid-column: 2 / -1; white-space: normal; }
    .scale { font-size: 0.85rem; color: var(--quiet); overflow-wrap: anywhere; }
    .marks { letter-spacing: 0.1em; font-size: 0.9rem; }
    .tally, .time { font-size: 0.9rem; color: var(--quiet); }
    .time { text-align: right; white-space: nowrap; }
    article { margin-top: 3rem; padding-top: 2.25rem; border-top: 1px solid var(--line); }
    article > header { margin-bottom: 1.75rem; }
    .question { margin: 0.35rem 0 0; font-size: 1.2rem; line-height: 1.45; color: var(--quiet); }
    .caution {
      padding: 0.7rem 1rem; border-left: 3px solid var(--caution-line); background: var(--caution);
      font-size: 0.95rem;
    }
    .caution p { margin: 0; }
    .caution table { margin-top: 0.5rem; font-size: 0.9rem; }
    .caution th, .caution td { padding: 0.1rem 1.5rem 0.1rem 0; }
    .caution td { overflow-wrap: anywhere; }
    .caution tbody tr + tr > * { border: 0; }
    .caution td:nth-child(2) { font-weight: 600; }
    section, figure { margin: 2rem 0 0; }
    .part { margin-top: 3.5rem; }
    .part h2 { font-size: 1.4rem; }
    .holds { --verdict: var(--holds); }
    .fails { --verdict: var(--fails); }
    .untested { --verdict: var(--untested); }
    .marks span { color: var(--verdict); }
    .claims ul {
      display: grid; grid-template-columns: 8rem 1fr auto; gap: 0 1.5rem; margin: 0; padding: 0;
      list-style: none; border-top: 1px solid var(--line);
    }
    .claims li {
      display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; gap: 0.25rem 1.5rem;
      align-items: baseline; padding: 0.7rem 0; border-bottom: 1px solid var(--line);
    }
    .claims p { margin: 0; }
    .claims .source { display: block; color: var(--quiet); font-size: 0.85rem; }
    .verdict { color: var(--verdict); font-size: 0.9rem; font-weight: 600; white-space: nowrap; }
    .verdict > span { display: inline-block; width: 1.1em; }
    .claims dl { margin: 0; min-width: 10rem; font-size: 0.9rem; }
    .claims dl div { display: flex; justify-content: space-between; gap: 1rem; }
    .claims dt { color: var(--quiet); }
    .claims dd { margin: 0; text-align: right; }
    figure { padding: 0; }
    figcaption { font-size: 0.95rem; color: var(--quiet); }
    .drawing + figcaption { margin-top: 0.6rem; max-width: 44rem; }
    .table figcaption { margin-bottom: 0.6rem; font-weight: 600; color: var(--ink); }
    /* A shadow at each end beyond which there is more. */
    .scroll {
      overflow-x: auto;
      background:
        linear-gradient(90deg, var(--paper) 50%, transparent) 0 0 / 2.5rem 100% no-repeat local,
        linear-gradient(270deg, var(--paper) 50%, transparent) 100% 0 / 2.5rem 100% no-repeat
          local,
        linear-gradient(90deg, var(--shade), transparent) 0 0 / 0.6rem 100% no-repeat,
        linear-gradient(270deg, var(--shade), transparent) 100% 0 / 0.6rem 100% no-repeat;
    }
    /* A figure has a margin of its own: without it, its words stand at the edge of the page's. */
    .drawing { margin-inline: -1rem; }
    .drawing img {
      display: block; max-width: 100%; height: auto; margin: 0;
    }
    .drawing.narrow { display: none; }
    figcaption .name { font-weight: 600; color: var(--ink); }
    .file { font-size: 0.85em; font-weight: 400; white-space: nowrap; }
    .command {
      margin: 0 0 0.75rem; padding: 0.5rem 0.75rem; border: 1px solid var(--line); color: var(--ink);
      white-space: pre-wrap; user-select: all; -webkit-user-select: all;
    }
    table { border-collapse: collapse; font-size: 0.95rem; line-height: 1.4; }
    th, td { padding: 0.4rem 1.5rem 0.4rem 0; text-align: left; vertical-align: baseline; }
    thead th {
      border-bottom: 1px solid var(--quiet); color: var(--quiet); font-weight: 500;
      vertical-align: bottom;
    }
    tbody th { font-weight: 500; }
    tbody tr + tr > * { border-top: 1px solid var(--line); }
    .number { text-align: right; }
    td.number { white-space: nowrap; }
    td.number:has(+ .spread) { padding-right: 0; }
    .spread { color: var(--quiet); font-size: 0.9em; white-space: pre; }
    th:last-child, td:last-child { padding-right: 0.25rem; }
    .notes p, .failures li, .caution p, .question, .lead { max-width: 44rem; }
    .failures ul { margin: 0; padding-left: 1.2rem; }
    .provenance { font-size: 0.88rem; color: var(--quiet); }
    .settings {
      display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 0 2rem;
      margin: 0 0 1rem;
    }
    .settings div {
      display: flex; justify-content: space-between; gap: 1rem; padding: 0.2rem 0;
      border-bottom: 1px dotted var(--line);
    }
    .settings dd { margin: 0; color: var(--ink); text-align: right; overflow-wrap: anywhere; }
    .settings .changed :is(dt, dd) { font-weight: 600; color: var(--ink); }
    summary { cursor: pointer; margin-bottom: 0.75rem; }
    code { font-family: var(--mono); font-size: 0.9em; overflow-wrap: anywhere; }
    footer {
      margin-top: 3rem; padding-top: 1.25rem; border-top: 1px solid var(--line);
      font-size: 0.88rem; color: var(--quiet);
    }
    @media (max-width: 40rem) {
      body { padding: 2rem 1rem 3rem; }
      h1 { font-size: 1.9rem; }
      h2 { font-size: 1.45rem; }
      .question, .lead { font-size: 1.08rem; }
      article { margin-top: 2.25rem; padding-top: 1.75rem; }
      .claims ul, .claims li { grid-template-columns: 1fr; }
      .claims dl { display: flex; flex-wrap: wrap; gap: 0 1.5rem; min-width: 0; }
      .claims dl div { gap: 0.4rem; }
      .overview ol { grid-template-columns: auto 1fr auto; gap: 0 1rem; }
      .overview li > span:first-child, .overview .marks, .overview .verdict {
        grid-column: 1 / -1;
      }
      .overview .tally { grid-column: 1 / 3; }
      /* Its own layout where there is one; else small enough to survey, and the rest scrolls. */
      .drawing.wide { display: none; }
      .drawing.narrow { display: block; }
      .drawing.scroll img { max-width: max(100%, 30rem); margin: 0; }
      .table table { width: max-content; }
      .table :is(td, tbody th) { max-width: 13rem; }
      .caution :is(th, td) { padding-right: 0.75rem; }
      .settings { grid-template-columns: 1fr; }
    }
    @media print {
      :root { --paper: #fff; --shade: #fff; --ink: #000; --quiet: #444; --line: #ccc; }
      body { max-width: none; padding: 0; font-size: 10pt; }
      .scroll { overflow: visible; }
      .table table { font-size: 0.85em; }
      .table :is(th, td) { padding-right: 0.8rem; }
      figure, .claims li, .caution, tr { break-inside: avoid; }
      h2, h3 { break-after: avoid; }
      article { break-before: page; border-top: 0; margin-top: 0; padding-top: 0; }
      details::details-content { content-visibility: visible; block-size: auto; }
    }

    """
}
