// @ts-check
// The quiz: the visitor and the CNN read the same test examples.
import { Controls } from "../controls.js";
import { madeDataset } from "../datasets.js";
import { element, fixed, quotation, say, verdictPlace } from "../elements.js";
import { Form } from "../form.js";
import { rangeOf, signalPath } from "../signals.js";

/** @type {import("../form.js").Field[]} */
const quizFields = [
  { key: "examples", label: "Examples", kind: "number", standard: "20", min: 1, max: 200, step: 1 },
  { key: "round", label: "Round", kind: "number", standard: "1", min: 1, max: 1000000, step: 1, hint: "Each has other examples." },
  { key: "steps", label: "The CNN’s training steps", kind: "number", standard: "1000", min: 1, max: 20000, step: 1 },
];

/** @param {number} digit */
const article = (digit) => (digit === 8 ? "an" : "a");

/** @typedef {{index: number, label: number, own: number, network: number}} Answer */

export class QuizView {
  /**
   * @param {HTMLElement} place
   * @param {import("../lab.js").Lab} lab
   * @param {import("../address.js").Address} address
   */
  constructor(place, lab, address) {
    this.lab = lab;
    this.isClosed = false;
    /** Whether the example in sight is answered; the next key or click goes on. */
    this.isShown = false;
    this.form = new Form(quizFields, address, (key) => (key === "steps" ? this.controls.settingsChanged() : this.begin()));
    this.controls = new Controls(
      lab,
      { label: "Train the CNN", forms: [this.form], plan: () => this.plan(), onchange: (batch) => { if (batch.state === "finished" && !this.isShown) this.next(); } }
    );
    // Other examples need no other CNN.
    const train = this.form.onenter;
    this.form.onenter = (key) => { if (key === "steps") train(key); };
    this.picture = element("div", { class: "quiz-picture", onclick: () => { if (this.isShown) this.next(); } });
    this.nextButton = element("button", { type: "button", class: "primary", hidden: true, onclick: () => this.next() }, "Next");
    this.question = element("p", { class: "verdict" }, "The CNN is learning; you may begin.");
    this.told = verdictPlace();
    this.table = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Answers" });
    this.buttons = [..."0123456789"].map((digit) => element(
      "button", { type: "button", onclick: () => this.answer(Number(digit)) }, digit
    ));
    place.append(
      element("h1", {}, "Are you better than a CNN?"),
      quotation(
        "An experienced human can classify MNIST-1D examples at almost 96% accuracy. The CNN can do so at 94% accuracy.",
        "MNIST-1D, appendix B"
      ),
      element("div", { class: "split split-pad" }, this.picture,
        element("div", {}, this.question,
          element("div", { class: "buttons digits", role: "group", "aria-label": "Which digit is it?" }, this.buttons),
          element("p", { class: "hint" }, "Or press the digit’s key."), this.told,
          element("div", { class: "buttons" }, this.nextButton), this.table)),
      element("section", { class: "panel panel-below", "aria-label": "Settings" }, this.form.element, this.controls.element));
    this.listener = (/** @type {KeyboardEvent} */ event) => {
      const isWriting = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
      // Enter and the space bar press a button that has the focus.
      const isPress = (event.key === "Enter" || event.key === " ") && !(event.target instanceof HTMLButtonElement);
      if (/^[0-9]$/.test(event.key)) this.answer(Number(event.key));
      else if (this.isShown && (isPress || event.key === "ArrowRight")) {
        event.preventDefault();
        this.next();
      }
    };
    addEventListener("keydown", this.listener);
    this.prepare();
  }

  async prepare() {
    try {
      const data = await madeDataset(this.lab, {});
      if (this.isClosed) return;
      this.data = data;
      this.controls.press();
      this.begin();
    } catch (error) {
      this.controls.complain([String(/** @type {any} */ (error)?.message ?? error)]);
    }
  }

  /** @returns {import("../controls.js").Undertaking} */
  plan() {
    const steps = this.form.number("steps");
    return {
      plans: [{ kind: "training", settings: { model: "cnn", steps, seed: 42 }, tag: {}, isKept: true }], steps: () => steps + 1
    };
  }

  /** Begins a round: examples of the test set in an order that only the round's number decides. */
  begin() {
    const { data, form } = this;
    if (!data || !form) return;
    const count = form.number("examples");
    let state = form.number("round");
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const order = Array.from(data.y_test, (_, index) => index);
    for (let index = order.length - 1; index > 0; index -= 1) {
      const other = Math.floor(random() * (index + 1));
      [order[index], order[other]] = [order[other], order[index]];
    }
    this.examples = order.slice(0, count);
    /** @type {Answer[]} */
    this.answers = [];
    this.table.replaceChildren();
    if (this.told) say(this.told, "");
    this.next();
  }

