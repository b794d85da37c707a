// @ts-check
// The core as JavaScript sees it: one instance of the module, whose functions are made from the table surface.json.

/**
 * @typedef {"text" | "integer" | "integers" | "numbers" | "floats" | "nothing"} SurfaceType
 * @typedef {{name: string, takes: SurfaceType[], gives: SurfaceType}} SurfaceFunction
 * @typedef {string | number | Float64Array | number[]} SurfaceValue
 */

/** What the core refuses, in one sentence; or, with `isFatal`, why it stopped for good. */
export class CoreError extends Error {
  /**
   * @param {string} message
   * @param {boolean} [isFatal]
   */
  constructor(message, isFatal = false) {
    super(message);
    this.name = "CoreError";
    this.isFatal = isFatal;
  }
}

/**
 * Settings as the core reads them: lines of key=value.
 * @param {Record<string, string | number | boolean | number[] | null | undefined>} settings
 * @returns {string}
 */
export function written(settings) {
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([key, value]) => {
      const text = Array.isArray(value) ? value.join(",") : typeof value === "number" ? writtenNumber(value) : value;
      return `${key}=${text}`;
    })
    .join("\n");
}

/**
 * A number so that the core reads it to the last bit: as it is with 15 digits or fewer, else as mantissa and binary exponent.
 * @param {number} value
 * @returns {string}
 */
export function writtenNumber(value) {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  const digits = String(value).replace(/e.*$/, "").replace(/[-.]/g, "").replace(/^0+/, "");
  const places = Number(value.toExponential().split("e")[1]);
  if (digits.length <= 15 && places > -8 && places < 15) return String(value);
  let exponent = 0;
  for (; !Number.isInteger(value); exponent -= 1) value *= 2;
  return `${value}p${exponent}`;
}

/** One instance of the core: one thread with memory of its own. */
export class Core {
  /**
   * @param {WebAssembly.Module} module
   * @param {SurfaceFunction[]} surface
   */
  constructor(module, surface) {
    /** @type {any} */
    this.exports = new WebAssembly.Instance(module, {}).exports;
    /** @type {Record<string, SurfaceFunction>} */
    this.surface = {};
    for (const item of surface) this.surface[item.name] = item;
    checkSurface(this.exports, surface);
  }

  /**
   * Calls a function of the surface.
   * @param {string} name
   * @param {...SurfaceValue} values
   * @returns {any} what the table says that it gives; arrays are copies
   */
  call(name, ...values) {
    const { takes, gives } = this.surface[name];
    /** @type {number[]} */
    const given = [], lent = [];
    takes.forEach((type, index) => {
      const value = values[index];
      if (type === "integer") {
        given.push(Number(value));
        return;
      }
      const bytes =
        type === "text" ? new TextEncoder().encode(String(value)) : new Uint8Array(Float64Array.from(/** @type {any} */ (value)).buffer);
      const address = this.exports.allocate(bytes.length);
      new Uint8Array(this.exports.memory.buffer, address, bytes.length).set(bytes);
      lent.push(address);
      given.push(address, type === "text" ? bytes.length : bytes.length / 8);
    });
    let count;
    try {
      count = this.exports[name](...given);
    } catch (error) {
      throw new CoreError(this.lastWords() || silentStop(error), true);
    }
    for (const address of lent) this.exports.release(address);
    if (count < 0) throw new CoreError(this.text(-count - 1));
    const { buffer } = this.exports.memory, address = this.exports.answer();
    switch (gives) {
      case "text": return this.text(count);
      case "integer": return new Int32Array(buffer, address, 1)[0];
      case "integers": return new Int32Array(buffer, address, count).slice();
      case "floats": return new Float32Array(buffer, address, count).slice();
      case "numbers": return new Float64Array(buffer, address, count).slice();
      default: return undefined;
    }
  }

  /**
   * @param {number} count
   * @returns {string}
   */
  text(count) {
    return new TextDecoder().decode(new Uint8Array(this.exports.memory.buffer, this.exports.answer(), count));
  }

  /**
   * What a module that has stopped has said.
   * @returns {string}
   */
  lastWords() {
    const bytes = new Uint8Array(this.exports.memory.buffer, this.exports.messages());
    return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0))).trim();
  }
}

/**
 * A sentence for a stop that comes with none: an index out of range, or a number that does not fit into 32 bits.
 * @param {unknown} error
 */
function silentStop(error) {
  const reason = error instanceof Error ? error.message : String(error);
  return `The core has stopped in the middle of its work (${reason}); a setting may be too large for it.`;
}

/** What a module exports besides the surface. */
const runtime = ["memory", "allocate", "release", "answer", "messages", "clearMessages", "heapBytes"];

/**
 * Refuses a module whose functions are not those of the table.
 * @param {any} exports
 * @param {SurfaceFunction[]} surface
 */
export function checkSurface(exports, surface) {
  for (const { name, takes } of surface) {
    const count = takes.reduce((sum, type) => sum + (type === "integer" ? 1 : 2), 0);
    if (exports[name]?.length !== count) {
      throw new CoreError(`The module's function ${name} should take ${count} numbers, and takes ${exports[name]?.length}.`, true);
    }
  }
  const known = new Set([...runtime, ...surface.map((item) => item.name)]);
  for (const name of Object.keys(exports)) {
    if (!known.has(name)) throw new CoreError(`The table of the surface lacks ${name}.`, true);
  }
}
