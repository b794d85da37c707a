// @ts-check
// Whether this browser comes to the bits of every other machine.
import { networkAppearances } from "../appearance.js";
import { element, fixed, quotation, say, verdictPlace } from "../elements.js";
import { publishedDigest } from "./data.js";

/**
 * What each build of the core does.
 * @type {Record<string, string>}
 */
export const kernelWords = {
  relaxed: "relaxed SIMD, whose multiply-add rounds once in this browser",
  emulated: "SIMD with an exact emulation of the fused multiply-add",
  portable: "portable code without SIMD",
};

export class BitsView {
  /**
   * @param {HTMLElement} place
   * @param {import("../lab.js").Lab} lab
   */
  constructor(place, lab) {
    this.lab = lab;
    this.isClosed = false;
    this.verdict = verdictPlace();
    this.rows = element("tbody");
    this.button = element("button", { type: "button", class: "primary", onclick: () => this.compare() }, "Compare again");
    this.fault = element("p", { class: "fault", role: "alert", hidden: true });
    place.append(
      element("h1", {}, "Same bits"),
      quotation("You can reproduce the benchmarks in your browser in a few minutes.", "MNIST-1D, section 3"),
      element(
        "p", { class: "lead" },
        "The same seed gives the same weights, to the last bit, on every machine: this browser trains four networks for 300 steps and compares a digest of all their weights with the committed one, which AVX-512, AVX2, NEON and other browsers come to as well."
      ),
      element("p", {}, `This browser computes with ${kernelWords[lab.kernels]}, on ${lab.workers.length} ${lab.workers.length === 1 ? "worker" : "workers"}. Others: `,
        ["relaxed", "emulated", "portable"].filter((kernels) => kernels !== lab.kernels).flatMap((kernels, index) => [
          index > 0 ? ", " : "", element("a", { href: `#view=bits&kernels=${kernels}`, onclick: () => setTimeout(() => location.reload()) }, kernels)]), "."),
      this.verdict, this.fault,
      element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Digests" }, element("table", {},
        element(
          "thead", {},
          element("tr", {}, ["", "this browser", "every machine", "µs a step"].map((text) => element("th", { scope: "col" }, text)))
        ),
        this.rows)),
      element("div", { class: "buttons" }, this.button));
    this.compare();
  }

  async compare() {
    const { lab, rows, button, verdict } = this;
    button.disabled = true;
    this.fault.hidden = true;
    say(verdict, "open", "Comparing …");
    rows.replaceChildren();
    try {
      /** @type {Record<string, string>} */
      const committed = { dataset: publishedDigest, ...lab.committedDigests(300) };
      const { dataset, digests } = await lab.selfTest();
      if (this.isClosed) return;
      /** @type {Record<string, string>} */
      const found = { dataset, ...digests };
      const times = Object.keys(found).map((name) => {
        const isSame = found[name] === committed[name], time = element("td", { class: "number" });
        rows.append(element("tr", { class: isSame ? "holds" : "fails" },
          element("th", { scope: "row" }, networkAppearances[name]?.label ?? "dataset"),
          element("td", {}, element("code", {}, found[name])),
          element("td", {}, element("code", {}, committed[name]), " ", element("span", { class: "verdict-mark" }, isSame ? "✓ the same" : "✗ differs")), time));
        return [name, time];
      });
      const isEverywhere = Object.keys(found).every((name) => found[name] === committed[name]);
      say(verdict, isEverywhere ? "holds" : "fails", isEverywhere
        ? "All bits are those of every other machine." : "Some bits differ: please report this browser and its machine.");
      for (const [name, time] of times.slice(1)) {
        if (this.isClosed) return;
        time.textContent = await this.timeOf(name);
      }
    } catch (error) {
      this.fault.textContent = String(/** @type {any} */ (error)?.message ?? error);
      this.fault.hidden = false;
      say(verdict, "");
    }
    button.disabled = false;
  }

  /**
   * The microseconds of a step, in more steps where the browser's clock is coarse.
   * @param {string} name
   */
  async timeOf(name) {
    for (let steps = 300; steps <= 20000; steps *= 8) {
      const time = await this.lab.time(name, steps);
      if (time >= 0.05 || this.isClosed) return fixed(time, 1);
    }
    return "too short for this browser’s clock";
  }

  close() {
    this.isClosed = true;
  }
}
