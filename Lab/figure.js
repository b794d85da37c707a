// @ts-check
// Figures that are drawn again while they grow: lines with bands, points, rules and bars in panels, in the report's style.
import { element } from "./elements.js";
import { limitsOf, scaleOf, ticksOf } from "./ticks.js";

/**
 * @typedef {object} Mark
 * @property {"line" | "points" | "rule" | "bars"} kind
 * @property {number[]} [x]
 * @property {number[]} [y] for a rule its one height, where it lies
 * @property {number[]} [lower] the ends of a band around a line, or of error bars
 * @property {number[]} [upper]
 * @property {string} [color] as CSS has it
 * @property {import("./appearance.js").Dash} [dash]
 * @property {import("./appearance.js").Marker} [marker]
 * @property {number} [width]
 * @property {number} [opacity]
 * @property {string} [label] in the legend
 * @property {string} [endLabel] beside the line's end, or the rule's
 */

/** @typedef {{label?: string, from?: number, to?: number, isLogarithmic?: boolean, names?: string[]}} Axis */
/** @typedef {{title?: string, x: Axis, y: Axis, marks: Mark[]}} Panel */

/**
 * @typedef {object} FigureContent
 * @property {string} title
 * @property {string} [subtitle]
 * @property {string} [caption]
 * @property {string} summary the figure in words, for those who do not see it
 * @property {Panel[]} panels
 * @property {number} [columns] at most so many panels stand side by side
 * @property {number} [aspect] the height of a panel's plot by its width
 * @property {boolean} [isShared] whether panels share their limits
 */

/** How many areas to clip to there have been, each with a name of its own. */
let clips = 0;

const patterns = { solid: "", dashed: "5 5", dotted: "0.1 4", dashDotted: "7 4.5 0.1 4.5" };

/** A figure on the page. */
export class Figure {
  constructor() {
    this.heading = element("div", { class: "figure-title" });
    this.subtitle = element("div", { class: "figure-subtitle" });
    this.legend = element("div", { class: "figure-legend", "aria-hidden": true });
    this.drawing = element("div", { class: "figure-drawing" });
    this.caption = element("div", { class: "figure-caption" });
    this.element = element("figure", { class: "figure" },
      element("figcaption", {}, this.heading, this.subtitle), this.legend, this.drawing, this.caption);
    /** @type {FigureContent | undefined} */
    this.content = undefined;
    this.width = 0;
    this.observer = new ResizeObserver(() => {
      if (this.content && Math.abs(this.drawing.clientWidth - this.width) > 1) this.draw(this.content);
    });
    this.observer.observe(this.drawing);
  }

  /** @param {FigureContent} content */
  draw(content) {
    this.content = content;
    this.width = this.drawing.clientWidth;
    if (this.width === 0) return;
    setText(this.heading, content.title);
    setText(this.subtitle, content.subtitle ?? "");
    setText(this.caption, content.caption ?? "");
    const legend = legendMarkup(content.panels);
    if (this.legend.dataset.markup !== legend) {
      this.legend.innerHTML = legend;
      this.legend.dataset.markup = legend;
    }
    this.drawing.innerHTML = figureMarkup(content, this.width);
  }

  close() {
    this.observer.disconnect();
  }
}

/**
 * @param {HTMLElement} place
 * @param {string} text
 */
function setText(place, text) {
  if (place.textContent !== text) place.textContent = text;
  place.hidden = text === "";
}

/** @param {string} text */
export const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** @param {number} value */
const coordinate = (value) => String(Math.round(value * 10) / 10);

/** About how wide a text is, in pixels. */
const textWidth = (/** @type {string} */ text, size = 11) => text.length * size * 0.58;

/**
 * The values of a mark in one direction, bands included.
 * @param {Mark} mark
 * @param {"x" | "y"} direction
 */
function valuesOf(mark, direction) {
  if (direction === "x") return mark.kind === "rule" ? [] : mark.x ?? [];
  return [...(mark.y ?? []), ...(mark.lower ?? []), ...(mark.upper ?? [])];
}

/**
 * @param {FigureContent} content
 * @param {number} width
 */
