// @ts-check
// Lottery tickets: a network is pruned and trained again, sparser and sparser, and its mask is seen.
import { lotteryAppearances } from "../appearance.js";
import { capitalized, element, fixed, listed } from "../elements.js";
import { escaped } from "../figure.js";
import { columnOf, StudyView } from "./study.js";

/** @typedef {{hidden: number, masks: Uint8Array[], isAsking: boolean}} MaskState a network's masks by their rounds, as far as they are known */

export class LotteryView extends StudyView {
  /** @param {ConstructorParameters<typeof StudyView>} given */
  constructor(...given) {
    super(...given);
    /** @type {Record<string, MaskState>} */
    this.states = {};
    /** Whether the masks of the newest round are shown, or those of one that was chosen. */
    this.isNewest = true;
  }

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
        {
          key: "hidden", label: "Width", kind: "number", standard: "200", min: 4, max: 1000, step: 1,
          hint: "Hidden units of the network."
        },
        {
          key: "sparsities", label: "Rounds", kind: "number", standard: "12", min: 2, max: 200, step: 1,
          hint: "From no weight pruned to all of them."
        },
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
    const asked = this.lab.settingsOf("lottery").find(({ key }) => key === "network")?.kind.split("|") ?? ["lottery", "random"];
    return asked.map((value) => ({ value, label: lotteryAppearances[value]?.label ?? value }));
  }

  parts() {
    this.rounds = element("input", { type: "range", min: 0, max: 0, step: 1, "aria-label": "Round whose masks are shown", oninput: () => {
      this.isNewest = this.rounds.value === this.rounds.max;
      this.controls.batch?.note();
    } });
    this.masks = element("div", { class: "masks" });
    this.neighbours = element("p", { class: "hint" });
    return [...super.parts(), element("figure", { class: "figure" },
      element("figcaption", {}, element("div", { class: "figure-title" }, "What is left of the first layer"),
        element("div", { class: "figure-subtitle" }, "A column for each unit, a row for each of the 40 inputs; dark is left. Units with many neighbours stand first")),
      element("label", { class: "inline-range" }, "Round ", this.rounds), this.masks, this.neighbours)];
  }

  forget() {
    this.states = {};
    this.isNewest = true;
  }

  plan() {
    const form = this.form;
    const { networks: _, ...changed } = form.changed();
    const settings = {
      ...changed, hidden: form.number("hidden"), sparsities: form.number("sparsities"), steps: form.number("steps")
    };
    const plans = form.list("networks").map((network) => ({
      kind: /** @type {const} */ ("lottery"), settings: { ...settings, network }, tag: { network }, isKept: true,
    }));
    return { plans, steps: () => settings.sparsities * (settings.steps + 1) };
  }

  /**
   * Asks for the mask with which a network is trained now, unless it is known.
   * @param {string} network
   * @param {import("../lab.js").Trial | undefined} trial
   */
  async look(network, trial) {
    const { states } = this, round = trial?.rows.length ?? 0;
    if (!trial || round >= Number(trial.settings.sparsities)) return;
    const state = (states[network] ??= { hidden: Number(trial.settings.hidden), masks: [], isAsking: false });
    if (state.isAsking || state.masks[round]) return;
    state.isAsking = true;
    try {
      const mask = Uint8Array.from(await trial.tensor("mask.linear1.weight"));
      // It tells itself which round it belongs to.
      const pruned = mask.filter((value) => value === 0).length / mask.length;
      state.masks[Math.round(pruned * (Number(trial.settings.sparsities) - 1))] = mask;
      if (!this.isClosed) this.controls.batch?.note();
    } catch {
      // The search was stopped in between.
    }
    state.isAsking = false;
  }

  /** @param {import("../batch.js").Batch<{network: string}>} batch */
  draw(batch) {
    const searches = batch.items.map(
      ({ plan, trial }) => ({ network: plan.tag.network, trial, ...lotteryAppearances[plan.tag.network] })
    );
    for (const { network, trial } of searches) this.look(network, trial);
    const panel = (/** @type {string} */ label, /** @type {string} */ column, isLogarithmic = false) => ({
      x: { label: "part of the weights that is pruned", from: 0, to: 1 }, y: { label, isLogarithmic },
      marks: searches.map(({ trial, label, color, marker, dash, short }) => ({
        kind: /** @type {const} */ ("line"), label, color, marker, dash, endLabel: short, x: columnOf(trial, "sparsity"),
        y: columnOf(trial, column),
      })),
    });
    this.figure.draw({
      title: "Sparser and sparser", subtitle: "After the last step of each round",
      panels: [panel("test accuracy (%)", "test-accuracy"), panel("test loss", "test-loss", true)], columns: 2, aspect: 0.6,
      summary: `Test accuracy and test loss against sparsity, for networks ${listed(searches.map(({ label }) => label))}.`,
    });
    this.drawMasks(searches);
    this.judge(batch, () => this.verdictOn(searches));
  }

  /** @param {{network: string, label: string, trial?: import("../lab.js").Trial}[]} searches */
  drawMasks(searches) {
    const seen = searches.filter(({ network }) => this.states[network]?.masks.length > 0);
    const count = Number(searches[0].trial?.settings.sparsities ?? 2);
    // The last mask of all has nothing left to see.
    const newest = Math.min(count - 2, ...seen.map(({ network }) => this.states[network].masks.length - 1));
    this.rounds.max = String(Math.max(newest, 0));
    if (this.isNewest) this.rounds.value = this.rounds.max;
    const round = this.rounds.valueAsNumber;
    this.rounds.setAttribute("aria-valuetext", `${fixed((100 * round) / (count - 1), 0)} % pruned`);
    const shown = seen.flatMap(({ network, label }) => {
      // Of rounds that pass faster than one can ask, the one before is shown.
      const { hidden, masks } = this.states[network];
      let known = round;
      while (known >= 0 && !masks[known]) known -= 1;
      return known < 0 ? [] : [{ label: capitalized(label), hidden, mask: masks[known], pruned: known / (count - 1) }];
    });
    this.masks.innerHTML = shown
      .map(
        ({ label, hidden, mask, pruned }) => `<div>${maskMarkup(mask, hidden, `${label}, ${fixed(100 * pruned, 0)} % pruned`)}</div>`
      )
      .join("");
    this.neighbours.textContent = shown
      .map(
        ({ label, mask }) => `${label}: of all pairs of neighbouring inputs ${fixed(100 * neighbourPart(mask, 40), 1)} % are left together.`
      )
      .join(" ");
  }

  /**
   * @param {{network: string, label: string, trial?: import("../lab.js").Trial}[]} searches
   * @returns {{mark: "holds" | "open", text: string}}
   */
  verdictOn(searches) {
    const [ticket] = searches.filter(({ network }) => network === "lottery");
    const results = searches.map(({ label, trial }) => {
      const accuracy = columnOf(trial, "test-accuracy"), sparsity = columnOf(trial, "sparsity");
      const best = accuracy.slice(1).reduce((best, value, index) => (value > accuracy[best] ? index + 1 : best), 1);
      return { label, dense: accuracy[0], best: accuracy[best], at: sparsity[best] };
    });
    const text = results
      .map(
        ({ label, dense, best, at }) => `The ${label.replace("pruned", "network pruned")} has ${fixed(dense)} % when dense and at best ${fixed(best)} %, with ${fixed(100 * at, 0)} % of its weights pruned.`
      )
      .join(" ");
    const own = ticket && results[searches.indexOf(ticket)];
    if (!own || own.best < own.dense || own.at < 0.5) return { mark: "open", text };
    return { mark: "holds", text: `${text} The sparse network is as good as the dense one, or better.` };
  }
}

/**
 * How many of the pairs of neighbours in each row are there together.
 * @param {Uint8Array} values
 * @param {number} inputs
 */
function neighbourPart(values, inputs) {
  let pairs = 0;
  for (let at = 0; at < values.length; at += 1) if (at % inputs > 0 && values[at] && values[at - 1]) pairs += 1;
  return pairs / ((values.length / inputs) * (inputs - 1));
}

/**
 * A mask as a picture.
 * @param {Uint8Array} values [hidden, 40]
 * @param {number} hidden
 * @param {string} title
 */
function maskMarkup(values, hidden, title) {
  const inputs = values.length / hidden;
  const pairs = Array.from(
    { length: hidden }, (_, unit) => neighbourPart(values.subarray(unit * inputs, (unit + 1) * inputs), inputs)
  );
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
