// @ts-check
// Unpacks LZMA, in which the page carries the modules: a third smaller than gzip, and what they share is there once.
// Follows the LZMA specification of 7-Zip (I. Pavlov, 2015).

/** A bit's probability to be 0, of 2048, before anything is known. */
const even = 1024;

/** @param {number} count */
const probabilities = (count) => new Uint16Array(count).fill(even);

/** Reads bits that were coded by their probabilities. */
class RangeDecoder {
  /**
   * @param {Uint8Array} bytes
   * @param {number} at
   */
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at + 1;
    this.range = 0xffffffff;
    this.code = 0;
    for (let i = 0; i < 4; i += 1) this.code = ((this.code << 8) | bytes[this.at++]) >>> 0;
  }

  normalize() {
    if (this.range >= 0x1000000) return;
    this.range = (this.range << 8) >>> 0;
    this.code = ((this.code << 8) | this.bytes[this.at++]) >>> 0;
  }

  /**
   * @param {Uint16Array} model
   * @param {number} index
   */
  bit(model, index) {
    const p = model[index], bound = (this.range >>> 11) * p;
    let bit = 0;
    if (this.code < bound) {
      this.range = bound;
      model[index] = p + ((2048 - p) >> 5);
    } else {
      this.range -= bound;
      this.code -= bound;
      model[index] = p - (p >> 5);
      bit = 1;
    }
    this.normalize();
    return bit;
  }

  /** Bits that are as likely 0 as 1. @param {number} count */
  direct(count) {
    let value = 0;
    for (; count > 0; count -= 1) {
      this.range >>>= 1;
      const bit = this.code >= this.range ? 1 : 0;
      if (bit) this.code -= this.range;
      value = (value << 1) | bit;
      this.normalize();
    }
    return value >>> 0;
  }

  /**
   * A number of so many bits, each with a model for what came before it.
   * @param {Uint16Array} model
   * @param {number} count
   * @param {number} [offset]
   */
  tree(model, count, offset = 0) {
    let node = 1;
    for (let i = 0; i < count; i += 1) node = (node << 1) | this.bit(model, offset + node);
    return node - (1 << count);
  }

  /**
   * The same, the lowest bit first.
   * @param {Uint16Array} model
   * @param {number} count
   * @param {number} offset
   */
  reverseTree(model, count, offset) {
    let node = 1, value = 0;
    for (let i = 0; i < count; i += 1) {
      const bit = this.bit(model, offset + node);
      node = (node << 1) | bit;
      value |= bit << i;
    }
    return value;
  }
}

/** The lengths of matches. */
class LengthDecoder {
  constructor() {
    this.choice = probabilities(2);
    this.low = probabilities(16 << 3);
    this.middle = probabilities(16 << 3);
    this.high = probabilities(256);
  }

  /**
   * @param {RangeDecoder} coder
   * @param {number} position
   */
  length(coder, position) {
    if (!coder.bit(this.choice, 0)) return 2 + coder.tree(this.low, 3, position << 3);
    if (!coder.bit(this.choice, 1)) return 10 + coder.tree(this.middle, 3, position << 3);
    return 18 + coder.tree(this.high, 8);
  }
}

/**
 * Unpacks the beginning of an LZMA file.
 * @param {Uint8Array} bytes with the header of `xz --format=lzma`
 * @param {number} size how many bytes to unpack, at most as many as there are
 * @returns {Uint8Array}
 */
export function unpackedLZMA(bytes, size) {
  const literalContext = bytes[0] % 9, rest = (bytes[0] - literalContext) / 9;
  const literalMask = (1 << rest % 5) - 1, positionMask = (1 << Math.floor(rest / 5)) - 1;
  const coder = new RangeDecoder(bytes, 13);
  const literals = probabilities(0x300 << (literalContext + (rest % 5)));
  const isMatch = probabilities(12 << 4), isRepeat = probabilities(12), isRepeatBefore = probabilities(12);
  const isRepeatSecond = probabilities(12), isRepeatThird = probabilities(12), isLongRepeat = probabilities(12 << 4);
  const slots = probabilities(4 << 6), places = probabilities(128), aligned = probabilities(16);
  const lengths = new LengthDecoder(), repeatLengths = new LengthDecoder();
  const to = new Uint8Array(size);
  let state = 0, at = 0, [rep0, rep1, rep2, rep3] = [0, 0, 0, 0];

  const literal = () => {
    const before = at > 0 ? to[at - 1] : 0;
    const offset = 0x300 * (((at & literalMask) << literalContext) + (before >> (8 - literalContext)));
    let symbol = 1;
    if (state >= 7) {
      let match = to[at - rep0 - 1];
      do {
        const expected = (match >> 7) & 1;
        match <<= 1;
        const bit = coder.bit(literals, offset + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== expected) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | coder.bit(literals, offset + symbol);
    to[at++] = symbol & 0xff;
    state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  };

  /** @param {number} length */
  const distance = (length) => {
    const slot = coder.tree(slots, 6, Math.min(length - 2, 3) << 6);
    if (slot < 4) return slot;
    const count = (slot >> 1) - 1, base = ((2 | (slot & 1)) << count) >>> 0;
    if (slot < 14) return base + coder.reverseTree(places, count, base - slot);
    return base + coder.direct(count - 4) * 16 + coder.reverseTree(aligned, 4, 0);
  };

  while (at < size) {
    const position = at & positionMask;
    if (!coder.bit(isMatch, (state << 4) + position)) {
      literal();
      continue;
    }
    let length = 0;
    if (!coder.bit(isRepeat, state)) {
      [rep3, rep2, rep1] = [rep2, rep1, rep0];
      length = lengths.length(coder, position);
      state = state < 7 ? 7 : 10;
      rep0 = distance(length);
      if (rep0 === 0xffffffff) break;
    } else {
      if (!coder.bit(isRepeatBefore, state)) {
        if (!coder.bit(isLongRepeat, (state << 4) + position)) {
          state = state < 7 ? 9 : 11;
          to[at] = to[at - rep0 - 1];
          at += 1;
          continue;
        }
      } else {
        let chosen = rep1;
        if (coder.bit(isRepeatSecond, state)) {
          chosen = rep2;
          if (coder.bit(isRepeatThird, state)) {
            chosen = rep3;
            rep3 = rep2;
          }
          rep2 = rep1;
        }
        rep1 = rep0;
        rep0 = chosen;
      }
      length = repeatLengths.length(coder, position);
      state = state < 7 ? 8 : 11;
    }
    for (; length > 0 && at < size; length -= 1, at += 1) to[at] = to[at - rep0 - 1];
  }
  return to;
}
