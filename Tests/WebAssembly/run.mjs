// Runs Tests/Arm/kernels.c as a module of WebAssembly: node run.mjs MODULE
import { readFileSync } from "node:fs";

let memory;
const test = {
  report(name, digest) {
    const bytes = new Uint8Array(memory.buffer, name);
    const text = new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
    console.log(text.padEnd(30), BigInt.asUintN(64, digest).toString(16).padStart(16, "0"));
  },
};
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(process.argv[2])), { test });
memory = exports.memory;
process.exitCode = exports.run();
