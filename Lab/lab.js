// @ts-check
// The laboratory as the page sees it: workers, one for each core, and the trials that run on them.
import { Core, CoreError } from "./core.js";
import { chosenKernels, unpackedModule } from "./kernels.js";

/**
 * @typedef {import("./core.js").SurfaceFunction} SurfaceFunction
 * @typedef {import("./kernels.js").Kernels} Kernels
 * @typedef {Record<string, string | number | boolean | number[] | null | undefined>} Settings
 * @typedef {"training" | "pooling" | "double-descent" | "lottery" | "metalearn-lr" | "metalearn-activation"} TrialKind
 * @typedef {{step: number, trainLoss: number, trainAccuracy: number, testLoss: number, testAccuracy: number}} Evaluation
 */

/**
 * @typedef {object} TrialOptions
 * @property {Settings} [dataset] the settings of the dataset; those left out are the published dataset's
 * @property {"shuffled" | "reversed" | "swapped"} [order] the order of its columns, if not as generated
 * @property {number} [evaluateEvery] every how many steps to evaluate, from step 0 on and after the last; never without it
 * @property {boolean} [paused] whether to wait for `resume` or `step`
 * @property {number} [speed] the most steps per second
 * @property {(trial: Trial) => void} [onprogress] called when there is news, at most some 25 times a second
 */

/** A training or a search on one of the workers. */
export class Trial {
  /**
   * @param {Lab} lab
   * @param {number} key
   * @param {TrialKind} kind
   * @param {Settings} settings
   * @param {TrialOptions} options
   */
  constructor(lab, key, kind, settings, options) {
    this.lab = lab;
    this.key = key;
    this.kind = kind;
    this.settings = settings;
    this.options = options;
    /** The names of the numbers in a row. @type {string[]} */
    this.columns = [];
    /** One row of results after the other, as far as there are any. @type {number[][]} */
    this.rows = [];
    /** @type {Evaluation[]} */
    this.evaluations = [];
    /** How many steps were taken, and how many there are in all. */
    this.taken = 0;
    this.total = 0;
    /** The milliseconds that its steps have taken so far. */
    this.busy = 0;
    /** The digest of what it has learned in the end. @type {string | undefined} */
    this.digest = undefined;
    this.isPaused = options.paused ?? false;
    this.isFinished = false;
    /** Ends with the trial itself after its last step, or with what went wrong. @type {Promise<Trial>} */
    this.finished = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.finished.catch(() => {});
    /** @type {PoolWorker | undefined} */
    this.worker = undefined;
  }

  pause() {
    this.isPaused = true;
    return this.control({ isRunning: false });
  }
  resume() {
    this.isPaused = false;
    return this.control({ isRunning: true });
  }
  /** Takes so many steps and pauses. @param {number} steps */
  step(steps = 1) {
    this.isPaused = true;
    return this.control({ isRunning: false, steps });
  }
  /** @param {number} stepsPerSecond Infinity for as fast as it goes */
  setSpeed(stepsPerSecond) {
    return this.control({ speed: stepsPerSecond });
  }
  /** Ends the trial before its last step, and frees its memory. */
  async stop() {
    this.lab.trials.delete(this.key);
    await this.worker?.request({ type: "stop", key: this.key });
    if (!this.isFinished) this.reject?.(new CoreError("The trial was stopped."));
  }

  /** @returns {Promise<Evaluation>} */
  async evaluate() {
    return evaluation(this.taken - 1, await this.ask("evaluate"));
  }
  /**
   * The probabilities of the ten classes.
   * @param {ArrayLike<number>} signal as many points as an example has
   * @returns {Promise<Float64Array>}
   */
  predict(signal) {
    return this.ask("predict", signal.length, Float64Array.from(signal));
  }
  /**
   * The digest of the weights as they are now.
   * @returns {Promise<string>}
   */
  digestNow() {
    return this.ask("digest");
  }
  /**
   * The names and shapes of what can be read with `tensor`.
   * @returns {Promise<{name: string, shape: number[]}[]>}
   */
  async tensors() {
    const text = await this.ask("tensors");
    return text.split("\n").map((/** @type {string} */ line) => {
      const [name, ...shape] = line.split(" ");
      return { name, shape: shape.map(Number) };
    });
  }
  /**
   * @param {string} name
   * @returns {Promise<Float32Array>}
   */
  tensor(name) {
    return this.ask("tensor", name);
  }

