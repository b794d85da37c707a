// @ts-check
// Networks side by side: Table 1 of the paper, and the same for any setting of the dataset or the training.
import { networkAppearances } from "../appearance.js";
import { Controls } from "../controls.js";
import { datasetSettings, sizedDataset } from "../datasets.js";
import { capitalized, counted, element, fixed, listed, quotation, say, verdictPlace } from "../elements.js";
import { Figure } from "../figure.js";
import { Form } from "../form.js";
import { comparisons, dataFields, measures, orders, questionFields, reported, trainingFields } from "./table-fields.js";

/** @typedef {{network: string, value: string, seed: number}} Tag */

export class TableView {
  /**
   * @param {HTMLElement} place
   * @param {import("../lab.js").Lab} lab
   * @param {import("../address.js").Address} address
   */
  constructor(place, lab, address) {
    const standard = comparisons[address.get("vary") ?? "order"] ?? comparisons.order;
    const question = questionFields.map(
      (field) => (field.key === "values" ? {
        ...field, standard: standard.values, min: standard.min, max: standard.max, step: standard.step
      } : field)
    );
    this.form = new Form(question, address, (key) => this.changed(key));
    this.training = new Form(trainingFields, address, (key) => this.changed(key));
    this.data = new Form(dataFields, address, (key) => this.changed(key));
    this.curves = new Figure();
    this.summary = new Figure();
    this.verdict = verdictPlace();
    this.table = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Accuracies" });
    this.results = element(
      "div", { class: "results", hidden: true }, this.verdict, this.summary.element, this.table, this.curves.element
    );
    this.controls = new Controls(lab, {
      label: "Train", forms: [this.form, this.data, this.training], results: this.results, plan: () => this.plan(), onchange: (batch) => this.draw(batch),
      presets: [
        {
          label: "Quick: 1000 steps", apply: () => this.form.set({ steps: "1000", seeds: "1" }),
          isChosen: () => this.isPreset("1000", "1")
        },
        {
          label: "As in the paper: 6000 steps, 3 seeds", apply: () => this.form.set({ steps: "6000", seeds: "3" }),
          isChosen: () => this.isPreset("6000", "3")
        },
      ],
    });
    const isOpen = (/** @type {Form} */ form) => form.fields.some(({ key }) => key in form.changed() || form.isComplaining(key));
    place.append(
      element("h1", {}, "Compare networks"),
      quotation(
        "Table 1 shows that the test accuracy of CNNs and GRUs decreases by about 38% on the shuffled data whereas the MLP and linear models perform about the same.",
        "MNIST-1D, section 3"
      ),
      element(
        "p", { class: "lead" },
        "Train networks side by side, and see what hurts whom: the order of the points as in Table 1 of the paper, or noise, translation, fewer examples, another learning rate."
      ),
      element("section", { class: "panel", "aria-label": "Settings" },
        this.form.element,
        element("details", { open: isOpen(this.data) }, element("summary", {}, "The dataset"), this.data.element),
        element(
          "details", { open: isOpen(this.training) }, element("summary", {}, "The training, and more networks"),
          this.training.element
        ),
        this.controls.element),
      this.results);
    this.arrange();
  }

  /**
   * @param {string} steps
   * @param {string} seeds
   */
  isPreset(steps, seeds) {
    return this.form.value("steps") === steps && this.form.value("seeds") === seeds;
  }

  /** Shows the fields that matter for what is compared. */
  arrange() {
    const { form, training, data } = this;
    const vary = form.value("vary");
    form.show("orders", vary === "order");
    form.show("values", vary !== "order");
    // What is compared has no one value.
    for (const { key } of trainingFields) training.show(key, key !== vary);
    for (const { key } of dataFields) {
      data.show(key, key !== `dataset.${vary}` && !(vary === "training-examples" && [
        "dataset.num-samples", "dataset.train-split"
      ].includes(key))
        && !(vary === "order" && key === "dataset.shuffle-seq"));
    }
  }

