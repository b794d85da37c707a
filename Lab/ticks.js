// @ts-check
// Where an axis is marked, as the report's figures do it (Figures/Tick.swift).

/**
 * @typedef {object} Scale
 * @property {(value: number) => number} at the place of a value in pixels; NaN where it has none
 * @property {number} from the limits of the values
 * @property {number} to
 * @property {boolean} isLogarithmic
 */

/** @typedef {{value: number, label?: string}} Tick a mark; one without a label is a small one */

/**
 * A scale from values to pixels.
 * @param {[number, number]} values
 * @param {[number, number]} pixels
 * @param {boolean} [isLogarithmic]
 * @returns {Scale}
 */
export function scaleOf([from, to], [start, end], isLogarithmic = false) {
  const place = isLogarithmic ? Math.log10 : (/** @type {number} */ value) => value;
  const span = place(to) - place(from);
  const at = (/** @type {number} */ value) => {
    if (isLogarithmic && !(value > 0)) return NaN;
    return start + ((place(value) - place(from)) / span) * (end - start);
  };
  return { at, from, to, isLogarithmic };
}

/**
 * Limits with a little room around values.
 * @param {number[]} values
 * @param {{from?: number, to?: number, isLogarithmic?: boolean}} axis limits that are set
 * @returns {[number, number]}
 */
export function limitsOf(values, { from, to, isLogarithmic = false }) {
  let least = Infinity, most = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value) || (isLogarithmic && value <= 0)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) [least, most] = isLogarithmic ? [0.1, 10] : [0, 1];
  if (isLogarithmic) {
    const room = Math.pow(most / least, 0.04) || 1;
    return [from ?? (least === most ? least / 2 : least / room), to ?? (least === most ? most * 2 : most * room)];
  }
  const room = least === most ? Math.abs(least) / 2 || 1 : (most - least) * 0.04;
  return [from ?? least - room, to ?? most + room];
}

/**
 * Round values inside the limits, so far from each other that their labels have room.
 * @param {Scale} scale
 * @param {(first: string, second: string) => number} room how far the middles of two labels are at least from each other
 * @returns {Tick[]}
 */
export function ticksOf(scale, room) {
  const hasRoom = (/** @type {Tick[]} */ ticks) =>
    ticks.every((tick, index) => index === 0
      || Math.abs(scale.at(tick.value) - scale.at(ticks[index - 1].value)) >= room(ticks[index - 1].label ?? "", tick.label ?? ""));
  return scale.isLogarithmic && scale.to / scale.from >= 8 ? logarithmicTicks(scale, hasRoom) : linearTicks(scale, hasRoom);
}

/**
 * Steps of 1, 2 or 5 times a power of ten.
 * @param {Scale} scale
 * @param {(ticks: Tick[]) => boolean} hasRoom
 */
function linearTicks({ from, to }, hasRoom) {
  const span = to - from;
  for (let exponent = Math.floor(Math.log10(span / 50)); ; exponent += 1) {
    for (const factor of [1, 2, 5]) {
      const step = factor * 10 ** exponent;
      const first = Math.ceil(from / step - 1e-6), last = Math.floor(to / step + 1e-6);
      const ticks = [];
      for (let multiple = first; multiple <= last; multiple += 1) {
        ticks.push({ value: multiple * step, label: tickLabel(multiple * step, exponent) });
      }
      if (ticks.length <= 1 || hasRoom(ticks)) return ticks;
    }
  }
}

/**
 * 1, 2 and 5, or 1 and 3, or 1 of every decade, or of every second one and so on; the others are small.
 * @param {Scale} scale
 * @param {(ticks: Tick[]) => boolean} hasRoom
 */
function logarithmicTicks({ from, to }, hasRoom) {
  const first = Math.floor(Math.log10(from) + 1e-9), last = Math.floor(Math.log10(to) + 1e-9);
  const decades = (/** @type {number[]} */ factors, stride = 1) => {
    const ticks = [];
    for (let decade = first; decade <= last; decade += 1) {
      if (decade % stride !== 0) continue;
      for (const factor of factors) {
        const value = factor * 10 ** decade;
        if (value >= from * (1 - 1e-9) && value <= to * (1 + 1e-9)) ticks.push({ value, label: tickLabel(value, decade) });
      }
    }
    return ticks;
  };
  const tried = [[1, 2, 5], [1, 3], [1]].map((factors) => decades(factors));
  for (let stride = 2; stride <= last - first + 1; stride += 1) tried.push(decades([1], stride));
  const labelled = tried.find((ticks) => ticks.length > 1 && hasRoom(ticks)) ?? [];
  const small = decades([1, 2, 3, 4, 5, 6, 7, 8, 9]).filter(({ value }) => !labelled.some((tick) => tick.value === value));
  return [...labelled, ...small.map(({ value }) => ({ value }))];
}

/**
 * @param {number} value
 * @param {number} exponent of the last digit that counts
 */
function tickLabel(value, exponent) {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-5)) return value.toExponential(0).replace("e+", "e").replace("-", "−");
  return value.toFixed(Math.max(0, -exponent)).replace(/^-(0(\.0*)?)$/, "$1").replace("-", "−");
}