  /**
   * @param {string} name
   * @param {...any} values
   * @returns {Promise<any>}
   */
  ask(name, ...values) {
    if (!this.worker) return Promise.reject(new CoreError("The trial has not begun."));
    return this.worker.request({ type: "ask", key: this.key, name, values });
  }
  /** @param {object} message */
  control(message) {
    return this.worker?.request({ type: "control", key: this.key, ...message });
  }

  /** @param {any} message */
  note({ rows, evaluations, taken, total, isFinished, digest, busy }) {
    for (let at = 0; at < rows.length; at += this.columns.length) this.rows.push(rows.slice(at, at + this.columns.length));
    for (const { step, values } of evaluations) this.evaluations.push(evaluation(step, values));
    [this.taken, this.total, this.busy] = [taken, total, busy];
    if (isFinished) {
      this.isFinished = true;
      this.digest = digest;
    }
    this.options.onprogress?.(this);
    if (isFinished) this.resolve?.(this);
  }
}

/**
 * @param {number} step
 * @param {ArrayLike<number>} values
 * @returns {Evaluation}
 */
function evaluation(step, values) {
  return { step, trainLoss: values[0], trainAccuracy: values[1], testLoss: values[2], testAccuracy: values[3] };
}

/** A worker with the requests that it has not answered yet. */
class PoolWorker {
  /**
   * @param {Lab} lab
   * @param {string} source
   */
  constructor(lab, source) {
    this.lab = lab;
    this.source = source;
    this.start();
  }

  start() {
    /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
    this.waiting = new Map();
    this.next = 0;
    this.worker = new Worker(this.source);
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = (event) => this.lab.restart(this, `The worker stopped: ${event.message}.`);
    this.ready = this.request({ type: "start", module: this.lab.module, surface: this.lab.surface });
  }

  /**
   * @param {object} message
   * @returns {Promise<any>}
   */
  request(message) {
    return new Promise((resolve, reject) => {
      const request = this.next++;
      this.waiting.set(request, { resolve, reject });
      this.worker.postMessage({ ...message, request });
    });
  }

  /** @param {any} data */
  hear(data) {
    if (data.type === "progress") {
      this.lab.trials.get(data.key)?.note(data);
      return;
    }
    if (data.type === "failed") {
      const trial = this.lab.trials.get(data.key);
      this.lab.trials.delete(data.key);
      trial?.reject?.(new CoreError(data.message));
    } else {
      const { resolve, reject } = /** @type {any} */ (this.waiting.get(data.request));
      this.waiting.delete(data.request);
      if (data.type === "answer") resolve(data.value);
      else reject(new CoreError(data.message, data.isFatal));
    }
    if (data.isFatal) this.lab.restart(this, data.message);
  }
}

/** The laboratory: `await Lab.start()`. */
export class Lab {
  /**
   * @param {Kernels} kernels
   * @param {WebAssembly.Module} module
   * @param {SurfaceFunction[]} surface
   */
  constructor(kernels, module, surface) {
    /** Which build of the core is in use. */
    this.kernels = kernels;
    this.module = module;
    this.surface = surface;
    /** A core of the page's own, for what takes less than a frame: `lab.core.call("stage", …)`. */
    this.core = new Core(module, surface);
    /** @type {Map<number, Trial>} */
    this.trials = new Map();
    /** @type {PoolWorker[]} */
    this.workers = [];
    this.nextKey = 0;
  }

  /**
   * @param {{fragment?: string, workers?: number}} [options]
   * @returns {Promise<Lab>}
   */
  static async start({ fragment = location.hash, workers = navigator.hardwareConcurrency || 2 } = {}) {
    const kernels = chosenKernels(fragment);
    const { labModules, labSurface } = /** @type {any} */ (globalThis);
    const lab = new Lab(kernels, await unpackedModule(labModules, kernels), labSurface);
    const text = /** @type {HTMLElement} */ (document.getElementById("worker")).textContent ?? "";
    const source = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    for (let index = 0; index < Math.max(1, workers); index += 1) lab.workers.push(new PoolWorker(lab, source));
    await Promise.all(lab.workers.map((worker) => worker.ready));
    return lab;
  }