function figureMarkup({ panels, columns = 3, aspect = 0.62, isShared = false, summary }, width) {
  const gap = 20;
  const most = Math.max(1, Math.min(columns, panels.length, Math.floor((width + gap) / 250)));
  // As many in the last row as in the others, where that can be.
  const perRow = Math.ceil(panels.length / Math.ceil(panels.length / most));
  const cell = (width - gap * (perRow - 1)) / perRow;
  const all = panels.flatMap((panel) => panel.marks);
  const right = Math.max(8, ...all.map((mark) => (mark.endLabel ? textWidth(mark.endLabel) + 8 : 0)));
  const bottom = 36;
  const top = panels.some((panel) => panel.title) ? 24 : 8;
  const left = leftRoom(panels, isShared ? all : undefined);
  const plotWidth = cell - left - right, plotHeight = Math.max(150, Math.round(plotWidth * aspect));
  const height = top + plotHeight + bottom;
  const rows = Math.ceil(panels.length / perRow);
  const drawn = panels.map((panel, index) => {
    const marks = isShared ? all : panel.marks;
    const area = { left, right: left + plotWidth, top, bottom: top + plotHeight };
    const x = (index % perRow) * (cell + gap), y = Math.floor(index / perRow) * (height + 8);
    return `<g transform="translate(${coordinate(x)} ${coordinate(y)})">${panelMarkup(panel, marks, area)}</g>`;
  });
  const whole = rows * (height + 8);
  return `<svg class="chart" width="${coordinate(width)}" height="${whole}" viewBox="0 0 ${coordinate(width)} ${whole}" role="img"`
    + ` aria-label="${escaped(summary)}">${drawn.join("")}</svg>`;
}

/**
 * The room for an upright label and the widest numbers beside an axis.
 * @param {Panel[]} panels
 * @param {Mark[] | undefined} shared the marks that all limits come from, if they do
 */
function leftRoom(panels, shared) {
  const widths = panels.map((panel) => {
    const marks = shared ?? panel.marks;
    const y = scaleOf(limitsOf(marks.flatMap((mark) => valuesOf(mark, "y")), panel.y), [150, 0], panel.y.isLogarithmic);
    return Math.max(...ticksOf(y, () => 26).map(({ label = "" }) => textWidth(label)), 12) + (panel.y.label ? 28 : 10);
  });
  // So that what grows does not jump with each number.
  return Math.ceil(Math.max(...widths) / 6) * 6;
}

/**
 * @param {Panel} panel
 * @param {Mark[]} measured the marks that the limits come from
 * @param {{left: number, right: number, top: number, bottom: number}} area
 */
function panelMarkup(panel, measured, area) {
  const { names } = panel.x;
  const xLimits = names ? /** @type {[number, number]} */ ([-0.6, names.length - 0.4])
    : limitsOf(measured.flatMap((mark) => valuesOf(mark, "x")), panel.x);
  const x = scaleOf(xLimits, [area.left, area.right], panel.x.isLogarithmic);
  const y = scaleOf(
    limitsOf(measured.flatMap((mark) => valuesOf(mark, "y")), panel.y), [area.bottom, area.top], panel.y.isLogarithmic
  );
  const xTicks = names ? names.map((label, value) => ({ value, label }))
    : ticksOf(x, (first, second) => Math.max(44, (area.right - area.left) / 12, (textWidth(first) + textWidth(second)) / 2 + 10));
  const yTicks = ticksOf(y, () => 26);
  const parts = [];
  const grid = [], frame = [`M${area.left} ${area.top}V${area.bottom}H${coordinate(area.right)}`];
  for (const { value, label } of xTicks) {
    const at = coordinate(x.at(value));
    if (label && !names) grid.push(`M${at} ${area.top}V${area.bottom}`);
    frame.push(`M${at} ${area.bottom}v${label ? 4 : 2.5}`);
    if (label) parts.push(`<text class="tick" x="${at}" y="${area.bottom + 16}" text-anchor="middle">${escaped(label)}</text>`);
  }
  for (const { value, label } of yTicks) {
    const at = coordinate(y.at(value));
    if (label) grid.push(`M${area.left} ${at}H${coordinate(area.right)}`);
    frame.push(`M${area.left} ${at}h${label ? -4 : -2.5}`);
    if (label) parts.push(
      `<text class="tick" x="${area.left - 7}" y="${coordinate(y.at(value) + 4)}" text-anchor="end">${escaped(label)}</text>`
    );
  }
  parts.unshift(
    `<path class="thin" stroke="var(--grid)" d="${grid.join("")}"/><path class="thin" stroke="var(--frame)" d="${frame.join("")}"/>`
  );
  const middle = coordinate((area.left + area.right) / 2);
  if (panel.title) parts.push(`<text class="panel-title" x="${middle}" y="14" text-anchor="middle">${escaped(panel.title)}</text>`);
  if (panel.x.label) parts.push(
    `<text class="axis-label" x="${middle}" y="${area.bottom + 32}" text-anchor="middle">${escaped(heading(panel.x))}</text>`
  );
  if (panel.y.label) {
    const at = `12 ${coordinate((area.top + area.bottom) / 2)}`;
    parts.push(
      `<text class="axis-label" text-anchor="middle" transform="translate(${at}) rotate(-90)">${escaped(heading(panel.y))}</text>`
    );
  }
  clips += 1;
  const clip = `clip-${clips}`;
  parts.push(`<clipPath id="${clip}"><rect x="${area.left - 2}" y="${area.top - 2}" width="${coordinate(area.right - area.left + 4)}"`
    + ` height="${area.bottom - area.top + 4}"/></clipPath><g clip-path="url(#${clip})">`);
  const groups = panel.marks.filter((mark) => mark.kind === "bars");
  for (const mark of panel.marks) parts.push(markMarkup(mark, x, y, groups));
  parts.push("</g>", ...endLabels(panel.marks, y, area));
  return parts.join("");
}

