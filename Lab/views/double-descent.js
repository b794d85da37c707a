// @ts-check
// Double descent: networks of growing size on labels of which some are wrong, one point after the other.
import { testAppearance, trainingAppearance } from "../appearance.js";
import { fixed } from "../elements.js";
import { StudyView } from "./study.js";

/**
 * The parameters of the networks by their size.
 * @type {Record<string, (size: number) => number>}
 */
const parameterCounts = {
  mlp: (width) => 41 * width + width * (width + 1) + 10 * (width + 1),
  cnn: (channels) => 6 * channels + 2 * (3 * channels * channels + channels) + 50 * channels + 10,
};

export class DoubleDescentView extends StudyView {
  /** @returns {import("./study.js").StudyDescription} */
  get description() {
    return {
      title: "Double descent",
      sentence: "This phrase refers to a training regime where more data, model parameters, or gradient steps can actually reduce a model’s test accuracy (Trunk, 1979; Belkin et al., 2019; Geiger et al., 2019; Nakkiran et al., 2020).",
      source: "MNIST-1D, section 4",
      lead: "Some training labels are wrong. A network that is just large enough to learn them by heart does worst; smaller and larger ones do better.",
      label: "Train",
      fields: [
        {
          key: "model", label: "Network", kind: "choice", standard: "mlp",
          choices: [{ value: "mlp", label: "MLP" }, { value: "cnn", label: "CNN" }]
        },
        {
          key: "sizes", label: "Widths, or channels", kind: "values", standard: "6,10,16,21,27,36,47,80", min: 1, max: 600, step: 1,
          hint: "With blanks between them."
        },
        {
          key: "noise", label: "Wrong labels", kind: "slider", standard: "0.15", min: 0, max: 1, step: 0.05,
          hint: "The part that is replaced by random digits."
        },
        { key: "epochs", label: "Epochs", kind: "number", standard: "400", min: 1, max: 5000, step: 1 },
      ],
      rareFields: [
        { key: "loss", label: "Loss", kind: "choice", standard: "nll", choices: this.losses },
        { key: "training-examples", label: "Training examples", kind: "number", standard: "2000", min: 100, max: 20000, step: 1 },
        { key: "seed", label: "Seed", kind: "number", standard: "42", min: 0, max: 2147483647, step: 1 },
      ],
      presets: [
        {
          label: "Quick: 2000 examples, 400 epochs",
          values: { sizes: "6,10,16,21,27,36,47,80", epochs: "400", "training-examples": "2000" }
        },
        {
          label: "As in the paper: 4000 examples, 500 epochs",
          values: { sizes: "2,5,9,15,26,34,44,58,75,98,173,300", epochs: "500", "training-examples": "4000" }
        },
      ],
    };
  }

  /** The losses that the engine has. */
  get losses() {
    const names = this.lab.settingsOf("double-descent").find(({ key }) => key === "loss")?.kind.split("|") ?? [];
    return names.map(
      (value) => ({ value, label: value === "nll" ? "negative log-likelihood" : value === "mse" ? "squared error" : value })
    );
  }

  plan() {
    const form = this.form;
    const { sizes: _, "training-examples": __, ...settings } = form.changed();
    const training = form.number("training-examples"), model = form.value("model"), epochs = form.number("epochs");
    const steps = epochs * Math.ceil(training / 100);
    const dataset = { "num-samples": 4 * training, "train-split": 0.25 };
    const plans = form.list("sizes").map(Number).sort((one, other) => one - other).map((size) => ({
      kind: /** @type {const} */ ("double-descent"), settings: { ...settings, model, epochs, size },
      options: { dataset, evaluateEvery: steps },
      tag: { size, parameters: parameterCounts[model](size), training }, weight: 500 + parameterCounts[model](size),
    }));
    return { plans, steps: () => steps, atOnce: this.lab.workers.length };
  }

  /** @param {import("../batch.js").Batch<{size: number, parameters: number, training: number}>} batch */
  draw(batch) {
    const points = batch.items.filter(({ isOver, fault }) => isOver && !fault).flatMap(({ plan, trial }) => {
      const last = trial?.evaluations[trial.evaluations.length - 1];
      return last && trial?.isFinished ? [{ ...plan.tag, ...last }] : [];
    });
    const { training } = batch.items[0].plan.tag;
    const x = {
      label: "parameters", isLogarithmic: true, from: batch.items[0].plan.tag.parameters * 0.8,
      to: batch.items[batch.items.length - 1].plan.tag.parameters * 1.2
    };
    const line = (
      /** @type {import("../appearance.js").Appearance} */ { label, color, marker, dash },
      /** @type {(point: typeof points[0]) => number} */ value
    ) => ({
      kind: /** @type {const} */ ("line"), label, endLabel: label, color, marker, dash,
      x: points.map(({ parameters }) => parameters), y: points.map(value),
    });
    const isSquared = batch.items[0].plan.settings.loss === "mse";
    const threshold = {
      kind: /** @type {const} */ ("rule"), x: [isSquared ? 10 * training : training], y: [], color: "var(--muted)",
      dash: /** @type {const} */ ("dashed")
    };
    this.figure.draw({
      title: "Worst where it just fits", subtitle: `Dashed upright: as many parameters as ${isSquared ? "training examples times outputs" : "training examples"}, where the paper sees the peak`,
      panels: [
        {
          x, y: { label: "error (%)", from: 0, to: 100 },
          marks: [
            threshold, line(trainingAppearance, ({ trainAccuracy }) => 100 - trainAccuracy),
            line(testAppearance, ({ testAccuracy }) => 100 - testAccuracy)
          ]
        },
        {
          x, y: { label: "loss" },
          marks: [
            threshold, line(trainingAppearance, ({ trainLoss }) => trainLoss), line(testAppearance, ({ testLoss }) => testLoss)
          ]
        },
      ],
      columns: 2, aspect: 0.65, summary: "Error and loss on the training and the test examples against the number of parameters.",
    });
    this.judge(batch, () => {
      const errors = points.map(({ testAccuracy }) => 100 - testAccuracy);
      if (errors.length < 3) return { mark: "open", text: "Three sizes or more can have a peak between them." };
      // A peak is what has less on both sides of it; the highest above the lower of its sides counts.
      const heights = errors.map((error, index) => Math.min(
        error - Math.min(...errors.slice(0, index + 1)), error - Math.min(...errors.slice(index))
      ));
      const peak = heights.indexOf(Math.max(...heights)), { size, parameters } = points[peak];
      if (heights[peak] < 2) return { mark: "open", text: "No peak of two points or more is seen." };
      return {
        mark: "holds",
        text: `The test error falls to ${fixed(Math.min(...errors.slice(0, peak + 1)))} %, rises to ${fixed(errors[peak])} % with size ${size} (${parameters} parameters for ${training} examples), and falls again to ${fixed(Math.min(...errors.slice(peak)))} %: two descents.`,
      };
    });
  }
}
