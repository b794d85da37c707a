// @ts-check
// Several trials that belong together: begun so many at once, paused, stepped and stopped as one, and timed.
import { labelled } from "./datasets.js";
import { capitalized } from "./elements.js";

/**
 * @template Tag
 * @typedef {object} Plan
 * @property {import("./lab.js").TrialKind} kind
 * @property {import("./lab.js").Settings} settings
 * @property {import("./lab.js").TrialOptions} [options]
 * @property {Tag} tag what the view knows it by
 * @property {string} [name] what a failure is said of
 * @property {number} [weight] about how long it takes, compared with the others
 * @property {boolean} [isKept] whether it is asked for predictions or tensors after its end
 */

/**
 * @template Tag
 * @typedef {{plan: Plan<Tag>, trial?: import("./lab.js").Trial, fault?: string, isOver: boolean, isStopped?: boolean}} Item
 */

/** @template Tag */
export class Batch {
  /**
   * @param {import("./lab.js").Lab} lab
   * @param {Plan<Tag>[]} plans
   * @param {{atOnce?: number, onchange?: () => void}} options `onchange` is called at most once a frame
   */
  constructor(lab, plans, { atOnce = plans.length, onchange = () => {} }) {
    this.lab = lab;
    this.atOnce = Math.max(1, atOnce);
    this.onchange = onchange;
    /** @type {Item<Tag>[]} */
    this.items = plans.map((plan) => ({ plan, isOver: false }));
    /** @type {"waiting" | "running" | "paused" | "finished" | "stopped"} */
    this.state = "waiting";
    this.speed = Infinity;
    this.next = 0;
    this.active = 0;
    this.elapsed = 0;
    this.since = 0;
    this.isDrawing = false;
    this.lastDrawn = -Infinity;
    /** Whether it was slowed down or stepped, so that its seconds do not tell how fast this machine is. */
    this.isHeldBack = false;
  }

  start() {
    if (this.state !== "waiting") return;
    this.setState("running");
    this.fill();
  }
  pause() {
    if (this.state !== "running") return;
    this.setState("paused");
    for (const { trial } of this.running()) trial?.pause();
  }
  resume() {
    if (this.state !== "paused") return;
    this.setState("running");
    for (const { trial } of this.running()) trial?.resume();
    this.fill();
  }
  /**
   * Every trial takes so many steps, and pauses.
   * @param {number} steps
   */
  step(steps = 1) {
    this.isHeldBack = true;
    if (this.state === "running") this.pause();
    if (this.state === "waiting") {
      this.setState("paused");
      this.fill(steps);
      return;
    }
    if (this.state !== "paused") return;
    for (const { trial } of this.running()) trial?.step(steps);
    this.fill(steps);
  }
  /** @param {number} stepsPerSecond */
  setSpeed(stepsPerSecond) {
    this.speed = stepsPerSecond;
    this.isHeldBack ||= Number.isFinite(stepsPerSecond);
    for (const { trial } of this.running()) trial?.setSpeed(stepsPerSecond);
  }
  /** Ends all trials, those that were kept as well. */
  stop() {
    if (this.state !== "finished") this.setState("stopped");
    for (const { trial } of this.items) trial?.stop();
  }

  get isUnderWay() {
    return this.state === "running" || this.state === "paused";
  }
  /** How much of it is done, 0 … 1. */
  get part() {
    let done = 0, all = 0;
    for (const { plan, trial, isOver, isStopped } of this.items) {
      const weight = plan.weight ?? 1;
      all += weight;
      done += isOver && !isStopped ? weight : trial && trial.total > 0 ? (weight * trial.taken) / trial.total : 0;
    }
    return all > 0 ? done / all : 0;
  }
  /** The seconds for which it has run, without pauses. */
  get seconds() {
    return (this.elapsed + (this.state === "running" ? performance.now() - this.since : 0)) / 1000;
  }
  /** About how many seconds are left; NaN before one can tell. */
  get secondsLeft() {
    const { part, seconds } = this;
    return part > 0.01 && seconds > 0.3 ? (seconds * (1 - part)) / part : NaN;
  }
  /** What went wrong, each sentence once. */
  get faults() {
    return [...new Set(this.items.flatMap(({ fault }) => (fault ? [fault] : [])))];
  }

  running() {
    return this.items.filter(({ trial, isOver }) => trial && !isOver);
  }

  /** @param {Batch<Tag>["state"]} state */
  setState(state) {
    if (this.state === "running") this.elapsed += performance.now() - this.since;
    if (state === "running") this.since = performance.now();
    this.state = state;
    this.note();
  }

  /**
   * Begins what may begin now.
   * @param {number} [steps] how many steps each takes while all are paused
   */
  fill(steps = 0) {
    while (this.isUnderWay && this.active < this.atOnce && this.next < this.items.length) {
      this.active += 1;
      this.begin(this.items[this.next++], steps);
    }
    if (this.isUnderWay && this.active === 0 && this.next >= this.items.length) this.setState("finished");
  }

