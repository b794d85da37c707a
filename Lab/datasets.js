// @ts-check
// The settings of a dataset as fields, and datasets made in a worker.
import { written } from "./core.js";

/** @typedef {import("./form.js").Field} Field */

/** @type {Field[]} */
export const datasetFields = [
  {
    key: "iid-noise-scale", label: "White noise", kind: "slider", standard: "0.02", min: 0, max: 1, step: 0.01,
    hint: "Its standard deviation; another at every point."
  },
  {
    key: "corr-noise-scale", label: "Correlated noise", kind: "slider", standard: "0.25", min: 0, max: 2, step: 0.05,
    hint: "Smooth noise, where the digit is not."
  },
  {
    key: "max-translation", label: "Translation", kind: "slider", standard: "48", min: 1, max: 96, step: 1,
    hint: "How far a digit may be shifted, in points."
  },
  {
    key: "shear-scale", label: "Shear", kind: "slider", standard: "0.75", min: 0, max: 6, step: 0.05,
    hint: "How much a signal may be tilted."
  },
  {
    key: "scale-coeff", label: "Amplitude", kind: "slider", standard: "0.4", min: 0, max: 2, step: 0.05,
    hint: "How much the size of digits differs."
  },
  {
    key: "final-seq-length", label: "Length", kind: "slider", standard: "40", min: 10, max: 120, step: 1,
    hint: "The points of an example."
  },
];

/** @type {Field[]} */
export const rareDatasetFields = [
  {
    key: "padding-from", label: "Padding, least", kind: "slider", standard: "36", min: 0, max: 120, step: 1,
    hint: "At least so many zeros follow a template."
  },
  { key: "padding-to", label: "Padding, most", kind: "slider", standard: "60", min: 0, max: 120, step: 1 },
  {
    key: "template-len", label: "Template length", kind: "slider", standard: "12", min: 1, max: 40, step: 1,
    hint: "With the most padding, the length of a signal until it is subsampled."
  },
  {
    key: "num-samples", label: "Examples", kind: "number", standard: "5000", min: 10, max: 200000, step: 1,
    hint: "Training and test together."
  },
  {
    key: "train-split", label: "For training", kind: "slider", standard: "0.8", min: 0.05, max: 0.95, step: 0.05,
    hint: "The part of the examples."
  },
  { key: "seed", label: "Seed", kind: "number", standard: "42", min: 0, max: 2147483647, step: 1 },
  {
    key: "shuffle-seq", label: "Shuffle the points", kind: "flag", standard: "false",
    hint: "In one random order, the same for all examples."
  },
];

/**
 * The engine's settings from the fields' values: the ends of the padding are one setting there.
 * @param {Record<string, string>} values those that are not standard
 * @returns {Record<string, string>}
 */
export function datasetSettings({ "padding-from": from, "padding-to": to, ...values }) {
  if (from === undefined && to === undefined) return values;
  return { ...values, padding: `${from ?? 36},${to ?? 60}` };
}

/**
 * A sentence of the engine with the settings named as their fields are.
 * @param {string} sentence
 */
export function labelled(sentence) {
  const names = [...datasetFields, ...rareDatasetFields]
    .map(({ key, label }) => /** @type {[string, string]} */ ([key.replaceAll("-", "_"), label]))
    .filter(([name]) => name.includes("_"));
  const text = names.reduce((text, [name, label]) => text.replaceAll(new RegExp(`\\b${name}\\b`, "g"), `“${label}”`), sentence);
  return text.replace(/^padding\b/i, "“Padding, most”");
}

/**
 * The settings of a dataset with so many training and test examples.
 * @param {number} training
 * @param {number} test
 */
export function sizedDataset(training, test) {
  const all = training + test;
  // The engine takes the whole part of all · split, which rounding may leave one short.
  let split = training / all;
  if (Math.floor(all * split) < training) split += split * 2 ** -52;
  return { "num-samples": all, "train-split": split };
}

/**
 * Makes a dataset in a worker, without keeping the page from drawing.
 * @param {import("./lab.js").Lab} lab
 * @param {Record<string, string>} settings
 * @returns {Promise<import("./files.js").DatasetContent & {digest: string}>}
 */
export async function madeDataset(lab, settings) {
  const worker = lab.leastBusy();
  const call = (/** @type {string} */ name, /** @type {any[]} */ ...values) => worker.request({ type: "call", name, values });
  const number = await call("dataset", written(settings));
  const signals = (/** @type {string} */ part) => call("signals", number, part);
  const labels = (/** @type {string} */ part) => call("labels", number, part);
  const [x, y, x_test, y_test, t, templates_x, templates_t, templates_y, digest] = await Promise.all([
    signals("x"), labels("y"), signals("x_test"), labels("y_test"), signals("t"), signals("templates_x"), signals("templates_t"),
    labels("templates_y"), call("datasetDigest", number),
  ]);
  call("removeDataset", number);
  return { x, y, x_test, y_test, t, templates_x, templates_t, templates_y, digest };
}
