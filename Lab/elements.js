// @ts-check
// Elements of the page, made in one call each, and how it reads and shows numbers.

/**
 * Makes an element.
 * @param {string} tag
 * @param {Record<string, any>} [attributes] what begins with `on` is a listener; true stands for an attribute without value
 * @param {...any} children nodes and texts; what is missing is left out
 * @returns {any}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return made;
}

/**
 * A sentence of the paper, word for word, and where it stands.
 * @param {string} sentence
 * @param {string} source
 */
export const quotation = (sentence, source) =>
  element("blockquote", { class: "quotation" }, element("p", {}, `“${sentence}”`), element("footer", {}, source));

/** A place where the verdict appears, read aloud when it does. */
export const verdictPlace = () => element("p", { class: "verdict", role: "status", "aria-live": "polite" });

/**
 * Says a verdict.
 * @param {HTMLElement} place
 * @param {"holds" | "fails" | "open" | ""} mark
 * @param {string} [text]
 */
export function say(place, mark, text = "") {
  // A number and its unit stay on one line.
  text = text.replaceAll(" %", "\u00a0%");
  // What is said already is not said again: a screen reader would repeat it.
  const sign = { holds: "✓ ", fails: "✗ ", open: "", "": "" }[mark];
  if (place.textContent === sign + text && place.dataset.mark === mark) return;
  place.dataset.mark = mark;
  place.replaceChildren(...(sign ? [element("span", { "aria-hidden": true }, sign)] : []), text);
}

/**
 * The number that a text means, with a decimal point or a decimal comma; NaN for anything else.
 * @param {string} text
 */
export function numberIn(text) {
  const trimmed = text.trim().replace("−", "-");
  if (!/^[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d+)?$/i.test(trimmed)) return NaN;
  return Number(trimmed.replace(",", "."));
}

/**
 * The numbers that a text lists. Blanks and semicolons separate them; commas, too, unless one can only be a decimal comma.
 * @param {string} text
 * @returns {number[]} NaN for what is no number
 */
export function numbersIn(text) {
  return text.split(/[\s;]+/).flatMap((part) => {
    const trimmed = part.replace(/,+$/, "");
    if (trimmed === "") return [];
    // 0,25 is a number; 0,0.25 and 1,2,3 are lists.
    const isList = trimmed.includes(",") && (trimmed.includes(".") || trimmed.split(",").length > 2);
    return (isList ? trimmed.split(",") : [trimmed]).map(numberIn);
  });
}

/**
 * A number with so many decimals, and a true minus sign.
 * @param {number} value
 * @param {number} [decimals]
 */
export const fixed = (value, decimals = 1) => (Number.isFinite(value) ? value.toFixed(decimals).replace("-", "−") : "–");

/**
 * A number with as many digits as it needs, three at most that count unless it is whole.
 * @param {number} value
 */
export const brief = (value) =>
  (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)))).replace("-", "−");

/**
 * A whole number with a comma after every thousand where it has more than four digits: 1000, 1,000,000.
 * @param {number} value
 */
export const grouped = (value) => (Number.isInteger(value) && Math.abs(value) >= 10000 ? value.toLocaleString("en-US").replace("-", "−") : brief(value));

/**
 * So many of something: 1 step, 2 steps.
 * @param {number} count
 * @param {string} word
 */
export const counted = (count, word) => `${grouped(count)} ${word}${count === 1 ? "" : "s"}`;

/**
 * A duration in words.
 * @param {number} seconds
 */
export function durationWords(seconds) {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 1) return "less than a second";
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${fixed(seconds / 3600)} h`;
}

/**
 * The same behind a verb, where it is an estimate: takes about 12 s, but less than a second.
 * @param {number} seconds
 */
export const aboutWords = (seconds) => (seconds < 1 ? "" : "about ") + durationWords(seconds);

/**
 * Words as one lists them: a, b and c.
 * @param {string[]} words
 */
export const listed = (words) =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;

/** @param {string} text */
export const capitalized = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * Offers bytes as a file.
 * @param {string} name
 * @param {BlobPart} content
 */
export function download(name, content) {
  const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