  /**
   * @param {Item<Tag>} item
   * @param {number} steps
   */
  async begin(item, steps) {
    const { kind, settings, options = {}, isKept, name } = item.plan;
    const isPaused = this.state === "paused";
    const { speed } = this;
    try {
      const trial = await this.lab.begin(
        kind, settings, { ...options, paused: isPaused, speed, onprogress: () => this.note() }
      );
      item.trial = trial;
      // What was chosen while the trial was made ready.
      if (this.speed !== speed) trial.setSpeed(this.speed);
      if (this.state === "stopped") trial.stop();
      else if (this.state === "paused" && !isPaused) trial.pause();
      else if (this.state === "running" && isPaused) trial.resume();
      else if (isPaused && steps > 0) trial.step(steps);
      await trial.finished;
      // What it has found is here; its memory is the next one's.
      if (!isKept) trial.stop();
    } catch (error) {
      const sentence = labelled(String(/** @type {any} */ (error)?.message ?? error));
      // What was stopped stays where it stood.
      if (this.state === "stopped") item.isStopped = true;
      else item.fault = name ? `${capitalized(name)}: ${sentence}` : sentence;
    }
    item.isOver = true;
    this.active -= 1;
    this.fill();
    this.note();
  }

  /** Lets the view draw in the next frame; twice a second where motion is unwelcome. */
  note() {
    if (this.isDrawing) return;
    this.isDrawing = true;
    const draw = () => {
      this.isDrawing = false;
      this.lastDrawn = performance.now();
      this.onchange();
    };
    const least = matchMedia("(prefers-reduced-motion: reduce)").matches ? 500 : 60;
    const wait = Math.max(0, this.lastDrawn + least - performance.now());
    // A tab that is not seen has no frames.
    setTimeout(() => (document.hidden ? draw() : requestAnimationFrame(draw)), wait);
  }
}

/**
 * Milliseconds of a step that were measured, by kind and what its time depends on.
 * @type {Map<string, Promise<number>>}
 */
const paces = new Map();

/** The settings on which the time of a step does not depend. */
const timeless = ["steps", "seed", "epochs", "outer-steps", "learning-rate", "initial-rate", "noise", "weight-decay"];

/**
 * How long a plan takes on a worker that does nothing else.
 * @param {import("./lab.js").Lab} lab
 * @param {Plan<any>} plan
 * @param {number} totalSteps
 * @returns {Promise<number>} seconds
 */
async function secondsOf(lab, plan, totalSteps) {
  const settings = Object.fromEntries(Object.entries(plan.settings).filter(([key]) => !timeless.includes(key)));
  const key = JSON.stringify([plan.kind, settings]);
  if (!paces.has(key)) paces.set(key, measuredPace(lab, plan));
  const pace = await /** @type {Promise<number>} */ (paces.get(key));
  const every = plan.options?.evaluateEvery ?? 0;
  // An evaluation goes over all examples without gradients, which takes about as long as twenty steps.
  return (pace * totalSteps * (1 + (every > 0 ? 20 / every : 0))) / 1000;
}

/** How much longer the last run took than what was measured: what else the machine does, and that workers share it. */
let slowness = 1;

/**
 * How long plans take together, by the slower of what is measured now and the last run.
 * @param {import("./lab.js").Lab} lab
 * @param {{plans: Plan<any>[], steps: (plan: Plan<any>) => number}} undertaking
 * @returns {Promise<number>} seconds
 */
export const estimatedSeconds = async (lab, undertaking) => slowness * await measuredSeconds(lab, undertaking);

/**
 * @param {import("./lab.js").Lab} lab
 * @param {{plans: Plan<any>[], steps: (plan: Plan<any>) => number}} undertaking
 */
async function measuredSeconds(lab, { plans, steps }) {
  let seconds = 0, longest = 0;
  for (const plan of plans) {
    const own = await secondsOf(lab, plan, steps(plan));
    seconds += own;
    longest = Math.max(longest, own);
  }
  return Math.max(seconds / lab.workers.length, longest);
}

/**
 * Learns from a run that has ended how long others take.
 * @param {import("./lab.js").Lab} lab
 * @param {Batch<any>} batch
 * @param {(plan: Plan<any>) => number} steps
 */
export async function learnSlowness(lab, batch, steps) {
  const { part, seconds } = batch;
  if (batch.isHeldBack || batch.faults.length > 0 || part < 0.05 || seconds < 0.5) return;
  const measured = await measuredSeconds(lab, { plans: batch.items.map(({ plan }) => plan), steps });
  slowness = Math.max(1, seconds / (measured * part));
}

/**
 * @param {import("./lab.js").Lab} lab
 * @param {Plan<any>} plan
 * @returns {Promise<number>} milliseconds
 */
async function measuredPace(lab, { kind, settings, options = {} }) {
  const trial = await lab.begin(kind, settings, { ...options, evaluateEvery: 0, paused: true });
  const upTo = async (/** @type {number} */ steps) => {
    trial.step(steps - trial.taken);
    while (trial.taken < steps) await new Promise((resume) => setTimeout(resume, 10));
    return trial.busy;
  };
  try {
    // The first step prepares, and the browser compiles what runs often a second time, better: the last and most steps count.
    let before = await upTo(1), pace = before;
    for (let more = 1; trial.taken + more <= trial.total && more <= 256 && before < 400; more *= 2) {
      const after = await upTo(trial.taken + more);
      pace = Math.max(after - before, 0.05) / more;
      before = after;
    }
    return pace;
  } finally {
    trial.stop();
  }
}
