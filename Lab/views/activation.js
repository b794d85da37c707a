// @ts-check
// An activation function that is learned: it bends as one watches.
import { placeAppearance, viridis } from "../appearance.js";
import { counted, fixed } from "../elements.js";
import { columnOf, indicesOf, meanOf, StudyView } from "./study.js";

/** The well-known functions, in the paper's order. */
const baselines = ["relu", "elu", "swish", "tanh", "softplus", "sigmoid"];

export class ActivationView extends StudyView {
  /** @param {ConstructorParameters<typeof StudyView>} given */
  constructor(...given) {
    super(...given);
    /**
     * The function as it was after some steps.
     * @type {{step: number, values: Float32Array}[]}
     */
    this.samples = [];
    this.isAsking = false;
  }

  /** @returns {import("./study.js").StudyDescription} */
  get description() {
    return {
      title: "Learning an activation function",
      sentence: "As Figure 6 shows, our learned activation function substantially outperforms baseline nonlinearities such as ReLU, Elu, and Swish (Clevert et al., 2016; Ramachandran et al., 2018).",
      source: "MNIST-1D, section 4",
      lead: "A little network decides what each neuron of another network does with its input. Each step trains that other network anew, and bends the function so that the training would have gone better.",
      label: "Learn", stepLabel: "One outer step",
      fields: [
        {
          key: "outer-steps", label: "Outer steps", kind: "number", standard: "25", min: 1, max: 1000, step: 1,
          hint: "How often the function is bent."
        },
        {
          key: "inner-steps", label: "Inner steps", kind: "number", standard: "101", min: 1, max: 1000, step: 1,
          hint: "Updates of a training."
        },
        { key: "num-samples", label: "Examples", kind: "number", standard: "5000", min: 1000, max: 50000, step: 1 },
        {
          key: "functions", label: "Compared with", kind: "checks", standard: "relu,elu,swish",
          choices: baselines.map((value) => ({ value, label: value }))
        },
      ],
      rareFields: [
        {
          key: "outer-learning-rate", label: "Outer learning rate", kind: "number", standard: "0.3", min: 0.001, max: 10, step: 0.1
        },
        { key: "units", label: "Units of the function", kind: "number", standard: "100", min: 1, max: 1000, step: 1 },
        { key: "hidden", label: "Width of the network", kind: "number", standard: "128", min: 1, max: 1000, step: 1 },
        { key: "seed", label: "Seed", kind: "number", standard: "0", min: 0, max: 2147483647, step: 1 },
      ],
      presets: [
        { label: "Quick: 25 outer steps", values: { "outer-steps": "25", "inner-steps": "101", "num-samples": "5000" } },
        {
          label: "As in the paper: 301 outer steps", values: { "outer-steps": "301", "inner-steps": "301", "num-samples": "10000" }
        },
      ],
    };
  }

  forget() {
    this.samples = [];
  }

  plan() {
    const form = this.form;
    const { functions: _, "num-samples": __, ...changed } = form.changed();
    const inner = form.number("inner-steps"), outer = form.number("outer-steps");
    const options = { dataset: { "num-samples": form.number("num-samples") } };
    const settings = { ...changed, "inner-steps": inner, "objective-steps": Math.max(1, Math.floor((inner * 2) / 3)) };
    // The others do not change: ten trainings say how good they are.
    const plans = ["learned", ...form.list("functions")].map((name) => ({
      kind: /** @type {const} */ ("metalearn-activation"),
      settings: { ...settings, function: name, "outer-steps": name === "learned" ? outer : Math.min(outer, 10) },
      options, tag: { name }, weight: name === "learned" ? 5 * outer : Math.min(outer, 10), isKept: name === "learned",
    }));
    return { plans, steps: (/** @type {any} */ plan) => plan.settings["outer-steps"] };
  }

  /**
   * Asks how the function looks now.
   * @param {import("../lab.js").Trial | undefined} trial
   */
  async sample(trial) {
    const samples = this.samples;
    if (!trial || this.isAsking || (samples.length > 0 && samples[samples.length - 1].step >= trial.taken)) return;
    this.isAsking = true;
    try {
      const step = trial.taken;
      samples.push({ step, values: await trial.tensor("values") });
      // Some thirty are enough to see it bend.
      if (samples.length > 48) this.samples = samples.filter((_, index) => index % 2 === 0 || index === samples.length - 1);
      if (!this.isClosed) this.controls.batch?.note();
    } catch {
      // The search was stopped in between.
    } finally {
      this.isAsking = false;
    }
  }

  /** @param {import("../batch.js").Batch<{name: string}>} batch */
  draw(batch) {
    const [learned, ...others] = batch.items;
    this.sample(learned.trial);
    const steps = Number(learned.plan.settings["outer-steps"]), { samples } = this;
    const compared = others.map(({ plan, trial }, index) => ({ ...placeAppearance(index + 1, plan.tag.name), trial }));
    const panel = (/** @type {string} */ label, /** @type {string} */ column) => {
      const values = columnOf(learned.trial, column);
      const rules = compared.flatMap(({ trial, color, label }) => {
        const found = columnOf(trial, column);
        return found.length > 0
          ? [{
            kind: /** @type {const} */ ("rule"), y: [meanOf(found)], color, dash: /** @type {const} */ ("dashed"), endLabel: label
          }]
          : [];
      });
      return {
        x: { label: "outer step", from: 0, to: steps }, y: { label },
        marks: [...rules, { kind: /** @type {const} */ ("line"), label: "learned", x: indicesOf(values), y: values }]
      };
    };
    const positions = Array.from({ length: 101 }, (_, index) => (index - 50) / 10);
    const curves = samples.map(({ step, values }) => ({
      kind: /** @type {const} */ ("line"), x: positions, y: Array.from(values), color: viridis(steps > 1 ? step / steps : 1),
      width: 1.25,
    }));
    this.figure.draw({
      title: "The function bends", subtitle: "From violet, the first, to yellow, the last; dashed, functions that one knows",
      panels: [
        { title: "The activation function", x: { label: "input" }, y: { label: "output" }, marks: [
          { kind: "line", x: positions, y: positions.map((x) => (x > 0 ? x : Math.exp(x) - 1)), color: "var(--muted)", dash: "dashed", endLabel: "elu" }, ...curves] },
        { title: "What it is learned by", ...panel("loss of the training", "objective") },
        { title: "What comes of it", ...panel("test accuracy (%)", "test-accuracy") },
      ],
      columns: 3, aspect: 0.85, summary: "The learned function, the loss of the trainings with it, and their test accuracy, against those of well-known functions.",
    });
    this.judge(batch, () => {
      const own = meanOf(columnOf(learned.trial, "test-accuracy").slice(-10));
      const best = compared
        .map(({ label, trial }) => ({ label, accuracy: meanOf(columnOf(trial, "test-accuracy")) }))
        .sort((one, other) => other.accuracy - one.accuracy);
      if (best.length === 0) return { mark: "open", text: `Networks with the learned function reach ${fixed(own)} %.` };
      const text = `After an inner training the learned function has ${fixed(own)} % on the test set, and the best of the others, ${best[0].label}, ${fixed(best[0].accuracy)} %.`;
      if (own > best[0].accuracy + 1) return { mark: "holds", text: `${text} It is better, as the paper says.` };
      return {
        mark: steps < 301 ? "open" : "fails",
        text: `${text} ${steps < 301 ? `It had ${counted(steps, "step")} to learn; the paper’s has 301.` : "It is not better here."}`
      };
    });
  }
}
