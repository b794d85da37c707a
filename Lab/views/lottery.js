// @ts-check
// Lottery tickets: a network is pruned and trained again, sparser and sparser, and its mask is seen.
import { lotteryAppearances } from "../appearance.js";
import { capitalized, element, fixed, listed } from "../elements.js";
import { escaped } from "../figure.js";
import { columnOf, StudyView } from "./study.js";

/** @typedef {{round: number, hidden: number, values: Float32Array}} MaskState */

export class LotteryView extends StudyView {
  /** @returns {import("./study.js").StudyDescription} */
  get description() {
    return {
      title: "Lottery tickets",
      sentence: "The authors report finding sparse subnetworks inside of larger networks that train to equivalent or even higher accuracies.",
      source: "MNIST-1D, section 4",
      lead: "Train a network, prune its smallest weights, put the others back to where they began, train again. The masks below show which weights of the first layer are left.",
      label: "Prune",
      fields: [
        { key: "networks", label: "Pruned", kind: "checks", standard: "lottery,random", choices: this.kinds },
        { key: "hidden", label: "Width", kind: "number", standard: "200", min: 4, max: 1000, step: 1, hint: "Hidden units of the network." },
        { key: "sparsities", label: "Rounds", kind: "number", standard: "12", min: 2, max: 200, step: 1, hint: "From no weight pruned to all of them." },
        { key: "steps", label: "Steps of a round", kind: "number", standard: "600", min: 1, max: 20000, step: 1 },
      ],
      rareFields: [
        { key: "learning-rate", label: "Learning rate", kind: "number", standard: "0.02", min: 1e-6, max: 10, step: 0.01 },
        { key: "seed", label: "Seed", kind: "number", standard: "42", min: 0, max: 2147483647, step: 1 },
      ],
      presets: [
        { label: "Quick: 12 rounds of 600 steps", values: { hidden: "200", sparsities: "12", steps: "600" } },
        { label: "As in the paper: 100 rounds of 1501 steps", values: { hidden: "500", sparsities: "100", steps: "1501" } },
      ],
    };
  }

  /** The ways of pruning that the engine has. */
  get kinds() {
    const asked = this.lab?.settingsOf("lottery").find(({ key }) => key === "network")?.kind.split("|") ?? ["lottery", "random"];
    return asked.map((value) => ({ value, label: lotteryAppearances[value]?.label ?? value }));
  }

  parts() {
    this.masks = element("div", { class: "masks" });
    this.neighbours = element("p", { class: "hint" });
    return [...super.parts(), element("figure", { class: "figure" },
      element("figcaption", {}, element("div", { class: "figure-title" }, "What is left of the first layer"),
        element("div", { class: "figure-subtitle" }, "A column for each unit, a row for each of the 40 inputs; dark is left. Units with many neighbours stand first")),
      this.masks, this.neighbours)];
  }

  forget() {
    /** The mask of each network as far as it is known. @type {Record<string, MaskState>} */
    this.states = {};
  }

  plan() {
    const form = /** @type {import("../form.js").Form} */ (this.form);
    const { networks: _, ...changed } = form.changed();
    const settings = { ...changed, hidden: form.number("hidden"), sparsities: form.number("sparsities"), steps: form.number("steps") };
    const plans = form.list("networks").map((network) => ({
      kind: /** @type {const} */ ("lottery"), settings: { ...settings, network }, tag: { network }, isKept: true,
    }));
    return { plans, steps: () => settings.sparsities * (settings.steps + 1) };
  }

  /** Asks for the mask of the round that is trained now. @param {string} network @param {import("../lab.js").Trial | undefined} trial */
  async look(network, trial) {
    const states = this.states, round = trial?.rows.length ?? 0;
    // The last mask has nothing left to see.
    if (!trial || !states || states[network]?.round === round || round === Number(trial.settings.sparsities)) return;
    const hidden = Number(trial.settings.hidden);
    states[network] = { round, hidden, values: states[network]?.values ?? new Float32Array(40 * hidden).fill(1) };
    try {
      states[network].values = await trial.tensor("mask.linear1.weight");
      if (!this.isClosed) this.controls?.batch?.note();
    } catch {
      // The search was stopped in between.
    }
  }

