// @ts-check
// Signals drawn as the paper draws them: upright, values to the right and positions downward, so that digits look like digits.
import { escaped } from "./figure.js";

/** Stages on the way from a template to an example, as the surface counts them. */
export const stageNames = ["template", "padded", "dilated", "scaled", "translated", "filled", "noisy", "sheared", "subsampled"];

/**
 * The path of a signal.
 * @param {ArrayLike<number>} signal
 * @param {{x: number, y: number, width: number, height: number}} box
 * @param {[number, number]} range the values at the left and at the right of the box
 */
export function signalPath(signal, { x, y, width, height }, [least, most]) {
  let data = "";
  const last = Math.max(signal.length - 1, 1);
  for (let index = 0; index < signal.length; index += 1) {
    const across = x + ((signal[index] - least) / (most - least)) * width, down = y + (index / last) * height;
    data += `${index === 0 ? "M" : "L"}${Math.round(across * 10) / 10} ${Math.round(down * 10) / 10}`;
  }
  return data;
}

/**
 * The least and the greatest value of some signals, with a little room.
 * @param {ArrayLike<number>[]} signals
 * @returns {[number, number]}
 */
export function rangeOf(signals) {
  let least = Infinity, most = -Infinity;
  for (const signal of signals) {
    for (let index = 0; index < signal.length; index += 1) {
      least = Math.min(least, signal[index]);
      most = Math.max(most, signal[index]);
    }
  }
  if (!(least < most)) return [-1, 1];
  const room = (most - least) * 0.05;
  return [least - room, most + room];
}

/**
 * Signals in a row, each below its title, as SVG.
 * @param {{title: string, signal: ArrayLike<number>, range: [number, number], color: string, part?: number}[]} signals `part` is the share of the height that a shorter signal takes
 * @param {{width: number, height: number, perRow: number, summary: string}} layout
 */
export function signalRow(signals, { width, height, perRow, summary }) {
  const gap = width / perRow < 50 ? 4 : 10, title = 18;
  const cell = (width - gap * (perRow - 1)) / perRow, rows = Math.ceil(signals.length / perRow);
  const drawn = signals.map(({ title: name, signal, range, color, part = 1 }, index) => {
    const x = (index % perRow) * (cell + gap), y = Math.floor(index / perRow) * (height + title + 10);
    return `<text class="axis-label" x="${Math.round(x + cell / 2)}" y="${y + 12}" text-anchor="middle">${escaped(name)}</text>`
      + `<path class="line" stroke="${color}" stroke-width="1.75" d="${signalPath(signal, { x: x + 3, y: y + title, width: cell - 6, height: height * part }, range)}"/>`;
  });
  const whole = rows * (height + title + 10);
  return `<svg class="chart" width="${width}" height="${whole}" viewBox="0 0 ${width} ${whole}" role="img" aria-label="${escaped(summary)}">${drawn.join("")}</svg>`;
}
