// @ts-check
// A signal that one draws, and what the trained networks see in it.
import { networkAppearances, seriesColor } from "../appearance.js";
import { Controls } from "../controls.js";
import { madeDataset } from "../datasets.js";
import { element, fixed, listed, quotation, say, verdictPlace } from "../elements.js";
import { Figure } from "../figure.js";
import { Form } from "../form.js";
import { rangeOf, signalPath, signalRow } from "../signals.js";
import { indicesOf } from "./study.js";

/** The pad in its own units: as many positions downward as a signal has points. */
const pad = { width: 240, height: 400, points: 40, range: /** @type {[number, number]} */ ([-3.5, 3.5]) };

/** @type {import("../form.js").Field[]} */
const stepField = [{
  key: "steps", label: "Training steps", kind: "number", standard: "1000", min: 1, max: 20000, step: 1,
  hint: "The networks know the digits better after more."
}];

export class DrawView {
  /**
   * @param {HTMLElement} place
   * @param {import("../lab.js").Lab} lab
   * @param {import("../address.js").Address} address
   */
  constructor(place, lab, address) {
    this.lab = lab;
    this.isClosed = false;
    this.signal = new Float64Array(pad.points);
    this.chosen = 0;
    this.isAsking = false;
    this.isStale = false;
    /**
     * What each network has said last.
     * @type {Record<string, ArrayLike<number>>}
     */
    this.answers = {};
    this.form = new Form(stepField, address, () => this.controls.settingsChanged());
    this.controls = new Controls(lab, { label: "Train", forms: [this.form], plan: () => this.plan(), onchange: () => this.ask() });
    this.verdict = verdictPlace();
    this.figure = new Figure();
    this.pad = element("div", {
      class: "pad", tabindex: 0, role: "application",
      "aria-label": "A signal of 40 points. Arrow up and down choose a point, arrow left and right change its value.",
      onpointerdown: (/** @type {PointerEvent} */ event) => this.press(event),
      onpointermove: (/** @type {PointerEvent} */ event) => this.move(event),
      onpointerup: () => this.lift(), onpointercancel: () => this.lift(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.type(event),
    });
    this.templates = element("div", { class: "figure-drawing" });
    const begin = element("select", { "aria-label": "Begin with an example of", onchange: () => this.begin(begin.value) },
      element("option", { value: "" }, "begin with …"), [..."0123456789"].map((digit) => element("option", { value: digit }, `an example of ${digit}`)));
    place.append(
      element("h1", {}, "Draw a digit"),
      quotation("It’s interesting that a human can outperform a CNN on this simple task.", "MNIST-1D, appendix B"),
      element(
        "p", { class: "lead" },
        "Draw from top to bottom: values to the right, positions downward. The networks, which train while you look, say what they see."
      ),
      element("div", { class: "split split-pad" },
        element("div", {}, this.pad,
          element("div", { class: "buttons" }, element("button", { type: "button", onclick: () => this.begin("") }, "Clear"), begin)),
        element("div", {}, this.verdict, this.figure.element)),
      element("figure", { class: "figure" }, element("figcaption", {}, element(
        "div", { class: "figure-title" }, "What the ten digits look like"
      ),
        element("div", { class: "figure-subtitle" }, "The templates; in the data they are narrower, shifted and noisy")), this.templates),
      element("section", { class: "panel panel-below", "aria-label": "The networks’ training" }, this.form.element, this.controls.element));
    this.observer = new ResizeObserver(() => this.drawTemplates());
    this.observer.observe(this.templates);
    this.drawPad();
    this.drawAnswers();
    this.prepare();
  }

  async prepare() {
    try {
      const data = await madeDataset(this.lab, {});
      if (this.isClosed) return;
      this.data = data;
      this.begin("3");
    } catch (error) {
      this.controls.complain([String(/** @type {any} */ (error)?.message ?? error)]);
    }
    if (!this.isClosed) this.controls.press();
  }

  /** @returns {import("../controls.js").Undertaking} */
  plan() {
    const steps = this.form.number("steps");
    return {
      plans: ["logistic", "mlp", "cnn", "gru"].map(
        (model) => ({ kind: "training", settings: { model, steps, seed: 42 }, tag: { model }, isKept: true })
      ),
      steps: () => steps + 1,
    };
  }

  drawTemplates() {
    const width = Math.floor(this.templates.clientWidth ?? 0);
    if (width === 0 || !this.lab) return;
    const signals = Array.from({ length: 10 }, (_, digit) => this.lab.core.call("stage", digit, 42, 0, ""));
    const range = rangeOf(signals);
    this.templates.innerHTML = signalRow(signals.map(
      (signal, digit) => ({ title: String(digit), signal, range, color: seriesColor(digit) })
    ),
      { width, height: 90, perRow: width < 620 ? 5 : 10, summary: "The templates of the ten digits." });
  }

  /**
   * The first test example of a digit, or nothing.
   * @param {string} digit
   */
  begin(digit) {
    const { data } = this;
    if (digit === "" || !data) this.signal = new Float64Array(pad.points);
    else {
      const index = data.y_test.indexOf(Number(digit));
      this.signal = data.x_test.slice(index * pad.points, (index + 1) * pad.points);
    }
    this.changed();
    this.announce = true;
  }

  // MARK: Drawing

  /** @param {PointerEvent} event */
  placeOf(event) {
    const box = this.pad.getBoundingClientRect();
    const [least, most] = pad.range;
    const across = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1), down = (event.clientY - box.top) / box.height;
    return {
      index: Math.min(Math.max(Math.round(down * (pad.points - 1)), 0), pad.points - 1), value: least + across * (most - least)
    };
  }
  /** @param {PointerEvent} event */
  press(event) {
    this.pad.setPointerCapture(event.pointerId);
    this.last = this.placeOf(event);
    this.set(this.last);
  }
  /** @param {PointerEvent} event */
  move(event) {
    if (!this.last) return;
    const place = this.placeOf(event), { last } = this;
    const steps = Math.max(Math.abs(place.index - last.index), 1);
    for (let step = 1; step <= steps; step += 1) {
      this.set({
        index: Math.round(last.index + ((place.index - last.index) * step) / steps),
        value: last.value + ((place.value - last.value) * step) / steps
      });
    }
    this.last = place;
  }
  lift() {
    this.last = undefined;
    this.announce = true;
    this.ask();
  }
  /** @param {KeyboardEvent} event */
  type(event) {
    const [least, most] = pad.range, signal = this.signal, chosen = this.chosen ?? 0;
    if (event.key === "ArrowUp") this.chosen = Math.max(chosen - 1, 0);
    else if (event.key === "ArrowDown") this.chosen = Math.min(chosen + 1, pad.points - 1);
    else if (event.key === "ArrowLeft") signal[chosen] = Math.max(signal[chosen] - 0.25, least);
    else if (event.key === "ArrowRight") signal[chosen] = Math.min(signal[chosen] + 0.25, most);
    else return;
    event.preventDefault();
    this.announce = true;
    this.changed();
  }
  /** @param {{index: number, value: number}} place */
  set({ index, value }) {
    this.signal[index] = value;
    this.chosen = index;
    this.changed();
  }
  changed() {
    this.drawPad();
    this.ask();
  }