  /** @param {string} key */
  changed(key) {
    const { form, controls } = this;
    if (key === "vary") {
      const { values, min, max, step } = comparisons[form.value("vary")];
      Object.assign(form.field("values"), { standard: values, min, max, step });
      form.set({ values });
      return;
    }
    this.arrange();
    if (key === "show" && controls.batch) {
      this.draw(controls.batch);
      return;
    }
    controls.settingsChanged();
  }

  get models() {
    const { form, training } = this;
    const asked = [...form.list("models"), ...training.list("more-models")];
    // In the order of every figure.
    return Object.keys(networkAppearances).filter((name) => asked.includes(name));
  }
  get vary() {
    return this.form.value("vary");
  }
  get values() {
    return this.form.list(this.vary === "order" ? "orders" : "values");
  }

  /** @returns {import("../controls.js").Undertaking} */
  plan() {
    const { form, training, data, vary, values, models } = this;
    const steps = form.number("steps"), seeds = form.number("seeds"), first = training.number("first-seed");
    const { "more-models": _, "first-seed": __, show: ___, ...common } = training.changed();
    const kept = datasetSettings(
      Object.fromEntries(Object.entries(data.changed()).map(([key, value]) => [key.replace("dataset.", ""), value]))
    );
    const evaluateEvery = Math.max(1, Math.round(steps / 24));
    if (models.length === 0) throw new Error("Choose a network or more.");
    /** @type {import("../batch.js").Plan<Tag>[]} */
    const plans = [];
    for (let index = 0; index < seeds; index += 1) {
      for (const value of values) {
        for (const model of models) {
          const seed = first + index;
          /** @type {Record<string, any>} */
          const settings = { ...common, model, steps, seed };
          /** @type {Record<string, any>} */
          const dataset = { ...kept };
          if (comparisons[vary].isDataset) dataset[vary] = value;
          else if (vary === "training-examples") Object.assign(dataset, sizedDataset(Number(value), 1000));
          else if (vary !== "order") settings[vary] = value;
          const order = vary === "order" && value !== "as-it-is"
            ? /** @type {"shuffled" | "reversed" | "swapped"} */ (value)
            : undefined;
          const name = `${networkAppearances[model].label}, ${this.valueLabel(value)}`;
          plans.push({
            kind: "training", name, settings, options: { dataset, order, evaluateEvery }, tag: { network: model, value, seed },
            weight: weights[model] ?? 5
          });
        }
      }
    }
    return { plans, steps: () => steps + 1, atOnce: values.length * models.length };
  }

  /** @param {string} value */
  valueLabel(value) {
    return this.vary === "order" ? orders[value] : `${comparisons[this.vary].words} ${value}`;
  }

  /** @param {import("../batch.js").Batch<Tag>} batch */
  draw(batch) {
    const { curves, summary, verdict, table, training, form } = this;
    const results = resultsOf(batch), steps = form.number("steps");
    const values = [...new Set(batch.items.map(({ plan }) => plan.tag.value))],
      networks = [...new Set(batch.items.map(({ plan }) => plan.tag.network))];
    const measure = measures[training.value("show")];
    this.results.hidden = false;
    curves.draw({
      title: "As they learn", subtitle: `${capitalized(measure.label)} every ${steps < 36 ? "step" : counted(Math.round(steps / 24), "step")}`,
      panels: values.map((value) => ({
        title: capitalized(this.valueLabel(value)), x: { label: "training step", from: 0, to: steps },
        y: { label: measure.label, ...(measure.label.endsWith("(%)") ? { from: 0, to: 100 } : {}) },
        marks: networks.map((network) => curveMark(results(network, value), networkAppearances[network], measure.of)),
      })),
      columns: Math.min(values.length, 3), aspect: values.length === 1 ? 0.5 : 0.75, isShared: true,
      summary: `${capitalized(measure.label)} against training step for ${networks.map((name) => networkAppearances[name].label).join(", ")}.`,
    });
    const isNumeric = this.vary !== "order" && values.length > 1;
    summary.element.hidden = !isNumeric;
    if (isNumeric) summary.draw(this.summaryContent(results, networks, values));
    table.replaceChildren(this.tableOf(results, networks, values, {
      steps, seeds: new Set(batch.items.map(({ plan }) => plan.tag.seed)).size
    }));
    if (batch.state !== "finished") {
      say(verdict, "open", "");
      return;
    }
    // A training that has diverged has no accuracy to compare.
    const complete = values.filter((value) => networks.every((network) => results(network, value).length > 0));
    const { mark, text } = this.verdictOn(results, networks, complete);
    say(verdict, mark, text);
  }