/** @param {Axis} axis */
const heading = ({ label = "", isLogarithmic }) =>
  !isLogarithmic ? label : label.endsWith(")") ? `${label.slice(0, -1)}, log scale)` : `${label} (log scale)`;

/**
 * @param {Mark} mark
 * @param {import("./ticks.js").Scale} x
 * @param {import("./ticks.js").Scale} y
 * @param {Mark[]} groups all bars of the panel
 */
function markMarkup(mark, x, y, groups) {
  const { color = "var(--series-0)", width = 1.75, dash = "solid", opacity = 1 } = mark;
  const ys = mark.y ?? [], xs = mark.x ?? [];
  const stroke = `stroke="${color}" stroke-width="${width}"${patterns[dash] ? ` stroke-dasharray="${patterns[dash]}"` : ""}${opacity < 1 ? ` opacity="${opacity}"` : ""}`;
  if (mark.kind === "rule") {
    if (xs.length > 0) {
      const at = coordinate(x.at(xs[0]));
      return `<path class="line" ${stroke} d="M${at} ${y.at(y.to)}V${y.at(y.from)}"/>`;
    }
    return `<path class="line" ${stroke} d="M${x.at(x.from)} ${coordinate(y.at(ys[0]))}H${coordinate(x.at(x.to))}"/>`;
  }
  if (mark.kind === "bars") {
    const group = groups.indexOf(mark), whole = (x.at(1) - x.at(0)) * 0.8, own = whole / groups.length;
    return ys.map((value, index) => {
      if (!Number.isFinite(value)) return "";
      const left = x.at(xs[index]) - whole / 2 + group * own, base = y.at(Math.max(0, y.from)), end = y.at(value);
      return `<rect fill="${color}" x="${coordinate(left + own * 0.04)}" y="${coordinate(Math.min(base, end))}" width="${coordinate(own * 0.92)}" height="${coordinate(Math.abs(base - end))}"/>`;
    }).join("");
  }
  const points = xs.map((value, index) => ({ x: x.at(value), y: y.at(ys[index]) }));
  const parts = [];
  if (mark.lower && mark.upper) {
    const { lower, upper } = mark;
    if (mark.kind === "line") {
      const edge = (/** @type {number[]} */ ends, /** @type {number} */ index) =>
        `${coordinate(points[index].x)} ${coordinate(Number.isNaN(y.at(ends[index])) ? y.at(y.from) : y.at(ends[index]))}`;
      const order = xs.map((_, index) => index)
        .filter((index) => Number.isFinite(upper[index]) && Number.isFinite(points[index].x));
      if (order.length > 1) {
        parts.push(
          `<path fill="${color}" fill-opacity="0.2" d="M${order.map((index) => edge(upper, index)).join(" ")} ${[...order].reverse().map((index) => edge(lower, index)).join(" ")}Z"/>`
        );
      }
    } else {
      const bars = points.map(
        (point, index) => `M${coordinate(point.x)} ${coordinate(y.at(lower[index]))}V${coordinate(y.at(upper[index]))}`
      );
      parts.push(`<path class="thin" stroke="${color}" d="${bars.join("")}"/>`);
    }
  }
  if (mark.kind === "line") {
    let data = "", isOpen = false;
    for (const point of thinned(points)) {
      const isThere = Number.isFinite(point.x + point.y);
      if (isThere) data += `${isOpen ? "L" : "M"}${coordinate(point.x)} ${coordinate(point.y)}`;
      isOpen = isThere;
    }
    // A lone point is seen, too: the line's ends are round.
    if (points.length === 1 && data) data += "h0.1";
    parts.push(`<path class="line" ${stroke} d="${data}"/>`);
  }
  if (mark.marker) parts.push(markersMarkup(points.filter((point) => Number.isFinite(point.x + point.y)), mark.marker, color));
  return parts.join("");
}

