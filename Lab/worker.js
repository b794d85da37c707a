// @ts-check
// What runs in each worker: its trials take turns, some milliseconds each, so that messages are heard in between.
import { Core, CoreError, written } from "./core.js";

/** @type {Core} */
let core;

/**
 * @typedef {{
 *   key: number, handle: number, evaluateEvery: number, isRunning: boolean, stepsAllowed: number, speed: number,
 *   taken: number, total: number, pace: number, started: number, startedAt: number, rows: number[],
 *   evaluations: {step: number, values: number[]}[], lastPost: number, busy: number
 * }} Job
 */

/** @type {Map<number, Job>} */
const jobs = new Map();

/** Datasets made last, by their settings. @type {Map<string, number>} */
const datasets = new Map();

/** How long one turn of a trial lasts, in milliseconds, and how often the page hears of it. */
const turn = 12, postEvery = 40;

/**
 * @param {Record<string, any>} settings
 * @param {string | undefined} order
 * @returns {number}
 */
function dataset(settings, order) {
  const key = written(settings) + "\n" + (order ?? "");
  let handle = datasets.get(key);
  if (handle === undefined) {
    handle = order ? core.call("reordered", dataset(settings, undefined), order) : core.call("dataset", written(settings));
    if (datasets.size >= 4) {
      const [oldest, old] = [...datasets][0];
      core.call("removeDataset", old);
      datasets.delete(oldest);
    }
  } else {
    datasets.delete(key);
  }
  datasets.set(key, /** @type {number} */ (handle));
  return /** @type {number} */ (handle);
}

/** @param {any} message */
function begin({ key, kind, settings, datasetSettings, order, evaluateEvery, isRunning, speed }) {
  const handle = core.call("trial", dataset(datasetSettings, order), kind, written(settings));
  const [taken, total] = core.call("progress", handle);
  jobs.set(key, {
    key, handle, evaluateEvery, isRunning, stepsAllowed: 0, speed, taken, total, pace: 1 / turn, started: taken,
    startedAt: performance.now(), rows: [], evaluations: [], lastPost: 0, busy: 0,
  });
  return { columns: core.call("columns", handle).split(","), total };
}

/** Whether an evaluation is due after the last step taken: as in the command, after step 0, n, 2n … and the last one. */
const isDue = (/** @type {Job} */ job) =>
  job.evaluateEvery > 0 && job.taken > 0 && ((job.taken - 1) % job.evaluateEvery === 0 || job.taken === job.total);

/** One turn of a trial. @param {Job} job */
function advance(job) {
  const now = performance.now();
  let steps = Math.max(1, Math.floor(job.pace * turn));
  if (!job.isRunning) steps = Math.min(steps, job.stepsAllowed);
  if (job.isRunning && job.speed < Infinity) {
    steps = Math.min(steps, Math.floor(job.started + ((now - job.startedAt) / 1000) * job.speed) - job.taken);
  }
  if (job.evaluateEvery > 0) {
    steps = Math.min(steps, job.taken === 0 ? 1 : job.evaluateEvery - ((job.taken - 1) % job.evaluateEvery));
  }
  if (steps < 1) return false;
  for (const value of core.call("advance", job.handle, steps)) job.rows.push(value);
  const [taken] = core.call("progress", job.handle);
  const elapsed = performance.now() - now;
  job.busy += elapsed;
  // Timers may be coarse: a turn that seems to take no time is made twice as long.
  job.pace = Math.min(Math.max(elapsed > 0.5 ? (taken - job.taken) / elapsed : 2 * job.pace, 1e-3), 1e4);
  if (!job.isRunning) job.stepsAllowed -= taken - job.taken;
  job.taken = taken;
  if (isDue(job)) job.evaluations.push({ step: taken - 1, values: [...core.call("evaluate", job.handle)] });
  const isFinished = taken >= job.total;
  if (isFinished || !job.isRunning || performance.now() - job.lastPost > postEvery) {
    postMessage({
      type: "progress", key: job.key, rows: job.rows, evaluations: job.evaluations, taken, total: job.total, isFinished, busy: job.busy,
      digest: isFinished ? core.call("digest", job.handle) : undefined,
    });
    job.rows = [];
    job.evaluations = [];
    job.lastPost = performance.now();
  }
  return true;
}

const isActive = (/** @type {Job} */ job) => job.taken < job.total && (job.isRunning || job.stepsAllowed > 0);

const channel = new MessageChannel();
let isScheduled = false;
channel.port1.onmessage = () => {
  isScheduled = false;
  let hasWorked = false;
  const active = [...jobs.values()].filter(isActive);
  for (const job of active) {
    try {
      hasWorked = advance(job) || hasWorked;
    } catch (error) {
      fail(error, job.key);
      jobs.delete(job.key);
    }
  }
  if (active.length > 0) schedule(hasWorked ? 0 : 8);
};

/** @param {number} delay */
function schedule(delay = 0) {
  if (isScheduled) return;
  isScheduled = true;
  if (delay > 0) setTimeout(() => channel.port2.postMessage(0), delay);
  else channel.port2.postMessage(0);
}

/**
 * @param {any} error
 * @param {number} key
 */
function fail(error, key) {
  postMessage({
    type: "failed", key, message: String(error?.message ?? error), isFatal: !(error instanceof CoreError) || error.isFatal,
  });
}

/** @type {Record<string, (message: any) => any>} */
const requests = {
  start({ module, surface }) {
    core = new Core(module, surface);
    return core.call("kernels");
  },
  call: ({ name, values }) => core.call(name, ...values),
  begin,
  ask({ key, name, values }) {
    const job = jobs.get(key);
    if (!job) throw new CoreError("The trial is over.");
    return core.call(name, job.handle, ...values);
  },
  control({ key, isRunning, steps, speed }) {
    const job = jobs.get(key);
    if (!job) return;
    if (speed !== undefined) job.speed = speed;
    if (isRunning !== undefined) job.isRunning = isRunning;
    job.stepsAllowed = steps === undefined ? (isRunning === undefined ? job.stepsAllowed : 0) : job.stepsAllowed + steps;
    if (isRunning !== undefined || speed !== undefined) [job.started, job.startedAt] = [job.taken, performance.now()];
  },
  stop({ key }) {
    const job = jobs.get(key);
    if (job) core.call("removeTrial", job.handle);
    jobs.delete(key);
  },
  /** Microseconds of a step: the least of many short runs, so that what else the machine does counts little. */
  time({ model, steps }) {
    const handle = core.call("trial", dataset({}, undefined), "training", written({ model, steps: 1_000_000 }));
    const runs = 25, each = Math.max(1, Math.round(steps / runs));
    // The browser compiles what runs often a second time, better.
    core.call("advance", handle, steps);
    let best = Infinity;
    for (let run = 0; run < runs; run += 1) {
      const start = performance.now();
      core.call("advance", handle, each);
      best = Math.min(best, performance.now() - start);
    }
    core.call("removeTrial", handle);
    return (1000 * best) / each;
  },
};

onmessage = ({ data }) => {
  try {
    postMessage({ type: "answer", request: data.request, value: requests[data.type](data) });
  } catch (error) {
    const { message, isFatal } = /** @type {any} */ (error);
    postMessage({ type: "refusal", request: data.request, message: String(message ?? error), isFatal: isFatal ?? true });
  }
  if ([...jobs.values()].some(isActive)) schedule();
};