  /**
   * @param {Results} results
   * @param {string[]} networks
   * @param {string[]} values
   * @returns {import("../figure.js").FigureContent}
   */
  summaryContent(results, networks, values) {
    const { label, isLogarithmic } = comparisons[this.vary];
    return {
      title: `Test accuracy by ${label}`, subtitle: "After the last step so far; bands reach from the worst to the best seed",
      panels: [{
        x: { label, isLogarithmic }, y: { label: "test accuracy (%)", from: 0, to: 100 },
        marks: networks.map((network) => {
          const { color, dash, marker, label, short } = networkAppearances[network];
          const found = values
            .map((value) => ({ value: Number(value), ...spreadOf(results(network, value)) }))
            .sort((one, other) => one.value - other.value);
          const isBanded = found.some(({ count }) => count > 1);
          return {
            kind: /** @type {const} */ ("line"), label, endLabel: short ?? label, color, dash, marker,
            x: found.map(({ value }) => value), y: found.map(({ mean }) => mean),
            ...(isBanded ? { lower: found.map(({ least }) => least), upper: found.map(({ most }) => most) } : {}),
          };
        }),
      }],
      columns: 1, aspect: 0.45, summary: `Test accuracy against ${label}, a line for each network; the table below has the numbers.`,
    };
  }

  /**
   * @param {Results} results
   * @param {string[]} networks
   * @param {string[]} values
   * @param {{steps: number, seeds: number}} whole what each cell has when all is done
   */
  tableOf(results, networks, values, whole) {
    const head = element("tr", {}, element("th", { scope: "col" }, capitalized(comparisons[this.vary].words)),
      networks.map((name) => element("th", { scope: "col", class: "number" }, networkAppearances[name].short ?? networkAppearances[name].label)));
    const rows = values.flatMap((value) => {
      const cells = networks.map((name) => {
        const { mean, least, most, count, step } = spreadOf(results(name, value));
        const unfinished = [
          step < whole.steps ? `after ${counted(step, "step")}` : "", count < whole.seeds ? `${count} of ${whole.seeds} seeds` : ""
        ].filter(Boolean).join(", ");
        return element(
          "td", { class: "number" }, count === 0 ? "–" : `${fixed(mean)} %`,
          count > 1 ? element("span", { class: "spread" }, ` ${fixed(least)}–${fixed(most)}`) : null,
          count > 0 && unfinished ? element("span", { class: "unfinished" }, ` ${unfinished}`) : null
        );
      });
      const row = element(
        "tr", {}, element("th", { scope: "row" }, this.vary === "order" ? capitalized(orders[value]) : value), cells
      );
      const paper = this.vary === "order" ? reported[value] : undefined;
      if (!paper || !networks.some((name) => paper[name])) return [row];
      return [row, element("tr", { class: "reported" }, element("th", { scope: "row" }, "in the paper"),
        networks.map((name) => element("td", { class: "number" }, paper[name] ? `${paper[name]} %` : "")))];
    });
    return element(
      "table", {}, element("caption", {}, `Test accuracy after ${counted(whole.steps, "step")}`), element("thead", {}, head),
      element("tbody", {}, rows)
    );
  }

