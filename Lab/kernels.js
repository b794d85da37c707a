// @ts-check
// Which of the three builds of the core this browser can run with the same bits as every other machine.

import { unpackedLZMA } from "./lzma.js";

/** @typedef {"relaxed" | "emulated" | "portable"} Kernels */

/** @param {string} text base64 */
export const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

// (module (func (result v128) (i8x16.splat (i32.const 0)) i8x16.popcnt))
const simdProbe = "AGFzbQEAAAABBQFgAAF7AwIBAAoKAQgAQQD9D/1iCw==";

// fused(x) tells whether the relaxed multiply-add rounds x · x − round(x · x) once: with two roundings that is 0.
const fusedProbe =
  "AGFzbQEAAAABBgFgAX0BfwMCAQAEBQFwAQEBBQMBAAIGCAF/AUGAiAQLBxICBm1lbW9yeQIABWZ1c2VkAAAKJwElAQF7IAD9EyIBIAFDAACAPyAAIACSk/0T/YUC/R8AQwAAAABcCw==";

/**
 * The fastest kernels that are exact here. Relaxed SIMD is, where the browser has it and compiles its multiply-add to a
 * fused one, which it need not; without it the emulation is exact; without any SIMD the portable kernels are.
 * @returns {Kernels}
 */
export function exactKernels() {
  if (!WebAssembly.validate(bytesOf(simdProbe))) return "portable";
  const probe = bytesOf(fusedProbe);
  if (!WebAssembly.validate(probe)) return "emulated";
  const { fused } = /** @type {any} */ (new WebAssembly.Instance(new WebAssembly.Module(probe)).exports);
  return fused(1 + 2 ** -12) ? "relaxed" : "emulated";
}

/**
 * The kernels that the page's address asks for with `#kernels=emulated` or `#kernels=portable`, else the fastest.
 * Slower ones can be asked for anywhere, `relaxed` only where they are exact.
 * @param {string} fragment
 * @returns {Kernels}
 */
export function chosenKernels(fragment) {
  const asked = /[#&]kernels=(\w+)/.exec(fragment)?.[1];
  const exact = exactKernels();
  if (asked === "portable") return "portable";
  if (asked === "emulated" && exact !== "portable") return "emulated";
  return exact;
}

/**
 * Compiles one of the modules, which the page carries packed together.
 * @param {{packed: string, sizes: Record<Kernels, number>}} modules LZMA as base64, and the bytes of each module in order
 * @param {Kernels} kernels
 * @returns {Promise<WebAssembly.Module>}
 */
export function unpackedModule({ packed, sizes }, kernels) {
  let end = 0;
  for (const [name, size] of Object.entries(sizes)) {
    end += size;
    if (name === kernels) break;
  }
  const start = end - sizes[kernels];
  return WebAssembly.compile(unpackedLZMA(bytesOf(packed), end).slice(start));
}
