// @ts-check
// Pooling and how many examples a network needs.
import { poolingAppearances } from "../appearance.js";
import { sizedDataset } from "../datasets.js";
import { fixed, listed } from "../elements.js";
import { StudyView } from "./study.js";

export class PoolingView extends StudyView {
  /** @returns {import("./study.js").StudyDescription} */
  get description() {
    return {
      title: "Pooling and sample efficiency",
      sentence: "With this in mind, we trained models with different pooling methods and training set sizes and found that, while pooling tended to be effective in low-data regimes, it did not make much of a difference in high-data regimes (see Figure 7).",
      source: "MNIST-1D, section 4",
      lead: "One convolutional network, five ways of halving the number of positions, few examples and many.",
      label: "Train",
      fields: [
        {
          key: "methods", label: "Methods", kind: "checks", standard: "none,stride,max,average,l2",
          choices: Object.entries(poolingAppearances).map(([value, { short, label }]) => ({ value, label: short ?? label }))
        },
        {
          key: "sizes", label: "Training examples", kind: "values", standard: "1000,5000", min: 10, max: 50000, step: 1,
          hint: "With blanks between them."
        },
        { key: "steps", label: "Training steps", kind: "number", standard: "600", min: 1, max: 100000, step: 1 },
      ],
      rareFields: [
        { key: "learning-rate", label: "Learning rate", kind: "number", standard: "0.01", min: 1e-6, max: 10, step: 0.001 },
        { key: "channels", label: "Channels", kind: "number", standard: "20", min: 1, max: 200, step: 1 },
        { key: "seed", label: "Seed", kind: "number", standard: "0", min: 0, max: 2147483647, step: 1 },
      ],
      presets: [
        { label: "Quick: 2 sizes, 600 steps", values: { sizes: "1000,5000", steps: "600" } },
        { label: "As in the paper: 6 sizes, 6000 steps", values: { sizes: "1000,2000,5000,10000,20000,50000", steps: "6000" } },
      ],
    };
  }

  plan() {
    const form = this.form;
    const { methods: _, sizes: __, ...settings } = form.changed();
    const steps = form.number("steps"), methods = form.list("methods");
    const plans = form.list("sizes").map(Number).flatMap((size) => methods.map((method) => ({
      kind: /** @type {const} */ ("pooling"), settings: { ...settings, steps, method }, tag: { method, size },
      options: { dataset: sizedDataset(size, 1000), evaluateEvery: Math.max(1, Math.round(steps / 15)) },
      weight: method === "stride" ? 1 : 2,
    })));
    return { plans, steps: () => steps + 1, atOnce: methods.length };
  }

  /** @param {import("../batch.js").Batch<{method: string, size: number}>} batch */
  draw(batch) {
    const sizes = [...new Set(batch.items.map(({ plan }) => plan.tag.size))];
    const of = (/** @type {number} */ size) => batch.items.filter(({ plan }) => plan.tag.size === size)
      .map(({ plan, trial }) => ({ method: plan.tag.method, evaluations: trial?.evaluations ?? [] }));
    const steps = Number(batch.items[0].plan.settings.steps);
    this.figure.draw({
      title: "Accuracy as they learn", subtitle: "Always 1000 test examples",
      panels: sizes.map((size) => ({
        title: `${size} training examples`, x: { label: "training step", from: 0, to: steps },
        y: { label: "test accuracy (%)", to: 100 },
        marks: of(size).map(({ method, evaluations }) => {
          const { label, color, dash } = poolingAppearances[method];
          return {
            kind: /** @type {const} */ ("line"), label, color, dash, x: evaluations.map(({ step }) => step),
            y: evaluations.map(({ testAccuracy }) => testAccuracy)
          };
        }),
      })),
      columns: Math.min(3, sizes.length), aspect: 0.75, isShared: true,
      summary: `Test accuracy against training step for ways of pooling, with ${listed(sizes.map(String))} training examples.`,
    });
    this.judge(batch, () => {
      const final = (/** @type {number} */ size) => of(size).map(
        ({ method, evaluations }) => ({ method, accuracy: evaluations[evaluations.length - 1]?.testAccuracy })
      );
      const gain = (/** @type {number} */ size) => {
        const none = final(size).find(({ method }) => method === "none"),
          best = final(size).filter(({ method }) => method !== "none" && method !== "stride")
            .sort((one, other) => other.accuracy - one.accuracy)[0];
        return none && best
          ? { size, by: best.accuracy - none.accuracy, best: best.method, accuracy: best.accuracy, none: none.accuracy }
          : undefined;
      };
      const gains = sizes.map(gain).flatMap((found) => (found ? [found] : [])).sort((one, other) => one.size - other.size);
      if (gains.length === 0) return {
        mark: "open",
        text: `Final accuracies: ${listed(final(sizes[0]).map(({ method, accuracy }) => `${poolingAppearances[method].label} ${fixed(accuracy)} %`))}.`
      };
      const text = gains
        .map(
          ({ size, by, best, accuracy, none }) => `With ${size} examples ${poolingAppearances[best].label} has ${fixed(accuracy)} % and no pooling ${fixed(none)} %: ${fixed(by)} points.`
        )
        .join(" ");
      if (gains.length < 2) return { mark: "open", text };
      const [few, many] = [gains[0], gains[gains.length - 1]];
      return steps >= 600 && few.by > 2 && few.by > many.by + 2
        ? { mark: "holds", text: `${text} Pooling helps most where examples are few, as the paper says.` }
        : { mark: steps < 6000 ? "open" : "fails", text };
    });
  }
}
