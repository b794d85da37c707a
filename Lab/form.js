// @ts-check
// Settings that one can change, and that the address keeps.
import { brief, element, grouped, listed, numberIn, numbersIn } from "./elements.js";

/**
 * @typedef {object} Field
 * @property {string} key in the address, and where it is the engine's, its name there
 * @property {string} label
 * @property {"number" | "slider" | "choice" | "checks" | "flag" | "values"} kind
 * @property {string} standard as the address would have it
 * @property {string} [hint]
 * @property {number} [min]
 * @property {number} [max]
 * @property {number} [step] 1 where numbers are whole
 * @property {{value: string, label: string}[]} [choices]
 * @property {boolean} [mayBeEmpty] whether none of the choices may be chosen
 */

/** A form of such settings. */
export class Form {
  /**
   * @param {Field[]} fields
   * @param {import("./address.js").Address} address
   * @param {(key: string) => void} onchange called when a setting has a new value that makes sense
   */
  constructor(fields, address, onchange) {
    this.fields = fields;
    this.address = address;
    this.onchange = onchange;
    /** @type {Record<string, {row: HTMLElement, show: (value: string) => void, fault: HTMLElement}>} */
    this.controls = {};
    /** The fields whose text makes no sense: their settings are still the last that did. */
    this.refused = new Set();
    /** Called when such a field comes or goes. */
    this.onvalidity = () => {};
    /** Called when Enter is pressed in a field, with its key. */
    this.onenter = (/** @type {string} */ _) => {};
    for (const { key } of fields) address.known.add(key);
    this.element = element("div", { class: "fields" }, fields.map((field) => this.made(field)));
  }

  /** @param {string} key */
  field(key) {
    const field = this.fields.find((field) => field.key === key);
    if (!field) throw new Error(`There is no field ${key}.`);
    return field;
  }
  /**
   * @param {string} key
   * @returns {string}
   */
  value(key) {
    const field = this.field(key), value = this.address.get(key);
    return value !== undefined && this.faultOf(field, value) === "" ? value : field.standard;
  }
  /** @param {string} key */
  number(key) {
    return Number(this.value(key));
  }
  /** @param {string} key */
  list(key) {
    const value = this.value(key);
    return value === "" ? [] : value.split(",");
  }
  /** The settings that are not standard, by their keys. */
  changed() {
    return Object.fromEntries(
      this.fields.map(({ key }) => [key, this.value(key)]).filter(([key, value]) => value !== this.field(key).standard)
    );
  }

  /**
   * Sets values, as a button does that stands for several settings.
   * @param {Record<string, string>} values
   */
  set(values) {
    for (const [key, value] of Object.entries(values)) {
      this.address.set(key, value, this.field(key).standard);
      this.controls[key].show(value);
      this.complain(key, "");
      this.refused.delete(key);
    }
    this.onvalidity();
    this.onchange(Object.keys(values)[0]);
  }

  /**
   * @param {string} key
   * @param {boolean} isShown
   */
  show(key, isShown) {
    this.controls[key].row.hidden = !isShown;
  }