/**
 * Of many points the least and the greatest within each pixel.
 * @param {{x: number, y: number}[]} points
 */
function thinned(points) {
  if (points.length < 2000) return points;
  /** @type {{x: number, y: number}[]} */
  const kept = [];
  let start = 0;
  while (start < points.length) {
    const pixel = Math.round(points[start].x);
    let end = start, least = start, most = start;
    for (; end < points.length && Math.round(points[end].x) === pixel; end += 1) {
      if (points[end].y < points[least].y) least = end;
      if (points[end].y > points[most].y) most = end;
    }
    end = Math.max(end, start + 1);
    for (const index of new Set([start, Math.min(least, most), Math.max(least, most), end - 1])) kept.push(points[index]);
    start = end;
  }
  return kept;
}

/**
 * @param {{x: number, y: number}[]} points
 * @param {import("./appearance.js").Marker} marker
 * @param {string} color
 */
function markersMarkup(points, marker, color, size = 6) {
  const half = size / 2;
  const shape = (/** @type {{x: number, y: number}} */ { x, y }) => {
    const at = `${coordinate(x)} ${coordinate(y)}`;
    switch (marker) {
      case "circle": return `M${at}h0`;
      case "cross": return `M${coordinate(x - half)} ${coordinate(y - half)}l${size} ${size}m0 ${-size}l${-size} ${size}`;
      case "square": return `M${coordinate(x - half)} ${coordinate(y - half)}h${size}v${size}h${-size}Z`;
      case "triangle": return `M${coordinate(x)} ${coordinate(y - half - 0.5)}l${half + 0.5} ${size}h${-size - 1}Z`;
      case "diamond": return `M${coordinate(x)} ${coordinate(y - half - 1)}l${half + 1} ${half + 1}l${-half - 1} ${half + 1}l${-half - 1} ${-half - 1}Z`;
    }
  };
  const data = points.map(shape).join("");
  return marker === "circle" || marker === "cross"
    ? `<path class="line" stroke="${color}" stroke-width="${marker === "circle" ? size : 1.5}" d="${data}"/>` : `<path fill="${color}" d="${data}"/>`;
}

/**
 * Names beside the ends of lines and rules, moved apart.
 * @param {Mark[]} marks
 * @param {import("./ticks.js").Scale} y
 * @param {{right: number, top: number, bottom: number}} area
 */
function endLabels(marks, y, area) {
  const labels = marks.filter((mark) => mark.endLabel).map((mark) => {
    const last = (mark.y ?? []).filter((value) => Number.isFinite(y.at(value))).at(-1);
    return { text: mark.endLabel ?? "", color: mark.color ?? "var(--ink)", at: last === undefined ? NaN : y.at(last) };
  }).filter((label) => label.at >= area.top - 1 && label.at <= area.bottom + 1).sort((one, other) => one.at - other.at);
  const line = 13;
  labels.forEach((label, index) => {
    if (index > 0) label.at = Math.max(label.at, labels[index - 1].at + line);
  });
  for (let index = labels.length - 1, end = area.bottom; index >= 0; index -= 1) {
    labels[index].at = Math.min(labels[index].at, end);
    end = labels[index].at - line;
  }
  return labels.map(({ text, color, at }) =>
    `<text class="tick" style="fill:${color}" x="${coordinate(area.right + 6)}" y="${coordinate(at + 4)}">${escaped(text)}</text>`);
}

/** @param {Panel[]} panels */
function legendMarkup(panels) {
  /** @type {Map<string, Mark>} */
  const entries = new Map();
  for (const mark of panels.flatMap((panel) => panel.marks)) {
    if (mark.label && !entries.has(mark.label)) entries.set(mark.label, mark);
  }
  return [...entries].map(([label, mark]) => {
    const { color = "var(--series-0)", width = 1.75, dash = "solid", marker } = mark;
    const sample = mark.kind === "bars" ? `<rect x="8" y="1" width="12" height="10" fill="${color}"/>`
      : (
        mark.kind === "points" ? "" : `<path class="line" stroke="${color}" stroke-width="${width}" stroke-dasharray="${patterns[dash]}" d="M2 6H26"/>`
      )
        + (marker ? markersMarkup([{ x: 14, y: 6 }], marker, color) : "");
    return `<span class="legend-entry"><svg class="chart" width="28" height="12" viewBox="0 0 28 12">${sample}</svg>${escaped(label)}</span>`;
  }).join("");
}
