// Runs the modules of Lab/lab.html in node, without a browser: the trials of trials.json, and settings that make no sense.
//
//     node check.mjs        says what differs, and ends with 1 if anything does
import { readFileSync } from "node:fs";

import { Core, CoreError, written } from "./core.js";
import { exactKernels, unpackedModule } from "./kernels.js";

/** @param {string} name */
const beside = (name) => readFileSync(new URL(name, import.meta.url), "utf8");

const modules = JSON.parse(/** @type {any} */ (/^globalThis\.labModules = (.*);$/m.exec(beside("lab.html")))[1]);
const surface = JSON.parse(beside("surface.json"));
/** @type {any[]} */
const trials = JSON.parse(beside("trials.json"));
const kinds = ["training", "pooling", "double-descent", "lottery", "metalearn-lr", "metalearn-activation"];

/** Settings of each type that make no sense, or next to none. @type {Record<string, string[]>} */
const hostile = {
  integer: ["-1", "0", "1000000000", "2147483648", "1e3", "", "٣", "-"],
  number: ["-1", "0", "1e22", "1e-22", "1e999", "nan", "0x1p3", "1.2.3", "", "."],
  integers: ["", ",", "0", "-1,5", "5,-1", "1000000000", "a,b"],
  flag: ["yes", "TRUE", "", "1"],
  choice: ["", "other", "\u0301"],
};

/** What a trial ends with: its digest, or the sentence that refuses it. */
function outcome(/** @type {Core} */ core, /** @type {any} */ { kind, dataset, order, settings, advance }) {
  try {
    let data = core.call("dataset", written(dataset ?? {}));
    if (order) data = core.call("reordered", data, order);
    const trial = core.call("trial", data, kind, written(settings));
    core.call("advance", trial, advance ?? 2147483647);
    const digest = core.call("digest", trial);
    core.call("removeTrial", trial);
    core.call("removeDataset", data);
    return digest;
  } catch (error) {
    if (error instanceof CoreError && !error.isFatal) return error.message;
    throw error;
  }
}

/** How many of the settings of a kind, or of a dataset, are refused. */
function refusals(/** @type {Core} */ core, /** @type {string | undefined} */ kind) {
  const text = kind ? core.call("trialSettings", kind) : core.call("datasetSettings");
  const data = core.call("dataset", "num-samples=40");
  let count = 0;
  for (const line of text.split("\n")) {
    const [key, type] = line.split(" ");
    for (const value of hostile[type] ?? hostile.choice) {
      try {
        if (kind) core.call("removeTrial", core.call("trial", data, kind, `${key}=${value}`));
        else core.call("removeDataset", core.call("dataset", `num-samples=20\n${key}=${value}`));
      } catch (error) {
        if (!(error instanceof CoreError) || error.isFatal) throw new Error(`${kind} ${key}=${value}: ${error}`);
        count += 1;
      }
    }
  }
  core.call("removeDataset", data);
  return count;
}

let faults = 0;
for (const kernels of new Set([exactKernels(), /** @type {"portable"} */ ("portable")])) {
  const core = new Core(await unpackedModule(modules, kernels), surface);
  for (const entry of trials) {
    const found = outcome(core, entry), right = entry.digest ?? entry.refusal;
    if (found === right) continue;
    faults += 1;
    console.log(`FAULT   ${kernels}: ${entry.kind} ${JSON.stringify(entry.settings)}: ${found}, should be ${right}`);
  }
  const refused = [undefined, ...kinds].reduce((sum, kind) => sum + refusals(core, kind), 0);
  console.log(`ok      node, ${kernels} kernels: ${trials.length} trials compared, and ${refused} settings refused in words`);
}
process.exitCode = faults > 0 ? 1 : 0;
