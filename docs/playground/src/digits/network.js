/** The generator of chapter 05 on typed arrays: z and a label in, 28 x 28 pixels out. */

/** Numbers of z, digits of the label, pixels a side. */
export const LATENT = 64;
export const LABELS = 10;
export const SIDE = 28;
/** Channels at 7 x 7 and at 14 x 14. */
const DEEP = 64;
const WIDE = 32;
const UNITS = 7 * 7 * DEEP;
/** The directions of latent space that the file holds, in its order. */
export const DIRECTIONS = /** @type {const} */ (["slant", "boldness"]);

/**
 * The numbers of a file of little-endian float16, which few browsers can read by themselves.
 *
 * @param {ArrayBuffer} buffer
 * @returns {Float32Array}
 */
export function halves(buffer) {
  const view = new DataView(buffer);
  const out = new Float32Array(buffer.byteLength >> 1);
  for (let i = 0; i < out.length; i++) {
    const bits = view.getUint16(2 * i, true);
    const exponent = (bits >> 10) & 31;
    const digits = bits & 1023;
    const size = exponent ? (1024 + digits) * 2 ** (exponent - 25) : digits * 2 ** -24;
    out[i] = bits & 0x8000 ? -size : size;
  }
  return out;
}

/** Batch normalisation is folded into the weights (tools/export_generator.py). */
export class Generator {
  /**
   * @param {ArrayBuffer} buffer generator.bin
   * @throws {Error} a file of another length
   */
  constructor(buffer) {
    const all = halves(buffer);
    let at = 0;
    const take = (/** @type {number} */ count) => {
      at += count;
      return all.subarray(at - count, at);
    };
    this.dense = take((LATENT + LABELS) * UNITS); // (74, 7 * 7 * 64)
    this.denseBias = take(UNITS);
    this.conv = take(16 * DEEP * WIDE); // (4, 4, from, to)
    this.convBias = take(WIDE);
    this.last = take(16 * WIDE); // (4, 4, from)
    this.bias = take(1);
    /** @type {Record<string, Float32Array>} */
    this.directions = {};
    for (const name of DIRECTIONS) this.directions[name] = take(LATENT);
    if (at !== all.length)
      throw new Error(`the weights should be ${at} numbers, not ${all.length}`);
    this.hidden = new Float32Array(UNITS);
    this.middle = new Float32Array(14 * 14 * WIDE);
  }

  /**
   * @param {Float32Array | number[]} input z followed by the label, 74 numbers
   * @returns {Float32Array} (28 * 28) in [-1, 1], row by row
   */
  draw(input) {
    const { hidden, dense } = this;
    hidden.set(this.denseBias);
    for (let i = 0; i < LATENT + LABELS; i++) {
      const value = input[i];
      if (value) addTimes(hidden, 0, value, dense, i * UNITS, UNITS);
    }
    return this.toPixels(this.toMiddle());
  }

  /** From 7 x 7 to 14 x 14: each positive number paints a square of 4 x 4. */
  toMiddle() {
    const { hidden, middle, conv } = this;
    for (let i = 0; i < 14 * 14; i++) middle.set(this.convBias, i * WIDE);
    for (let i = 0; i < UNITS; i++) {
      const value = hidden[i];
      if (value <= 0) continue; // ReLU
      const place = Math.floor(i / DEEP);
      squares(Math.floor(place / 7), place % 7, 14, (tap, to) =>
        addTimes(middle, to * WIDE, value, conv, (tap * DEEP + (i % DEEP)) * WIDE, WIDE),
      );
    }
    return middle;
  }

  /**
   * From 14 x 14 to 28 x 28.
   *
   * @param {Float32Array} middle
   */
  toPixels(middle) {
    const out = new Float32Array(SIDE * SIDE).fill(this.bias[0]);
    for (let i = 0; i < middle.length; i++) if (middle[i] < 0) middle[i] = 0;
    for (let place = 0; place < 14 * 14; place++)
      squares(Math.floor(place / 14), place % 14, SIDE, (tap, to) => {
        let sum = 0;
        for (let k = 0; k < WIDE; k++) sum += middle[place * WIDE + k] * this.last[tap * WIDE + k];
        out[to] += sum;
      });
    for (let i = 0; i < out.length; i++) out[i] = Math.tanh(out[i]);
    return out;
  }
}

/**
 * @param {Float32Array} sums
 * @param {number} to
 * @param {number} value
 * @param {Float32Array} row
 * @param {number} from
 * @param {number} count
 */
function addTimes(sums, to, value, row, from, count) {
  for (let k = 0; k < count; k++) sums[to + k] += value * row[from + k];
}

/**
 * The pixels that a pixel paints: a kernel of 4 x 4, stride 2, "same" padding.
 *
 * @param {number} y
 * @param {number} x
 * @param {number} side of the larger image
 * @param {(tap: number, to: number) => void} paint
 */
function squares(y, x, side, paint) {
  for (let a = 0; a < 4; a++) {
    const row = 2 * y + a - 1;
    if (row < 0 || row >= side) continue;
    for (let b = 0; b < 4; b++) {
      const column = 2 * x + b - 1;
      if (column >= 0 && column < side) paint(4 * a + b, row * side + column);
    }
  }
}