  /** @param {import("../batch.js").Batch<{network: string}>} batch */
  draw(batch) {
    const searches = batch.items.map(({ plan, trial }) => ({ network: plan.tag.network, trial, ...lotteryAppearances[plan.tag.network] }));
    for (const { network, trial } of searches) this.look(network, trial);
    const panel = (/** @type {string} */ label, /** @type {string} */ column, isLogarithmic = false) => ({
      x: { label: "part of the weights that is pruned", from: 0, to: 1 }, y: { label, isLogarithmic },
      marks: searches.map(({ trial, label, color, marker, dash, short }) => ({
        kind: /** @type {const} */ ("line"), label, color, marker, dash, endLabel: short, x: columnOf(trial, "sparsity"), y: columnOf(trial, column),
      })),
    });
    this.figure?.draw({
      title: "Sparser and sparser", subtitle: "After the last step of each round",
      panels: [panel("test accuracy (%)", "test-accuracy"), panel("test loss", "test-loss", true)], columns: 2, aspect: 0.6,
      summary: `Test accuracy and test loss against sparsity, for networks ${listed(searches.map(({ label }) => label))}.`,
    });
    this.drawMasks(searches);
    this.judge(batch, () => this.verdictOn(searches));
  }

  /** @param {{network: string, label: string, trial?: import("../lab.js").Trial}[]} searches */
  drawMasks(searches) {
    const states = this.states ?? {};
    const seen = searches.filter(({ network }) => states[network]);
    this.masks?.replaceChildren(...seen.map(({ network, label, trial }) => {
      const { hidden, values, round } = states[network];
      const count = Number(trial?.settings.sparsities), pruned = count > 1 ? round / (count - 1) : 0;
      const figure = element("div");
      figure.innerHTML = maskMarkup(values, hidden, `${capitalized(label)}, ${fixed(100 * pruned, 0)} % pruned`);
      return figure;
    }));
    if (!this.neighbours) return;
    this.neighbours.textContent = seen.map(({ network, label }) => `${capitalized(label)}: of all pairs of neighbouring inputs ${fixed(100 * neighbourPart(states[network].values, 40), 1)} % are left together.`).join(" ");
  }

  /** @param {{network: string, label: string, trial?: import("../lab.js").Trial}[]} searches */
  verdictOn(searches) {
    const [ticket] = searches.filter(({ network }) => network === "lottery");
    const results = searches.map(({ label, trial }) => {
      const accuracy = columnOf(trial, "test-accuracy"), sparsity = columnOf(trial, "sparsity");
      const best = accuracy.slice(1).reduce((best, value, index) => (value > accuracy[best] ? index + 1 : best), 1);
      return { label, dense: accuracy[0], best: accuracy[best], at: sparsity[best] };
    });
    const text = results.map(({ label, dense, best, at }) => `The ${label.replace("pruned", "network pruned")} has ${fixed(dense)} % when dense and at best ${fixed(best)} %, with ${fixed(100 * at, 0)} % of its weights pruned.`).join(" ");
    const own = ticket && results[searches.indexOf(ticket)];
    if (!own) return { mark: /** @type {const} */ ("open"), text };
    const holds = own.best >= own.dense && own.at >= 0.5;
    return { mark: /** @type {const} */ (holds ? "holds" : "open"), text: text + (holds ? " The sparse network is as good as the dense one, or better." : "") };
  }
}

/** How many of the pairs of neighbours in each row are there together. @param {Float32Array} values @param {number} inputs */
function neighbourPart(values, inputs) {
  let pairs = 0;
  for (let at = 0; at < values.length; at += 1) if (at % inputs > 0 && values[at] && values[at - 1]) pairs += 1;
  return pairs / ((values.length / inputs) * (inputs - 1));
}

/**
 * A mask as a picture.
 * @param {Float32Array} values [hidden, 40]
 * @param {number} hidden
 * @param {string} title
 */
function maskMarkup(values, hidden, title) {
  const inputs = values.length / hidden;
  const pairs = Array.from({ length: hidden }, (_, unit) => neighbourPart(values.subarray(unit * inputs, (unit + 1) * inputs), inputs));
  const order = pairs.map((_, unit) => unit).sort((one, other) => pairs[other] - pairs[one]);
  let data = "";
  for (let input = 0; input < inputs; input += 1) {
    for (let at = 0; at < hidden; at += 1) {
      const isLeft = (/** @type {number} */ place) => place < hidden && values[order[place] * inputs + input] !== 0;
      if (!isLeft(at)) continue;
      let end = at + 1;
      while (isLeft(end)) end += 1;
      data += `M${at} ${input}h${end - at}v1h${at - end}z`;
      at = end;
    }
  }
  return `<div class="figure-subtitle">${escaped(title)}</div><svg class="mask" viewBox="0 0 ${hidden} ${inputs}" preserveAspectRatio="none" role="img" aria-label="${escaped(title)}"><path d="${data}"/></svg>`;
}
