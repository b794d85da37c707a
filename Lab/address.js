// @ts-check
// What stands behind the # of the address: the view, and the settings in which it differs from its standard.

/** The kernels that the address asks for, which all links keep. */
const keptKey = "kernels";

/**
 * @param {string} text
 * @returns {Map<string, string>}
 */
function partsOf(text) {
  /** @type {Map<string, string>} */
  const parts = new Map();
  for (const part of text.replace(/^#/, "").split("&")) {
    const sign = part.indexOf("=");
    if (sign > 0) parts.set(decoded(part.slice(0, sign)), decoded(part.slice(sign + 1)));
  }
  return parts;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {string} text */
const encoded = (text) => encodeURIComponent(text).replace(/%2C/g, ",");

/**
 * A link to a view with settings.
 * @param {string} view
 * @param {Record<string, string | number | boolean>} [settings]
 */
export function linkTo(view, settings = {}) {
  const kept = partsOf(location.hash).get(keptKey);
  const parts = Object.entries({ view, ...settings, ...(kept ? { [keptKey]: kept } : {}) });
  return "#" + parts.map(([key, value]) => `${encoded(key)}=${encoded(String(value))}`).join("&");
}

/** The settings of the open view, kept in the address. */
export class Address {
  constructor(fragment = location.hash) {
    this.parts = partsOf(fragment);
    this.view = this.parts.get("view") ?? "";
    /** What is a setting of the open view. */
    this.known = new Set(["view", keptKey]);
    /** Parts that set nothing. */
    this.unread = fragment.replace(/^#/, "").split("&").filter((part) => part !== "" && part.indexOf("=") < 1).map(decoded);
  }

  /** The parts of the address that are no settings of the open view. */
  get unknown() {
    return [...[...this.parts.keys()].filter((key) => !this.known.has(key)), ...this.unread];
  }

  /**
   * @param {string} key
   * @returns {string | undefined} undefined where the address does not say
   */
  get(key) {
    return this.parts.get(key);
  }

  /**
   * Keeps a setting, or what is standard out of the address.
   * @param {string} key
   * @param {string} value
   * @param {string} [standard]
   */
  set(key, value, standard) {
    if (value === standard) this.parts.delete(key);
    else this.parts.set(key, value);
    // Browsers refuse an address that changes with every frame.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => history.replaceState(null, "", this.link), 250);
  }

  /** Leaves the address to another view. */
  close() {
    clearTimeout(this.timer);
  }

  /** The address's end with all settings. */
  get link() {
    const { view, [keptKey]: _, ...settings } = Object.fromEntries(this.parts);
    return linkTo(this.view || view, settings);
  }
}
