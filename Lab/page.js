// @ts-check
// The page: starts the laboratory, and shows whether this browser comes to the bits of every other machine.
import { Lab } from "./lab.js";

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} line */
function show(line) {
  element("output").textContent += line + "\n";
}

async function main() {
  const lab = await Lab.start();
  // What tests and curious visitors call.
  Object.assign(window, { lab });
  element("kernels").textContent = `Kernels: ${lab.kernels}. Workers: ${lab.workers.length}.`;
  element("self-test").onclick = async () => {
    const { dataset, digests } = await lab.selfTest();
    show(`dataset ${dataset}`);
    const committed = lab.committedDigests(300);
    for (const [model, digest] of Object.entries(digests)) {
      show(`${model} ${digest} ${digest === committed[model] ? "as everywhere" : `differs from ${committed[model]}`}`);
    }
    for (const model of Object.keys(digests)) show(`${model} ${(await lab.time(model)).toFixed(1)} µs a step`);
  };
}

main().catch((error) => {
  element("kernels").textContent = `The lab cannot start: ${error.message}`;
  throw error;
});
