// @ts-check
// The dataset: every setting a slider, examples and the way from template to example drawn as it moves, and downloads.
import { seriesColor } from "../appearance.js";
import { CoreError, written } from "../core.js";
import { datasetFields, datasetSettings, labelled, madeDataset, rareDatasetFields } from "../datasets.js";
import { csvFile, npzFile } from "../files.js";
import { Form } from "../form.js";
import { download, element, grouped, quotation, say, verdictPlace } from "../elements.js";
import { linkTo } from "../address.js";
import { rangeOf, signalRow, stageNames } from "../signals.js";

/** What each stage has done. */
const stageTitles = ["template", "padded", "stretched", "scaled", "shifted", "smooth noise", "white noise", "tilted", "subsampled"];

/**
 * The fields of the view.
 * @type {import("../form.js").Field[]}
 */
const ownFields = [
  {
    key: "digit", label: "Digit", kind: "choice", standard: "3",
    choices: [..."0123456789"].map((value) => ({ value, label: value }))
  },
];

export class DatasetView {
  /**
   * @param {HTMLElement} place
   * @param {import("../lab.js").Lab} lab
   * @param {import("../address.js").Address} address
   */
  constructor(place, lab, address) {
    this.lab = lab;
    this.redraws = 0;
    this.another = 0;
    this.faults = { drawing: "", making: "" };
    this.form = new Form(datasetFields, address, () => this.changed());
    this.rareForm = new Form(rareDatasetFields, address, (key) => this.rareChanged(key));
    this.digitForm = new Form(ownFields, address, () => this.draw());
    this.journey = element("div", { class: "figure-drawing" });
    this.examples = element("div", { class: "figure-drawing" });
    this.finished = element("div", { class: "figure-drawing" });
    this.fault = element("p", { class: "fault", role: "alert", hidden: true });
    this.verdict = verdictPlace();
    this.train = element("a", { class: "button" }, "Train networks on this data");
    this.downloads = ["npz", "csv"].map((ending) => element(
      "button", { type: "button", onclick: () => this.save(ending) }, `Download .${ending}`
    ));
    for (const form of [this.form, this.rareForm]) form.onvalidity = () => this.settle();
    place.append(
      element("h1", {}, "Data"),
      quotation(
        "The ideal toy dataset should be procedurally generated so that researchers can smoothly vary parameters such as background noise, translation, and resolution.",
        "MNIST-1D, introduction"
      ),
      element("div", { class: "split split-data" },
        element("section", { class: "panel", "aria-label": "Settings of the dataset" },
          this.form.element,
          element(
            "details", { open: rareDatasetFields.some(({ key }) => key in this.rareForm.changed() || this.rareForm.isComplaining(key)) }, element("summary", {}, "All other settings"),
            this.rareForm.element
          ),
          element("div", { class: "buttons" },
            element("button", { type: "button", onclick: () => this.reset() }, "The published dataset"))),
        element("div", { class: "figures" }, this.fault,
          element("figure", { class: "figure" },
            element("figcaption", {}, element("div", { class: "figure-title" }, "From a template to an example"),
              element("div", { class: "figure-subtitle" }, "Values to the right, positions downward; the transformations one after another")),
            element("div", { class: "inline-fields" }, this.digitForm.element,
              element("button", { type: "button", onclick: () => { this.another += 1; this.draw(); } }, "Another example")),
            this.journey),
          element("figure", { class: "figure in-sight" },
            element("figcaption", {}, element("div", { class: "figure-title" }, "Ten digits with these settings"),
              element("div", { class: "figure-subtitle" }, "All with the same padding, shift, tilt and noise, so that only the digit differs")), this.examples),
          element("figure", { class: "figure" },
            element("figcaption", {}, element("div", { class: "figure-title" }, "In the dataset"),
              element("div", { class: "figure-subtitle" }, "The first example of each digit in the training set, centred and normalised with all others")),
            this.finished),
          this.verdict,
          element("div", { class: "buttons" }, this.downloads, this.train))));
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.journey);
    this.changed();
  }

  /** The settings for the engine. */
  get settings() {
    return datasetSettings({ ...this.form.changed(), ...this.rareForm.changed() });
  }

  /**
   * The most padding is no less than the least: the one that is moved takes the other along.
   * @param {string} key
   */
  rareChanged(key) {
    const isPadding = key === "padding-from" || key === "padding-to";
    if (isPadding && this.rareForm.number("padding-from") > this.rareForm.number("padding-to")) {
      this.rareForm.set({ [key === "padding-from" ? "padding-to" : "padding-from"]: this.rareForm.value(key) });
    } else this.changed();
  }

  changed() {
    this.faults.making = "";
    this.draw();
    this.make();
    this.settle();
  }

  /** Says what is wrong; data that cannot be made can be neither saved nor trained on. */
  settle() {
    const sentence = this.faults.drawing || this.faults.making;
    if (this.fault.textContent !== sentence) this.fault.textContent = sentence;
    this.fault.hidden = sentence === "";
    const isPossible = sentence === "" && !this.form.refusal() && !this.rareForm.refusal();
    for (const button of this.downloads) button.disabled = !isPossible;
    for (const place of [this.verdict, this.journey, this.examples]) place.classList.toggle("stale", !isPossible);
    if (!isPossible) {
      say(this.verdict, "");
      this.train.removeAttribute("href");
      this.train.setAttribute("aria-disabled", "true");
      return;
    }
    const asked = Object.entries({
      ...this.form.changed(), ...this.rareForm.changed()
    }).map(([key, value]) => [`dataset.${key}`, value]);
    this.train.setAttribute("href", linkTo("table", Object.fromEntries(asked)));
    this.train.removeAttribute("aria-disabled");
    // What was taken back is said again.
    if (this.verdict.textContent === "") this.make();
  }

  reset() {
    for (const form of [this.form, this.rareForm]) {
      form?.set(Object.fromEntries(form.fields.map(({ key, standard }) => [key, standard])));
    }
  }

  /** Draws what takes less than a frame: examples on their own. */
  draw() {
    const width = Math.floor(this.journey.clientWidth ?? 0);
    if (width === 0) return;
    const start = performance.now();
    const { lab, rareForm, settings } = this;
    const digit = Number(this.digitForm.value("digit"));
    const seed = (Number(rareForm?.value("seed")) + 1000 * this.another) % 2147483647;
    const text = written(settings);
    const stage = (/** @type {number} */ digit, /** @type {number} */ stage) => lab.core.call("stage", digit, seed, stage, text);
    try {
      const journey = stageNames.map((_, index) => stage(digit, index));
      const longest = 12 + Number(rareForm?.value("padding-to"));
      const between = rangeOf(journey.slice(1));
      const isNarrow = width < 620;
      this.journey.innerHTML = signalRow(journey.map((signal, index) => ({
        title: stageTitles[index], signal, range: index === 0 ? rangeOf([signal]) : between, color: seriesColor(digit),
        part: index === 1 ? Math.min(1, signal.length / longest) : 1,
      })), { width, height: isNarrow ? 110 : 150, perRow: isNarrow ? 3 : 9, summary: `The digit ${digit} on its way from its template to an example, in nine steps.` });
      const examples = Array.from({ length: 10 }, (_, digit) => stage(digit, 8));
      const range = rangeOf(examples);
      this.examples.innerHTML = signalRow(examples.map(
        (signal, digit) => ({ title: String(digit), signal, range, color: seriesColor(digit) })
      ),
        { width, height: isNarrow ? 56 : 120, perRow: 10, summary: "One example of each digit, made with these settings." });
      this.complain("drawing", "");
    } catch (error) {
      this.complain("drawing", sentenceOf(error));
    }
    this.redrawTime = performance.now() - start;
  }

  /** Makes the dataset itself when the settings have come to rest. */
  async make() {
    const number = ++this.redraws;
    this.finished.classList.add("stale");
    await new Promise((resume) => setTimeout(resume, 150));
    if (number !== this.redraws) return;
    try {
      const data = await madeDataset(this.lab, this.settings);
      if (number !== this.redraws) return;
      this.drawFinished(data);
    } catch (error) {
      if (number === this.redraws) this.complain("making", sentenceOf(error));
    }
  }

  /** @param {import("../files.js").DatasetContent & {digest: string}} data */
  drawFinished(data) {
    const width = Math.floor(this.finished.clientWidth), length = data.t.length;
    const shown = Array.from({ length: 10 }, (_, digit) => {
      const index = data.y.indexOf(digit);
      return { digit, signal: index < 0 ? new Float64Array() : data.x.subarray(index * length, (index + 1) * length) };
    });
    const range = rangeOf(shown.map(({ signal }) => signal));
    this.finished.innerHTML = signalRow(shown.map(
      ({ digit, signal }) => ({ title: String(digit), signal, range, color: seriesColor(digit) })
    ),
      { width, height: 120, perRow: width < 620 ? 5 : 10, summary: "The first example of each digit in the training set." });
    this.finished.classList.remove("stale");
    const isPublished = data.digest === publishedDigest;
    say(this.verdict, isPublished ? "holds" : "open",
      `${grouped(data.y.length)} training and ${grouped(data.y_test.length)} test examples of ${length} points, digest ${data.digest}: `
      + (isPublished ? "the published dataset, with the bits of every other machine." : "the command makes the same with these settings."));
    this.settle();
  }

  /** @param {string} ending npz or csv */
  async save(ending) {
    try {
      const data = await madeDataset(this.lab, this.settings);
      download(`mnist1d.${ending}`, ending === "npz" ? npzFile(data) : await csvFile(data));
    } catch (error) {
      this.complain("making", sentenceOf(error));
    }
  }

  /**
   * @param {"drawing" | "making"} what
   * @param {string} sentence
   */
  complain(what, sentence) {
    if (this.faults[what] === sentence) return;
    this.faults[what] = sentence;
    this.settle();
  }

  close() {
    this.redraws = -1;
    this.observer.disconnect();
  }
}

/** The digest of the published dataset, by `datasetDigest`. */
export const publishedDigest = "5744183bb9b6753a";

/** @param {any} error */
const sentenceOf = (error) => (error instanceof CoreError ? labelled(error.message) : `The page has a fault: ${error?.message ?? error}.`);