  /** Shows the next example, or how it went. */
  next() {
    const { data, examples = [], answers = [] } = this;
    if (!data || this.isClosed) return;
    // The button goes; the keyboard stays where it was.
    const hadFocus = document.activeElement === this.nextButton;
    this.isShown = false;
    if (this.nextButton) this.nextButton.hidden = true;
    if (this.told && answers.length < examples.length) say(this.told, "");
    const index = examples[answers.length];
    for (const button of this.buttons ?? []) button.disabled = index === undefined;
    if (index === undefined) {
      this.finish();
      return;
    }
    if (hadFocus) this.buttons[0].focus();
    this.question.textContent = `Example ${answers.length + 1} of ${examples.length}: which digit is it?`;
    const signal = data.x_test.subarray(index * data.t.length, (index + 1) * data.t.length);
    this.picture.innerHTML = `<svg class="chart" viewBox="0 0 240 400" role="img" aria-label="A signal of ${signal.length} points, drawn downward.">`
      + `<path class="line" stroke="var(--ink)" stroke-width="3" d="${signalPath(signal, { x: 20, y: 10, width: 200, height: 380 }, rangeOf([signal]))}"/></svg>`;
  }

  /** @param {number} own */
  async answer(own) {
    const { data, examples = [], answers = [], controls, told } = this;
    if (this.isShown) {
      this.next();
      return;
    }
    const index = examples[answers.length];
    if (!data || index === undefined || this.isAnswering) return;
    this.isAnswering = true;
    const label = data.y_test[index], trial = controls?.batch?.items[0]?.trial;
    let network = -1;
    try {
      const probabilities = Array.from(
        trial ? await trial.predict(data.x_test.slice(index * data.t.length, (index + 1) * data.t.length)) : []
      );
      network = probabilities.indexOf(Math.max(...probabilities));
    } catch {
      // A CNN that was stopped has no answer.
    }
    this.isAnswering = false;
    if (this.isClosed) return;
    answers.push({ index, label, own, network });
    const others = network < 0 ? "the CNN has no answer yet" : network === label ? "the CNN was right" : `the CNN said ${network}`;
    if (told) say(told, own === label ? "holds" : "fails", `${own === label ? "Right" : `No, not ${article(own)} ${own}`}: it is ${article(label)} ${label}; ${others}.`);
    this.isShown = true;
    this.nextButton.hidden = false;
    this.nextButton.textContent = answers.length < examples.length ? "Next" : "How it went";
    this.question.textContent = `Example ${answers.length} of ${examples.length}; the next key or click goes on.`;
  }

  finish() {
    const { answers = [], question, told } = this;
    if (answers.length === 0 || !question || !told) return;
    const part = (
      /** @type {(answer: Answer) => boolean} */ isRight, from = answers
    ) => (100 * from.filter(isRight).length) / Math.max(from.length, 1);
    const judged = answers.filter(({ network }) => network >= 0);
    const own = part(({ own, label }) => own === label), network = part(({ network, label }) => network === label, judged);
    const isTrained = this.controls.batch?.state === "finished";
    question.textContent = "That was the last one.";
    this.picture.replaceChildren();
    say(
      told, "open",
      `You were right in ${fixed(own, 0)} %, the CNN in ${fixed(network, 0)} %${isTrained ? "" : ", while it was still learning"}. The paper’s human had 96 %.`
    );
    const wrong = [...new Set(answers.map(({ label }) => label))].sort().map((label) => {
      const shown = answers.filter((answer) => answer.label === label);
      const said = (/** @type {(answer: Answer) => number} */ of) => shown.map(of)
        .filter((digit) => digit !== label && digit >= 0).join(", ") || "–";
      return element("tr", {}, element("th", { scope: "row" }, String(label)), element(
        "td", { class: "number" }, String(shown.length)
      ),
        element("td", {}, said(({ own }) => own)), element("td", {}, said(({ network }) => network)));
    });
    this.table.replaceChildren(element("table", {}, element("thead", {}, element("tr", {},
      ["digit", "shown", "you took it for", "the CNN took it for"].map((text) => element("th", { scope: "col" }, text)))), element("tbody", {}, wrong)),
      element("div", { class: "buttons" }, element("button", { type: "button", onclick: () => this.form.set({ round: String(this.form.number("round") + 1) }) }, "Another round")));
  }

  close() {
    this.isClosed = true;
    if (this.listener) removeEventListener("keydown", this.listener);
    this.controls.close();
  }
}