  /**
   * What is wrong with a value, in words; nothing where it makes sense.
   * @param {Field} field
   * @param {string} value
   */
  faultOf(field, value) {
    const { kind, min = -Infinity, max = Infinity, step, choices = [], label, mayBeEmpty } = field;
    const isWhole = step === 1;
    const oneOf = (/** @type {string} */ name) => choices.some((choice) => choice.value === name);
    if (kind === "choice") return oneOf(value)
      ? ""
      : `${label} should be one of ${choices.map((choice) => choice.label).join(", ")}.`;
    if (kind === "checks") {
      const names = value === "" ? [] : value.split(",");
      const stranger = names.find((name) => !oneOf(name)), twice = repeated(names);
      if (stranger !== undefined) return `There is no ${stranger}; there are ${listed(choices.map((choice) => choice.label))}.`;
      if (twice !== undefined) return `${choices.find((choice) => choice.value === twice)?.label} is there twice.`;
      return mayBeEmpty || names.length > 0 ? "" : "Choose one or more.";
    }
    if (kind === "flag") return value === "true" || value === "false" ? "" : `${label} should be on or off.`;
    const numbers = kind === "values" ? numbersIn(value) : [isWhole ? numberIn(ungrouped(value)) : numberIn(value)];
    if (numbers.length === 0) return "Write one number or more, with blanks between them.";
    for (const number of numbers) {
      if (Number.isNaN(number)) return kind === "values"
        ? `Write ${isWhole ? "whole " : ""}numbers with blanks between them, such as ${field.standard.replaceAll(",", " ") || "0.02 0.1 0.5"}.`
        : isWhole ? `Write a whole number such as ${wholeExample(field)}.` : "Write a number, such as 0.25.";
      if (number < min || number > max) return `${Number.isFinite(number) ? grouped(number) : value} is too ${number < min ? "small" : "large"}: it can be ${grouped(min)} to ${grouped(max)}.`;
      if (isWhole && !Number.isInteger(number)) return `${brief(number)} is not whole: write a whole number such as ${wholeExample(field)}.`;
    }
    const vanished = value.split(/[\s;,]+/).find((part) => numberIn(part) === 0 && /[1-9]/.test(part.replace(/e.*$/i, "")));
    if (vanished !== undefined) return `${vanished} is smaller than any number that is computed with: write 0.`;
    const twice = repeated(numbers);
    if (twice !== undefined) return `${brief(twice)} is there twice: write each value once.`;
    return numbers.length > 12 ? "Twelve values at most." : "";
  }

  /**
   * @param {string} key
   * @param {string} fault
   */
  complain(key, fault) {
    const { row, fault: place } = this.controls[key];
    place.textContent = fault;
    place.hidden = fault === "";
    for (const input of row.querySelectorAll("input, select")) input.setAttribute("aria-invalid", String(fault !== ""));
    // What is said in a closed section is not seen.
    if (fault) row.closest("details")?.setAttribute("open", "");
  }
  /** @param {string} key */
  isComplaining(key) {
    return !this.controls[key].fault.hidden;
  }

  /**
   * Shows the first field that was refused and is in sight, and says what is wrong with it; nothing where there is none.
   * @param {boolean} [isFocused] whether the cursor goes there
   */
  refusal(isFocused = false) {
    const field = this.fields.find(({ key }) => this.refused.has(key) && !this.controls[key].row.hidden);
    if (!field) return "";
    const { row, fault } = this.controls[field.key];
    if (isFocused) {
      row.closest("details")?.setAttribute("open", "");
      /** @type {HTMLElement | null} */ (row.querySelector("input[type=text], input, select"))?.focus();
    }
    return `${field.label}: ${fault.textContent}`;
  }

  /**
   * What a visitor has entered.
   * @param {Field} field
   * @param {string} text
   */
  enter(field, text) {
    const { key, kind, step } = field, fault = this.faultOf(field, text), wasRefused = this.refused.has(key);
    this.complain(key, fault);
    if (fault) this.refused.add(key);
    else this.refused.delete(key);
    if (fault || wasRefused) this.onvalidity();
    if (fault) return;
    const value = kind === "number" || kind === "slider"
      ? String(numberIn(step === 1 ? ungrouped(text) : text))
      : field.kind === "values" ? numbersIn(text).join(",") : text;
    // The same once more, as after Enter, changes nothing.
    if (value === this.value(key)) return;
    this.address.set(key, value, field.standard);
    this.onchange(key);
  }