  /**
   * @param {Results} results
   * @param {string[]} networks
   * @param {string[]} values
   * @returns {{mark: "holds" | "fails" | "open", text: string}}
   */
  verdictOn(results, networks, values) {
    const mean = (/** @type {string} */ network, /** @type {string} */ value) => spreadOf(results(network, value)).mean;
    const name = (/** @type {string} */ network) => networkAppearances[network].label;
    const isAlone = networks.every((network) => values.every((value) => results(network, value).length === 1));
    const caution = " This is one seed of each, and another may differ by some points: take more.";
    if (values.length === 0) return { mark: "open", text: "" };
    if (values.length === 1) {
      const best = [...networks].sort((one, other) => mean(other, values[0]) - mean(one, values[0]));
      return { mark: "open", text: `Best is the ${name(best[0])} with ${fixed(mean(best[0], values[0]))} %.${isAlone && best.length > 1 ? caution : ""}` };
    }
    if (this.vary === "order") {
      const { mark, text } = orderVerdict(networks, values, mean, this.form.number("steps"));
      return { mark, text: text && isAlone ? text + caution : text };
    }
    const ordered = [...values].sort((one, other) => Number(one) - Number(other));
    const [low, high] = [ordered[0], ordered[ordered.length - 1]];
    const changes = networks
      .map((network) => ({ network, from: mean(network, low), to: mean(network, high) }))
      .map((change) => ({ ...change, by: change.to - change.from }))
      .sort((one, other) => one.by - other.by);
    const words = changes.map(
      ({ network, from, to, by }) => `the ${name(network)} ${by < 0 ? "falls" : "rises"} from ${fixed(from)} to ${fixed(to)} %`
    );
    const { words: what } = comparisons[this.vary];
    const first = `${capitalized(what)} from ${low} to ${high}: ${listed(words)}.`;
    if (changes.length < 2) return { mark: "open", text: first };
    const [worst, least] = [changes[0], changes[changes.length - 1]], apart = least.by - worst.by;
    const most = changes.length > 2 ? "most" : "more";
    const second = worst.by < 0
      ? ` It hurts the ${name(worst.network)} ${most}: ${fixed(-worst.by)} points, ${fixed(apart)} more than ${least.by < 0 ? "it costs" : "what happens to"} the ${name(least.network)}.`
      : ` The ${name(least.network)} gains ${most}: ${fixed(least.by)} points.`;
    const third = lossAboveChance(changes, name);
    const fourth = isAlone ? caution
      : apart < 3 ? " That is within what other seeds may turn round: take more." : "";
    if (worst.by >= 0 || !changes.every(({ to }) => to < 20)) return { mark: "open", text: first + second + third + fourth };
    // What is lost says only how high each began: who is ahead says more.
    const wins = networks.map((network) => ({
      network, count: values.filter((value) => networks.every((other) => other === network || mean(network, value) > mean(other, value))).length
    })).sort((one, other) => other.count - one.count);
    const ahead = wins.filter(({ count }) => count > 0)
      .map(({ network, count }) => `the ${name(network)} is ahead at ${count}`);
    const zeroth = `${changes.length > 2 ? "All" : "Both"} end near chance, 10 %, so that who began higher had more to lose; `
      + `${ahead.length > 0 ? `${listed(ahead)} of the ${values.length} values` : "none is ahead at any of the values"}. `;
    return { mark: "open", text: zeroth + first + second + third + fourth };
  }

  close() {
    const { controls, curves, summary } = this;
    controls.close();
    curves.close();
    summary.close();
  }
}

/** The accuracy of guessing among ten classes, in percent. */
const chance = 10;

/**
 * What part each network loses of what it had above chance, in words.
 * @param {{network: string, from: number, to: number, by: number}[]} changes
 * @param {(network: string) => string} name
 */
function lossAboveChance(changes, name) {
  const lost = changes.filter(({ from, by }) => by < 0 && from > chance + 5)
    .map(({ network, from, by }) => ({ network, part: Math.min(1, -by / (from - chance)) }))
    .sort((one, other) => other.part - one.part);
  if (lost.length < 2) return "";
  return ` Of what they had above chance, ${listed(lost.map(({ network, part }) => `the ${name(network)} loses ${fixed(100 * part, 0)} %`))}.`;
}

/**
 * About how long a step takes, compared with the logistic regression's.
 * @type {Record<string, number>}
 */
const weights = { logistic: 1, mlp: 20, cnn: 50, gru: 55, resnet: 100, tcn: 100, transformer: 100, mixer: 60 };

/** @typedef {(network: string, value: string) => import("../lab.js").Evaluation[][]} Results the evaluations of each seed's training */

