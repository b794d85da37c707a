// @ts-check
// What the views of the paper's studies have in common: a sentence, settings, a bar of controls, a verdict and figures.
import { Controls } from "../controls.js";
import { element, quotation, say, verdictPlace } from "../elements.js";
import { Figure } from "../figure.js";
import { Form } from "../form.js";

/**
 * @typedef {object} StudyDescription
 * @property {string} title
 * @property {string} sentence of the paper
 * @property {string} source
 * @property {string} lead
 * @property {string} label what the button says
 * @property {import("../form.js").Field[]} fields
 * @property {import("../form.js").Field[]} [rareFields]
 * @property {{label: string, values: Record<string, string>}[]} presets
 * @property {string} [stepLabel]
 */

export class StudyView {
  /** @returns {StudyDescription} */
  get description() {
    throw new Error("A study lacks its description.");
  }

  /** @returns {import("../controls.js").Undertaking} */
  plan() {
    throw new Error("A study lacks its plan.");
  }

  /**
   * Draws what there is.
   * @param {import("../batch.js").Batch<any>} batch
   */
  draw(batch) {
    throw new Error(`A study does not draw its ${batch.items.length} trials.`);
  }

  /** Forgets what an earlier run has shown. */
  forget() {}

  /**
   * What stands below the settings and the verdict.
   * @returns {HTMLElement[]}
   */
  parts() {
    return [this.figure.element];
  }

  /**
   * @param {HTMLElement} place
   * @param {import("../lab.js").Lab} lab
   * @param {import("../address.js").Address} address
   */
  constructor(place, lab, address) {
    this.lab = lab;
    this.isClosed = false;
    const { title, sentence, source, lead, label, fields, rareFields = [], presets, stepLabel } = this.description;
    this.form = new Form([...fields, ...rareFields], address, () => this.controls.settingsChanged());
    const { form } = this;
    const rare = element("details", {
      open: rareFields.some(({ key }) => key in form.changed() || form.isComplaining(key))
    }, element("summary", {}, "All other settings"),
      element("div", { class: "fields" }, rareFields.map(({ key }) => form.controls[key].row)));
    this.figure = new Figure();
    this.verdict = verdictPlace();
    this.results = element("div", { class: "results", hidden: true }, this.verdict, this.parts());
    this.controls = new Controls(lab, {
      label, stepLabel, forms: [form], results: this.results, plan: () => this.plan(), onchange: (batch) => this.drawn(batch),
      onbegin: () => this.forget(),
      presets: presets.map(({ label, values }) => ({
        label, apply: () => form.set(values),
        isChosen: () => Object.entries(values).every(([key, value]) => form.value(key) === value),
      })),
    });
    place.append(
      element("h1", {}, title), quotation(sentence, source), element("p", { class: "lead" }, lead),
      element(
        "section", { class: "panel", "aria-label": "Settings" }, form.element, rareFields.length > 0 ? rare : null,
        this.controls.element
      ),
      this.results);
  }

  /** @param {import("../batch.js").Batch<any>} batch */
  drawn(batch) {
    if (this.isClosed || !this.results) return;
    this.results.hidden = false;
    this.draw(batch);
  }

  /**
   * Says a verdict when all is done.
   * @param {import("../batch.js").Batch<any>} batch
   * @param {() => {mark: "holds" | "fails" | "open", text: string}} judge
   */
  judge(batch, judge) {
    if (!this.verdict) return;
    if (batch.state !== "finished" || batch.faults.length > 0) say(this.verdict, "open", "");
    else {
      const { mark, text } = judge();
      say(this.verdict, mark, text);
    }
  }

  close() {
    this.isClosed = true;
    this.controls.close();
    this.figure.close();
  }
}

/**
 * The numbers of one column of a trial's rows.
 * @param {import("../lab.js").Trial | undefined} trial
 * @param {string} column
 * @returns {number[]}
 */
export function columnOf(trial, column) {
  const index = trial?.columns.indexOf(column) ?? -1;
  return index < 0 ? [] : (trial?.rows ?? []).map((row) => row[index]);
}

/**
 * The mean of some numbers.
 * @param {number[]} values
 */
export const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * 0, 1, 2 …
 * @param {ArrayLike<any>} values
 */
export const indicesOf = (values) => Array.from(values, (_, index) => index);
