// @ts-check
// What networks are compared by, and the settings of the comparison.
import { networkAppearances } from "../appearance.js";
import { datasetFields, rareDatasetFields } from "../datasets.js";

/** @typedef {import("../form.js").Field} Field */

/**
 * What can be compared: its name in sentences, the values to begin with, and where a value belongs.
 * @type {Record<string, {label: string, words: string, values: string, isDataset?: boolean, min?: number, max?: number, step?: number, isLogarithmic?: boolean}>}
 */
export const comparisons = {
  order: { label: "the order of the points", words: "order of the points", values: "as-it-is,shuffled" },
  "iid-noise-scale": { label: "white noise", words: "white noise", values: "0.02,0.1,0.25,0.5", isDataset: true, min: 0, max: 10 },
  "corr-noise-scale": {
    label: "correlated noise", words: "correlated noise", values: "0,0.25,0.5,1,2", isDataset: true, min: 0, max: 10
  },
  "max-translation": {
    label: "translation", words: "translation", values: "1,12,48,72", isDataset: true, min: 1, max: 1000, step: 1
  },
  "shear-scale": { label: "shear", words: "shear", values: "0,0.75,3,6", isDataset: true, min: 0, max: 100 },
  "final-seq-length": {
    label: "length of signals", words: "length", values: "20,40,80", isDataset: true, min: 10, max: 200, step: 1
  },
  "training-examples": {
    label: "training examples", words: "training examples", values: "100,500,1000,2000,4000", min: 10, max: 50000, step: 1,
    isLogarithmic: true
  },
  "learning-rate": {
    label: "learning rate", words: "learning rate", values: "0.001,0.01,0.1,1", min: 1e-6, max: 100, isLogarithmic: true
  },
  "batch-size": {
    label: "batch size", words: "batch size", values: "10,100,1000", min: 1, max: 10000, step: 1, isLogarithmic: true
  },
  hidden: { label: "width", words: "width", values: "10,30,100,300", min: 1, max: 2000, step: 1, isLogarithmic: true },
  depth: { label: "depth", words: "depth", values: "1,2,4,8,16", min: 1, max: 64, step: 1, isLogarithmic: true },
};

/**
 * The names of the orders; the first is none of the engine's.
 * @type {Record<string, string>}
 */
export const orders = { "as-it-is": "in order", shuffled: "shuffled", reversed: "reversed", swapped: "halves swapped" };

/**
 * Table 1 of the paper, in percent.
 * @type {Record<string, Record<string, number>>}
 */
export const reported = {
  "as-it-is": { logistic: 32, mlp: 68, cnn: 94, gru: 91 },
  shuffled: { logistic: 32, mlp: 68, cnn: 56, gru: 57 },
};

/**
 * What the curves can show.
 * @type {Record<string, {label: string, of: (evaluation: import("../lab.js").Evaluation) => number}>}
 */
export const measures = {
  "test-accuracy": { label: "test accuracy (%)", of: (evaluation) => evaluation.testAccuracy },
  "train-accuracy": { label: "training accuracy (%)", of: (evaluation) => evaluation.trainAccuracy },
  "test-loss": { label: "test loss", of: (evaluation) => evaluation.testLoss },
  "train-loss": { label: "training loss", of: (evaluation) => evaluation.trainLoss },
};

/** @param {Record<string, {label: string}>} things */
const choicesOf = (things) => Object.entries(things).map(([value, { label }]) => ({ value, label }));

/** @type {Field[]} */
export const questionFields = [
  { key: "vary", label: "Compare by", kind: "choice", standard: "order", choices: choicesOf(comparisons) },
  {
    key: "orders", label: "Orders", kind: "checks", standard: "as-it-is,shuffled",
    choices: Object.entries(orders).map(([value, label]) => ({ value, label }))
  },
  { key: "values", label: "Values", kind: "values", standard: "", hint: "With blanks between them." },
  { key: "models", label: "Networks", kind: "checks", standard: "logistic,mlp,cnn,gru", mayBeEmpty: true,
    choices: ["logistic", "mlp", "cnn", "gru"].map((value) => ({ value, label: networkAppearances[value].short ?? networkAppearances[value].label })) },
  { key: "steps", label: "Training steps", kind: "number", standard: "1000", min: 1, max: 100000, step: 1 },
  {
    key: "seeds", label: "Seeds", kind: "number", standard: "1", min: 1, max: 10, step: 1,
    hint: "How many trainings of each, with other initial weights."
  },
];

/** @type {Field[]} */
export const trainingFields = [
  { key: "more-models", label: "More networks", kind: "checks", standard: "", mayBeEmpty: true,
    choices: Object.keys(networkAppearances).slice(4).map((value) => ({ value, label: networkAppearances[value].label })) },
  {
    key: "optimizer", label: "Optimizer", kind: "choice", standard: "adam",
    choices: ["adam", "sgd"].map((value) => ({ value, label: value === "sgd" ? "gradient descent" : "Adam" }))
  },
  { key: "learning-rate", label: "Learning rate", kind: "number", standard: "0.01", min: 1e-6, max: 100, step: 0.001 },
  { key: "batch-size", label: "Batch size", kind: "number", standard: "100", min: 1, max: 10000, step: 1 },
  {
    key: "hidden", label: "Width", kind: "number", standard: "0", min: 0, max: 2000, step: 1,
    hint: "Hidden units; 0 for the paper's."
  },
  { key: "weight-decay", label: "Weight decay", kind: "number", standard: "0", min: 0, max: 10, step: 0.001 },
  { key: "label-smoothing", label: "Label smoothing", kind: "number", standard: "0", min: 0, max: 1, step: 0.1 },
  { key: "first-seed", label: "First seed", kind: "number", standard: "42", min: 0, max: 2147483000, step: 1 },
  { key: "show", label: "The curves show", kind: "choice", standard: "test-accuracy", choices: choicesOf(measures) },
];

/** @type {Field[]} */
export const dataFields = [...datasetFields, ...rareDatasetFields].map((field) => ({ ...field, key: `dataset.${field.key}` }));
