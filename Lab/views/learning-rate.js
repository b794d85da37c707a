// @ts-check
// A learning rate that is learned: every step trains a network and differentiates the whole training.
import { seriesColor } from "../appearance.js";
import { fixed, listed } from "../elements.js";
import { columnOf, indicesOf, StudyView } from "./study.js";

/** Where the searches end, by the paper's Figure 5. */
const reportedRate = 0.62;

export class LearningRateView extends StudyView {
  /** @returns {import("./study.js").StudyDescription} */
  get description() {
    return {
      title: "Learning a learning rate",
      sentence: "The basic idea is to implement a fully-differentiable neural network training loop and then backpropagate through the entire process in order to optimize hyperparameters like learning rate and weight decay.",
      source: "MNIST-1D, section 4",
      lead: "Each step trains a small network 200 times with one learning rate, asks through all 200 updates how the rate should change, and changes it. In the paper’s Figure 5 searches that begin far apart end at the same rate, about 0.62.",
      label: "Search", stepLabel: "One outer step",
      fields: [
        {
          key: "initial-rates", label: "First learning rates", kind: "values", standard: "1.5,0.15", min: 0.001, max: 10,
          hint: "A search from each; with blanks between them."
        },
        { key: "outer-steps", label: "Outer steps", kind: "number", standard: "50", min: 1, max: 1000, step: 1 },
        {
          key: "inner-steps", label: "Inner steps", kind: "number", standard: "200", min: 1, max: 2000, step: 1,
          hint: "Updates of a training."
        },
      ],
      rareFields: [
        {
          key: "outer-learning-rate", label: "Outer learning rate", kind: "number", standard: "0.3", min: 0.001, max: 10, step: 0.1
        },
        { key: "batch-size", label: "Batch size", kind: "number", standard: "50", min: 1, max: 4000, step: 1 },
        { key: "hidden", label: "Width", kind: "number", standard: "50", min: 1, max: 1000, step: 1 },
        { key: "seed", label: "Seed", kind: "number", standard: "0", min: 0, max: 2147483647, step: 1 },
      ],
      presets: [
        { label: "As in the paper: 50 outer steps", values: { "outer-steps": "50", "inner-steps": "200" } },
      ],
    };
  }

  plan() {
    const form = this.form;
    const { "initial-rates": _, ...settings } = form.changed();
    const outerSteps = form.number("outer-steps");
    return {
      plans: form.list("initial-rates").map((rate) => ({
        kind: /** @type {const} */ ("metalearn-lr"),
        settings: { ...settings, "initial-rate": Number(rate), "outer-steps": outerSteps }, tag: { rate: Number(rate) },
      })),
      steps: () => outerSteps,
    };
  }

  /** @param {import("../batch.js").Batch<{rate: number}>} batch */
  draw(batch) {
    const searches = batch.items.map(({ plan, trial }, index) => ({
      label: `from ${plan.tag.rate}`, color: seriesColor(index), first: plan.tag.rate, objective: columnOf(trial, "objective"),
      last: columnOf(trial, "last-loss"), rates: columnOf(trial, "rate"),
    }));
    const steps = Number(batch.items[0].plan.settings["outer-steps"]);
    const panel = (/** @type {string} */ label, /** @type {(search: typeof searches[0]) => number[]} */ values, from = 0) => ({
      x: { label: "outer step", from: 0, to: steps }, y: { label },
      marks: searches.map((search) => ({
        kind: /** @type {const} */ ("line"), label: search.label, color: search.color,
        x: indicesOf(values(search)).map((index) => index + from), y: values(search),
      })),
    });
    const rate = panel("learning rate", ({ first, rates }) => [first, ...rates]);
    rate.marks.push(
      /** @type {any} */ ({ kind: "rule", y: [reportedRate], color: "var(--muted)", dash: "dashed", endLabel: "paper" })
    );
    this.figure.draw({
      title: "The rate finds its place", subtitle: "A step is a whole training and its derivative by the learning rate",
      panels: [
        panel("mean loss of the training", ({ objective }) => objective), panel("last loss of the training", ({ last }) => last),
        rate
      ],
      columns: 3, aspect: 0.85, summary: `Mean loss, last loss and learning rate against outer step, for searches ${listed(searches.map(({ label }) => label))}.`,
    });
    this.judge(batch, () => {
      const ends = searches.map(({ rates }) => rates[rates.length - 1]);
      const text = `The ${ends.length > 1 ? "searches end" : "search ends"} at ${listed(ends.map((rate) => fixed(rate, 3)))}.`;
      const holds = ends.every((rate) => Math.abs(rate - reportedRate) < 0.1 * reportedRate);
      return holds ? { mark: "holds", text: `${text} That is the paper’s 0.62, to a tenth of it.` }
        : {
          mark: steps < 50 ? "open" : "fails",
          text: `${text} ${steps < 50 ? `After 50 steps, the paper says, it is 0.62; these were ${steps}.` : "The paper says 0.62."}`
        };
    });
  }
}
