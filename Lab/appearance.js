// @ts-check
// What things look like, the same in every figure; the values are those of the report (Studies/Appearance.swift).

/** @typedef {"solid" | "dashed" | "dotted" | "dashDotted"} Dash */
/** @typedef {"circle" | "square" | "triangle" | "diamond" | "cross"} Marker */
/** @typedef {{color: string, marker: Marker, dash: Dash, label: string, short?: string}} Appearance */

/**
 * @param {number | string} color the number of a series, or `ink` or `muted`
 * @param {Marker} marker
 * @param {Dash} dash
 * @param {string} label
 * @param {string} [short]
 * @returns {Appearance}
 */
function appearance(color, marker, dash, label, short) {
  return { color: seriesColor(color), marker, dash, label, short };
}

/** @param {number | string} color */
export const seriesColor = (color) => `var(--${typeof color === "number" ? `series-${color % 10}` : color})`;

/** @type {Record<string, Appearance>} */
export const networkAppearances = {
  logistic: appearance(0, "circle", "solid", "logistic regression", "logistic"),
  mlp: appearance(1, "square", "solid", "MLP"),
  cnn: appearance(2, "triangle", "solid", "CNN"),
  gru: appearance(3, "diamond", "solid", "GRU"),
  "deep-mlp": appearance(4, "circle", "dashed", "deep MLP"),
  "residual-mlp": appearance(4, "cross", "dashed", "residual MLP"),
  resnet: appearance(5, "square", "dashed", "ResNet"),
  tcn: appearance(6, "triangle", "dashed", "TCN"),
  local: appearance(7, "diamond", "dashed", "local network"),
  mixer: appearance(8, "cross", "dotted", "mixer"),
  transformer: appearance(9, "square", "dotted", "transformer"),
};

/** @type {Record<string, Appearance>} */
export const poolingAppearances = {
  none: appearance(0, "circle", "solid", "no pooling", "none"),
  stride: appearance(1, "square", "dashed", "stride 2", "stride"),
  max: appearance(2, "triangle", "solid", "max pooling", "max"),
  average: appearance(3, "diamond", "dashDotted", "average pooling", "average"),
  l2: appearance(4, "cross", "dotted", "L2 pooling", "L2"),
};

/** @type {Record<string, Appearance>} */
export const lotteryAppearances = {
  lottery: appearance(0, "circle", "solid", "lottery ticket", "lottery"),
  random: appearance(2, "circle", "solid", "pruned at random", "random"),
  sign: appearance(4, "circle", "dashed", "pruned by sign", "sign"),
};

/** Losses and errors on the training and on the test examples. */
export const trainingAppearance = appearance(1, "square", "dashed", "training");
export const testAppearance = appearance(0, "circle", "solid", "test");

/** @type {Marker[]} */
const markers = ["circle", "square", "triangle", "diamond", "cross"];

/**
 * A value of a setting by its place among those that are compared.
 * @param {number} index
 * @param {string} label
 */
export const placeAppearance = (index, label) => appearance(index, markers[index % markers.length], "solid", label);

/**
 * The colour at a part, 0 … 1, of the way along viridis, dark enough to be a stroke on light ground and light enough on dark.
 * @param {number} part
 */
export function viridis(part) {
  const stops = [0x440154, 0x482475, 0x414487, 0x355f8d, 0x2a788e, 0x21918c, 0x22a884, 0x44bf70, 0x7ad151, 0xbddf26, 0xfde725];
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const position = Math.min(Math.max(isDark ? 0.28 + part * 0.72 : part * 0.86, 0), 1) * (stops.length - 1);
  const index = Math.min(Math.floor(position), stops.length - 2), weight = position - index;
  const channel = (/** @type {number} */ shift) => {
    const [from, to] = [stops[index], stops[index + 1]].map((stop) => (stop >> shift) & 255);
    return Math.round(from + (to - from) * weight);
  };
  return `rgb(${channel(16)},${channel(8)},${channel(0)})`;
}
