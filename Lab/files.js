// @ts-check
// Datasets as files, byte for byte as `mnist1d generate` writes them (DataFormats/NPZ.swift, Dataset+CSV.swift).

/**
 * @typedef {object} DatasetContent
 * @property {Float64Array} x row by row
 * @property {Int32Array} y
 * @property {Float64Array} x_test
 * @property {Int32Array} y_test
 * @property {Float64Array} t
 * @property {Float64Array} templates_x
 * @property {Float64Array} templates_t
 * @property {Int32Array} templates_y
 */

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let value = 0xffffffff;
  for (let index = 0; index < bytes.length; index += 1) value = (value >>> 8) ^ crcTable[(value ^ bytes[index]) & 255];
  return ~value >>> 0;
}

/**
 * Numbers of so many bytes, one after the other, little-endian.
 * @param {...[number, number]} fields
 */
function littleEndian(...fields) {
  const bytes = fields.flatMap(([value, size]) => Array.from(
    { length: size }, (_, index) => Math.floor(value / 256 ** index) & 255
  ));
  return Uint8Array.from(bytes);
}

/** @param {Uint8Array[]} parts */
function concatenated(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const utf8 = (/** @type {string} */ text) => new TextEncoder().encode(text);

/**
 * NumPy's file of one array, version 1.0.
 * @param {Float64Array | Int32Array} values labels are written as 64-bit integers
 * @param {number[]} shape
 */
function npyFile(values, shape) {
  const isWhole = values instanceof Int32Array;
  const sizes = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  let header = `{'descr': '<${isWhole ? "i8" : "f8"}', 'fortran_order': False, 'shape': ${sizes}, }`;
  // NumPy leaves room for the first axis to grow in place, up to 21 digits.
  header += " ".repeat(21 - String(shape[0]).length);
  header += " ".repeat((64 - ((10 + header.length + 1) % 64)) % 64) + "\n";
  const content = new Uint8Array(8 * values.length), view = new DataView(content.buffer);
  values.forEach((value, index) => {
    if (isWhole) view.setBigInt64(8 * index, BigInt(value), true);
    else view.setFloat64(8 * index, value, true);
  });
  return concatenated([
    Uint8Array.of(0x93), utf8("NUMPY"), Uint8Array.of(1, 0), littleEndian([header.length, 2]), utf8(header), content
  ]);
}

/**
 * The dataset as NumPy's archive of arrays, uncompressed.
 * @param {DatasetContent} data
 */
export function npzFile(data) {
  const length = data.t.length, template = data.templates_t.length;
  /** @type {[keyof DatasetContent, number[]][]} */
  const arrays = [
    ["x", [data.y.length, length]], ["x_test", [data.y_test.length, length]], ["y", [data.y.length]], ["y_test", [data.y_test.length]],
    ["t", [length]], [
      "templates_x", [data.templates_y.length, template]
    ], ["templates_t", [template]], ["templates_y", [data.templates_y.length]],
  ];
  const entries = [], directory = [];
  let offset = 0, directorySize = 0;
  for (const [name, shape] of arrays) {
    const content = npyFile(data[name], shape), file = utf8(`${name}.npy`);
    // Version 2.0, no flags, stored, 1 January 1980, no extra fields.
    const shared = littleEndian(
      [20, 2], [0, 2], [0, 2], [0, 2], [33, 2], [crc32(content), 4], [content.length, 4], [content.length, 4], [file.length, 2],
      [0, 2]
    );
    const entry = concatenated([littleEndian([0x04034b50, 4]), shared, file, content]);
    // Made on Unix; no comment, disk 0, an ordinary file, rw-r--r--.
    const record = concatenated([
      littleEndian([0x02014b50, 4], [(3 << 8) | 20, 2]), shared, littleEndian(
        [0, 2], [0, 2], [0, 2], [0o100644 * 65536, 4], [offset, 4]
      ), file,
    ]);
    entries.push(entry);
    directory.push(record);
    offset += entry.length;
    directorySize += record.length;
  }
  const end = littleEndian(
    [0x06054b50, 4], [0, 2], [0, 2], [arrays.length, 2], [arrays.length, 2], [directorySize, 4], [offset, 4], [0, 2]
  );
  return concatenated([...entries, ...directory, end]);
}

/**
 * A number with the fewest digits that give it back, as Swift writes it.
 * @param {number} value
 */
export function shortest(value) {
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 2 ** 54)) {
    const [digits, exponent] = value.toExponential().split("e");
    const places = exponent.slice(1).padStart(2, "0");
    return `${digits}e${exponent[0]}${places}`;
  }
  const text = String(value);
  return Number.isInteger(value) ? `${text}.0` : text;
}

/**
 * The dataset as a table: `split`, `label`, and the signal as `x0`, `x1` and so on. The page lives on between its lines.
 * @param {DatasetContent} data
 */
export async function csvFile(data) {
  const length = data.t.length;
  const lines = [["split", "label", ...Array.from({ length }, (_, index) => `x${index}`)].join(",")];
  for (
    const [split, signals, labels] of /** @type {[string, Float64Array, Int32Array][]} */ ([
      ["train", data.x, data.y], ["test", data.x_test, data.y_test]
    ])
  ) {
    for (const [index, label] of labels.entries()) {
      lines.push(`${split},${label},${Array.from(signals.subarray(index * length, (index + 1) * length), shortest).join(",")}`);
      if (index % 250 === 249) await new Promise((resume) => setTimeout(resume));
    }
  }
  return utf8(lines.join("\n") + "\n");
}