  /**
   * Begins a trial on the worker with the fewest.
   * @param {TrialKind} kind
   * @param {Settings} [settings]
   * @param {TrialOptions} [options]
   * @returns {Promise<Trial>}
   */
  async begin(kind, settings = {}, options = {}) {
    const trial = new Trial(this, this.nextKey++, kind, settings, options);
    trial.worker = this.leastBusy();
    this.trials.set(trial.key, trial);
    try {
      const { columns, total } = await trial.worker.request({
        type: "begin", key: trial.key, kind, settings, datasetSettings: options.dataset ?? {}, order: options.order,
        evaluateEvery: options.evaluateEvery ?? 0, isRunning: !trial.isPaused, speed: options.speed ?? Infinity,
      });
      [trial.columns, trial.total] = [columns, total];
    } catch (error) {
      this.trials.delete(trial.key);
      throw error;
    }
    return trial;
  }

  leastBusy() {
    const load = (/** @type {PoolWorker} */ worker) =>
      [...this.trials.values()].filter((trial) => trial.worker === worker && !trial.isFinished).length;
    return this.workers.reduce((best, worker) => (load(worker) < load(best) ? worker : best));
  }

  /**
   * Replaces a worker whose core has stopped; its trials end with the reason.
   * @param {PoolWorker} worker
   * @param {string} reason
   */
  restart(worker, reason) {
    worker.worker.terminate();
    const error = new CoreError(reason, true);
    for (const [key, trial] of this.trials) {
      if (trial.worker !== worker) continue;
      this.trials.delete(key);
      if (!trial.isFinished) trial.reject?.(error);
    }
    for (const { reject } of worker.waiting.values()) reject(error);
    worker.start();
  }

  /**
   * The settings that a kind of trial, or a dataset, takes, with what they are where they are left out.
   * @param {TrialKind | "dataset"} kind
   * @returns {{key: string, kind: string, standard: string}[]} `kind` is integer, integers, number, flag or names separated by |
   */
  settingsOf(kind) {
    const text = kind === "dataset" ? this.core.call("datasetSettings") : this.core.call("trialSettings", kind);
    return text.split("\n").map((/** @type {string} */ line) => {
      const [key, type, standard] = line.split(" ");
      return { key, kind: type, standard };
    });
  }

  /**
   * The digests that every machine comes to, by model, after 10 or 300 steps.
   * @param {10 | 300} steps
   * @returns {Record<string, string>}
   */
  committedDigests(steps) {
    /** @type {Record<string, string>} */
    const digests = {};
    for (const line of this.core.call("committedDigests").split("\n")) {
      const [model, count, digest] = line.split(" ");
      if (Number(count) === steps) digests[model] = digest;
    }
    return digests;
  }

  /**
   * The digests of this browser: of the published dataset, and of the four models' weights after 300 steps.
   * @returns {Promise<{kernels: Kernels, dataset: string, digests: Record<string, string>}>}
   */
  async selfTest() {
    const models = ["logistic", "mlp", "cnn", "gru"];
    /** @type {Record<string, string>} */
    const digests = {};
    await Promise.all(
      models.map(async (model) => {
        const trial = await this.begin("training", { model, seed: 42, steps: 299 });
        digests[model] = (await trial.finished).digest ?? "";
        await trial.stop();
      }));
    const number = this.core.call("dataset", "");
    const dataset = this.core.call("datasetDigest", number);
    this.core.call("removeDataset", number);
    return { kernels: this.kernels, dataset, digests: Object.fromEntries(models.map((model) => [model, digests[model]])) };
  }

  /**
   * How long a training step takes on one worker.
   * @param {string} model
   * @param {number} [steps]
   * @returns {Promise<number>} microseconds
   */
  time(model, steps = 300) {
    return this.workers[0].request({ type: "time", model, steps });
  }
}
