// @ts-check
// The bar below a view's settings: begin, pause, step, speed, how far it is and how long it takes.
import { Batch, estimatedSeconds, learnSlowness } from "./batch.js";
import { aboutWords, durationWords, element } from "./elements.js";

/** @typedef {{plans: import("./batch.js").Plan<any>[], steps: (plan: import("./batch.js").Plan<any>) => number, atOnce?: number}} Undertaking */

export class Controls {
  /**
   * @param {import("./lab.js").Lab} lab
   * @param {object} options
   * @param {string} options.label what the button says
   * @param {() => Undertaking} options.plan what the settings ask for
   * @param {(batch: Batch<any>) => void} options.onchange draws what there is
   * @param {() => void} [options.onbegin] called before a new beginning
   * @param {{label: string, apply: () => void, isChosen: () => boolean}[]} [options.presets]
   * @param {string} [options.stepLabel]
   * @param {import("./form.js").Form[]} options.forms what the visitor may have filled in wrongly; Enter in a field begins
   * @param {HTMLElement} [options.results] what shows the results: those of other settings than the present ones are dimmed
   */
  constructor(lab, { label, plan, onchange, onbegin, presets = [], stepLabel = "One step", forms, results }) {
    this.lab = lab;
    this.label = label;
    this.plan = plan;
    this.onchange = onchange;
    this.onbegin = onbegin;
    this.presets = presets;
    this.results = results;
    this.forms = forms;
    for (const form of forms) {
      form.onvalidity = () => this.refresh();
      form.onenter = () => { if (!this.batch?.isUnderWay) this.press(); };
    }
    /** @type {Batch<any> | undefined} */
    this.batch = undefined;
    this.primary = element("button", { type: "button", class: "primary", onclick: () => this.press() }, label);
    this.stepButton = element("button", { type: "button", onclick: () => this.step() }, stepLabel);
    this.stopButton = element("button", { type: "button", onclick: () => this.batch?.stop() }, "Stop");
    /** Says whether a change of settings has stopped something, and that the results are older. */
    this.note = element("p", { class: "hint", role: "status" });
    this.speed = element("select", { onchange: () => this.batch?.setSpeed(Number(this.speed.value)) },
      [["Infinity", "as fast as it goes"], ["100", "100 steps a second"], ["20", "20 steps a second"], ["5", "5 steps a second"]]
        .map(([value, text]) => element("option", { value }, text)));
    this.bar = element("progress", { max: 1, value: 0, "aria-label": "Progress" });
    this.status = element("span", { class: "progress-text" });
    this.fault = element("p", { class: "fault", role: "alert", hidden: true });
    this.presetButtons = presets.map((preset) =>
      element("button", { type: "button", class: "preset", onclick: () => { preset.apply(); this.settingsChanged(); } }, preset.label));
    this.element = element("div", { class: "controls" },
      presets.length > 0
        ? element("div", { class: "presets", role: "group", "aria-label": "How much to compute" }, this.presetButtons)
        : null,
      element("div", { class: "buttons" }, this.primary, this.stepButton, this.stopButton,
        element("button", { type: "button", onclick: () => this.copyLink() }, "Copy link"),
        element("label", { class: "speed" }, "Speed ", this.speed)),
      element("div", { class: "progress" }, this.bar, this.status), this.note, this.fault);
    this.isRefusing = false;
    this.estimates = 0;
    this.isClosed = false;
    this.refresh();
    this.estimate();
  }

  press() {
    if (this.batch?.state === "running") this.batch.pause();
    else if (this.batch?.state === "paused") this.batch.resume();
    else this.begin()?.start();
  }
  step() {
    if (this.batch?.isUnderWay) this.batch.step();
    else this.begin()?.step();
  }

  /** Begins anew with the settings as they are. */
  begin() {
    // What was entered last and makes no sense is not what would be computed.
    for (const form of this.forms) {
      const refusal = form.refusal(true);
      if (!refusal) continue;
      this.isRefusing = true;
      this.refresh();
      return undefined;
    }
    this.batch?.stop();
    this.note.textContent = "";
    this.results?.classList.remove("stale");
    // An estimate that is under way would come too late.
    this.estimates += 1;
    this.onbegin?.();
    try {
      const { plans, atOnce, steps } = this.plan();
      this.steps = steps;
      this.batch = new Batch(this.lab, plans, { atOnce, onchange: () => this.refresh() });
      this.batch.setSpeed(Number(this.speed.value));
    } catch (error) {
      this.batch = undefined;
      this.complain([String(/** @type {any} */ (error).message)]);
    }
    return this.batch;
  }