  drawPad() {
    const signal = this.signal, chosen = this.chosen ?? 0;
    const [least, most] = pad.range;
    const x = ((signal[chosen] - least) / (most - least)) * pad.width, y = (chosen / (pad.points - 1)) * pad.height;
    this.pad.innerHTML = `<svg class="chart" viewBox="0 0 ${pad.width} ${pad.height}" preserveAspectRatio="none" aria-hidden="true">`
      + `<path class="thin" stroke="var(--grid)" d="M${pad.width / 2} 0V${pad.height}"/>`
      + `<path class="line" stroke="var(--ink)" stroke-width="2.5" d="${signalPath(signal, { x: 0, y: 0, width: pad.width, height: pad.height }, pad.range)}"/>`
      + `<circle class="pad-point" cx="${x}" cy="${y}" r="5"/></svg>`;
  }

  // MARK: What the networks see

  /** Asks all networks, and once more when the signal has changed meanwhile. */
  async ask() {
    if (this.isAsking) {
      this.isStale = true;
      return;
    }
    this.isAsking = true;
    do {
      this.isStale = false;
      await Promise.all((this.controls.batch?.items ?? []).map(async ({ plan, trial }) => {
        if (!trial || trial.taken === 0) return;
        try {
          this.answers[plan.tag.model] = await trial.predict(this.signal);
        } catch {
          // A training that was stopped says nothing more.
        }
      }));
      if (this.isClosed) return;
      this.drawAnswers();
    } while (this.isStale);
    this.isAsking = false;
  }

  drawAnswers() {
    // Of a signal without any shape there is nothing to see.
    const isEmpty = this.signal.every((value) => value === 0), answers = isEmpty ? {} : this.answers;
    const networks = ["logistic", "mlp", "cnn", "gru"];
    this.figure.draw({
      title: "What the networks see", subtitle: "How probable each digit is to them",
      panels: networks.map((network) => ({
        title: networkAppearances[network].label, x: { names: [..."0123456789"] }, y: { label: "%", from: 0, to: 100 },
        marks: [{
          kind: "bars", x: indicesOf([..."0123456789"]),
          y: Array.from(answers[network] ?? new Float64Array(10), (value) => 100 * value), color: networkAppearances[network].color
        }],
      })),
      columns: 2, aspect: 0.4, summary: "A bar for each digit and network; the sentence above says which are highest.",
    });
    if (isEmpty && this.data && this.verdict) {
      say(this.verdict, "open", "Draw something first.");
      return;
    }
    const known = networks.filter((network) => answers[network]);
    // While one draws, sentences would pile up.
    if (known.length === 0 || !this.verdict || (this.last && !this.announce)) return;
    this.announce = false;
    // While they learn, what they see changes too often to be read aloud.
    this.verdict.setAttribute("aria-live", this.controls.batch?.state === "running" ? "off" : "polite");
    say(this.verdict, "open", `${listed(known.map((network) => {
      const probabilities = Array.from(answers[network]), most = Math.max(...probabilities);
      return `The ${networkAppearances[network].label} sees a ${probabilities.indexOf(most)} (${fixed(100 * most, 0)} %)`;
    })).replace(/, The/g, ", the").replace("and The", "and the")}.`);
  }

  close() {
    this.isClosed = true;
    this.controls.close();
    this.figure.close();
    this.observer.disconnect();
  }
}