  /** @param {Field} field */
  made(field) {
    const { key, label, kind, hint, choices = [] } = field;
    const id = `field-${key.replace(/[^a-z-]/g, "-")}`;
    const fault = element("p", { class: "fault", id: `${id}-fault`, role: "alert", hidden: true });
    const described = `${hint ? `${id}-hint ` : ""}${id}-fault`;
    const enter = (/** @type {string} */ text) => this.enter(field, text);
    /** @type {HTMLElement[]} */
    let inputs;
    /** @type {(value: string) => void} */
    let show;
    switch (kind) {
      case "choice": {
        const select = element("select", { id, "aria-describedby": described, onchange: () => enter(select.value) },
          choices.map(({ value, label }) => element("option", { value }, label)));
        [inputs, show] = [[select], (value) => { select.value = value; }];
        break;
      }
      case "flag": {
        const box = element(
          "input", { id, type: "checkbox", "aria-describedby": described, onchange: () => enter(String(box.checked)) }
        );
        [inputs, show] = [[box], (value) => { box.checked = value === "true"; }];
        break;
      }
      case "checks": {
        const boxes = choices.map(({ value }) => element("input", {
          type: "checkbox", value, onchange: () => enter(boxes.filter((box) => box.checked).map((box) => box.value).join(",")),
        }));
        inputs = [element("span", { class: "checks" }, boxes.map((box, index) => element("label", {}, box, choices[index].label)))];
        show = (value) => boxes.forEach((box) => { box.checked = value.split(",").includes(box.value); });
        break;
      }
      case "slider": {
        const text = numberInput(field, `${id}-number`, described, enter);
        text.setAttribute("aria-label", `${label}, as a number`);
        const slider = element("input", {
          id, type: "range", min: field.min, max: field.max, step: field.step, "aria-describedby": described,
          oninput: () => { text.value = brief(slider.valueAsNumber); enter(String(slider.valueAsNumber)); },
        });
        inputs = [slider, text];
        show = (value) => { slider.value = value; text.value = value.replace("-", "−"); };
        text.addEventListener("change", () => { slider.value = this.value(key); });
        break;
      }
      default: {
        const text = kind === "number" ? numberInput(field, id, described, enter)
          : element(
            "input",
            { id, type: "text", size: 18, autocomplete: "off", "aria-describedby": described, onchange: () => enter(text.value) }
          );
        [inputs, show] = [[text], (value) => { text.value = value.replaceAll(",", " "); }];
      }
    }
    const name = kind === "checks" ? element("legend", {}, label) : element("label", { for: id }, label);
    const row = element(kind === "checks" ? "fieldset" : "div", {
      class: `field field-${kind}`, "aria-describedby": kind === "checks" ? described : null
    },
      name, inputs, hint ? element("p", { class: "hint", id: `${id}-hint` }, hint) : null, fault);
    row.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
      event.preventDefault();
      if (event.target.type === "text") enter(event.target.value);
      this.onenter(key);
    });
    this.controls[key] = { row, show, fault };
    show(this.value(key));
    // What the address says and cannot be is said in words, too.
    const asked = this.address.get(key);
    if (asked !== undefined && this.faultOf(field, asked)) this.complain(
      key, `${this.faultOf(field, asked)} ${label} is ${shown(field, field.standard)} now.`
    );
    return row;
  }
}

/**
 * What is in a list more than once; undefined where nothing is.
 * @template Value
 * @param {Value[]} values
 * @returns {Value | undefined}
 */
const repeated = (values) => values.find((value, index) => values.indexOf(value) < index);

/**
 * A whole number's digits without the commas between thousands: 1,000 cannot be a decimal comma there.
 * @param {string} text
 */
const ungrouped = (text) => (/^\s*[-+−]?\d{1,3}(,\d{3})+\s*$/.test(text) ? text.replaceAll(",", "") : text);

/**
 * A number that a field would take.
 * @param {Field} field
 */
const wholeExample = ({ standard, min = 0, max = Infinity }) =>
  grouped(Number(standard.split(",")[0]) || Math.max(Math.min(500, max), min));

/**
 * A value as a visitor sees it.
 * @param {Field} field
 * @param {string} value
 */
function shown({ kind, choices = [] }, value) {
  const label = (/** @type {string} */ name) => choices.find((choice) => choice.value === name)?.label ?? name;
  if (kind === "flag") return value === "true" ? "on" : "off";
  if (kind === "choice") return label(value);
  if (kind === "checks") return value === "" ? "empty" : listed(value.split(",").map(label));
  return kind === "values" ? value.replaceAll(",", " ") : grouped(Number(value));
}

/**
 * A field for a number that takes a decimal comma as well, and steps with the arrow keys.
 * @param {Field} field
 * @param {string} id
 * @param {string} described
 * @param {(text: string) => void} enter
 */
function numberInput({ min = -Infinity, max = Infinity, step = 1 }, id, described, enter) {
  const input = element("input", {
    id, type: "text", inputmode: step === 1 ? "numeric" : "decimal", size: 7, autocomplete: "off", "aria-describedby": described,
    onchange: () => enter(input.value),
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      const value = numberIn(input.value);
      if (!direction || Number.isNaN(value)) return;
      event.preventDefault();
      const moved = Math.min(Math.max(value + direction * step, min), max);
      input.value = String(Number(moved.toPrecision(12)));
      enter(input.value);
    },
  });
  return input;
}