  /** Ends what is under way, and lets go of what is done: it was asked for with other settings. */
  settingsChanged() {
    const isShown = this.results && !this.results.hidden;
    if (this.batch?.isUnderWay) this.note.textContent = `The training was stopped, since a setting has changed.${isShown ? " The results below are of the settings before." : ""}`;
    else if (this.batch && isShown) this.note.textContent = "The results below are of the settings before.";
    this.batch?.stop();
    if (this.batch && this.learned !== this.batch) this.learn(this.batch);
    this.batch = undefined;
    this.results?.classList.add("stale");
    this.bar.value = 0;
    this.status.textContent = "";
    this.refresh();
    this.estimate();
  }

  /** Copies the address, which carries all settings. */
  async copyLink() {
    // The address is written when settings have come to rest.
    await new Promise((resume) => setTimeout(resume, 300));
    try {
      await navigator.clipboard.writeText(location.href);
      this.status.textContent = "Copied: the link carries all settings";
    } catch {
      this.status.textContent = "The address of this page carries all settings";
    }
  }

  /** Says how long it would take. */
  async estimate() {
    const number = ++this.estimates;
    // While somebody drags, nothing is measured.
    await new Promise((resume) => setTimeout(resume, 400));
    if (number !== this.estimates || this.batch?.isUnderWay || this.isClosed) return;
    try {
      await this.lesson;
      if (number !== this.estimates || this.isClosed) return;
      const seconds = await estimatedSeconds(this.lab, this.plan());
      if (number !== this.estimates || this.isClosed || this.batch?.isUnderWay) return;
      this.status.textContent = `Takes ${aboutWords(seconds)} in this browser`;
    } catch (error) {
      if (number === this.estimates && !this.isClosed) this.complain([String(/** @type {any} */ (error).message)]);
    }
  }

  /** @param {string[]} sentences */
  complain(sentences) {
    this.fault.textContent = sentences.join(" ");
    this.fault.hidden = sentences.length === 0;
  }

  refresh() {
    const { batch } = this;
    if (this.isClosed) return;
    const state = batch?.state ?? "waiting";
    this.primary.textContent = {
      running: "Pause", paused: "Resume", waiting: this.label, finished: `${this.label} again`, stopped: `${this.label} again`
    }[state];
    this.stopButton.disabled = !batch?.isUnderWay;
    this.presets.forEach((preset, index) => this.presetButtons[index].setAttribute("aria-pressed", String(preset.isChosen())));
    // The field says it when it is left; here it is said when one wants to begin.
    const refusal = this.isRefusing ? this.forms.map((form) => form.refusal()).find(Boolean) : "";
    this.isRefusing = Boolean(refusal);
    this.complain(refusal ? [refusal] : batch?.faults ?? []);
    if (!batch) return;
    this.bar.value = batch.part;
    const percent = `${Math.floor(100 * batch.part)} %`;
    const left = aboutWords(batch.secondsLeft);
    this.status.textContent = {
      waiting: "", paused: `Paused at ${percent}`, stopped: `Stopped at ${percent}`,
      running: Number.isFinite(batch.secondsLeft) && batch.speed === Infinity ? `${percent}, ${left} left` : percent,
      finished: `Done in ${durationWords(batch.seconds)}`,
    }[state];
    if ((state === "finished" || state === "stopped") && this.learned !== batch) this.learn(batch);
    this.onchange(batch);
  }

  /** @param {Batch<any>} batch that has ended */
  learn(batch) {
    this.learned = batch;
    // Where nothing can be measured, the estimate says so.
    this.lesson = learnSlowness(this.lab, batch, this.steps ?? (() => 1)).catch(() => {});
  }

  close() {
    this.isClosed = true;
    this.batch?.stop();
  }
}