/**
 * @param {import("../batch.js").Batch<Tag>} batch
 * @returns {Results}
 */
function resultsOf(batch) {
  return (network, value) => batch.items
    .filter(({ plan, trial, fault }) => trial && !fault && plan.tag.network === network && plan.tag.value === value)
    .map(({ trial }) => trial?.evaluations ?? []).filter((evaluations) => evaluations.length > 0);
}

/**
 * The last test accuracies of some trainings.
 * @param {import("../lab.js").Evaluation[][]} trainings
 */
function spreadOf(trainings) {
  const ends = trainings.map((evaluations) => evaluations[evaluations.length - 1]), last = ends.map(({ testAccuracy }) => testAccuracy);
  const mean = last.length > 0 ? last.reduce((sum, value) => sum + value, 0) / last.length : NaN;
  return { mean, least: Math.min(...last), most: Math.max(...last), count: last.length, step: Math.min(...ends.map(({ step }) => step)) };
}

/**
 * The mean of some trainings' curves as far as all have come, with a band from the least to the greatest.
 * @param {import("../lab.js").Evaluation[][]} trainings
 * @param {import("../appearance.js").Appearance} appearance
 * @param {(evaluation: import("../lab.js").Evaluation) => number} measure
 * @returns {import("../figure.js").Mark}
 */
function curveMark(trainings, { color, dash, label }, measure) {
  const longest = trainings.reduce((longest, training) => (training.length > longest.length ? training : longest), []);
  const points = longest.map(({ step }, index) => {
    const values = trainings.filter((training) => training.length > index).map((training) => measure(training[index]));
    return {
      step, mean: values.reduce((sum, value) => sum + value, 0) / values.length, least: Math.min(...values),
      most: Math.max(...values)
    };
  });
  return {
    kind: "line", label, color, dash, x: points.map(({ step }) => step), y: points.map(({ mean }) => mean),
    ...(trainings.length > 1 ? { lower: points.map(({ least }) => least), upper: points.map(({ most }) => most) } : {}),
  };
}

/**
 * @param {string[]} networks
 * @param {string[]} values
 * @param {(network: string, value: string) => number} mean
 * @param {number} steps
 * @returns {{mark: "holds" | "fails" | "open", text: string}}
 */
function orderVerdict(networks, values, mean, steps) {
  const name = (/** @type {string} */ network) => networkAppearances[network].label;
  if (!values.includes("as-it-is")) return { mark: "open", text: "" };
  const other = values.includes("shuffled") ? "shuffled" : /** @type {string} */ (values.find((value) => value !== "as-it-is"));
  const losses = networks.map((network) => ({ network, loss: mean(network, "as-it-is") - mean(network, other) }));
  const [hurt, kept] = [losses.filter(({ loss }) => loss >= 5), losses.filter(({ loss }) => loss < 5)];
  const text = `${capitalized(orders[other])}: ` + [
    hurt.length > 0 ? `${listed(hurt.map(({ network, loss }) => `the ${name(network)} loses ${fixed(loss)} points`))}` : "",
    kept.length > 0 ? `${listed(kept.map(({ network }) => `the ${name(network)}`))} ${kept.length > 1 ? "do" : "does"} about as well as before` : "",
  ].filter(Boolean).join("; ") + ".";
  const paper = ["logistic", "mlp", "cnn", "gru"];
  if (other !== "shuffled" || !paper.every((network) => networks.includes(network))) return { mark: "open", text };
  const spatial = losses.filter(({ network }) => ["cnn", "gru"].includes(network)),
    others = losses.filter(({ network }) => ["mlp", "logistic"].includes(network));
  const holds = spatial.every(({ loss }) => loss >= 15) && others.every(({ loss }) => Math.abs(loss) < 5);
  if (holds) return { mark: "holds", text: `${text} The paper’s sentence holds here.` };
  // Only a training as long as the paper's can speak against the paper.
  return steps < 6000 ? { mark: "open", text: `${text} After ${counted(steps, "step")} that is less than the paper says; it takes 6000.` }
    : { mark: "fails", text: `${text} The paper’s sentence does not hold with these settings.` };
}
