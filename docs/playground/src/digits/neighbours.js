/** The training digits, small, and which of them are nearest to a drawing. */
import { SIDE } from "./network.js";

export const SMALL = SIDE / 2;
const PIXELS = SMALL * SMALL;
const BLACK_TO_WHITE = 15;
/** Half of the training digits have another one this near (tools/export_generator.py). */
export const MEDIAN = 1.84;

/**
 * @param {ArrayBuffer} buffer digits.bin
 * @returns {Promise<Float32Array>} (5000 * 196), 0 black, 1 white
 */
export async function unpack(buffer) {
  const plain = new Blob([buffer]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(plain).arrayBuffer());
  const greys = new Float32Array(2 * bytes.length);
  bytes.forEach((byte, i) => {
    greys[2 * i] = (byte >> 4) / BLACK_TO_WHITE;
    greys[2 * i + 1] = (byte & 15) / BLACK_TO_WHITE;
  });
  return greys;
}

/**
 * Means of squares of 2 x 2 pixels.
 *
 * @param {Float32Array} image (28 * 28) in [-1, 1]
 * @returns {Float32Array} (14 * 14), 0 black, 1 white
 */
export function small(image) {
  const out = new Float32Array(PIXELS);
  image.forEach((value, i) => {
    const row = Math.floor(i / SIDE) >> 1;
    out[row * SMALL + ((i % SIDE) >> 1)] += (value + 1) / 8;
  });
  return out;
}

/**
 * @typedef {{index: number, label: number, distance: number}} Neighbour
 *
 * @param {Float32Array} image (28 * 28) in [-1, 1]
 * @param {Float32Array} greys of all training digits, which are 0, 1, ..., 9, 0, 1, ...
 * @param {number} count
 * @returns {Neighbour[]} the nearest first
 */
export function nearest(image, greys, count) {
  const wanted = small(image);
  /** @type {Neighbour[]} */
  const all = [];
  for (let index = 0; index * PIXELS < greys.length; index++) {
    let sum = 0;
    for (let k = 0, at = index * PIXELS; k < PIXELS; k++, at++) sum += (greys[at] - wanted[k]) ** 2;
    all.push({ index, label: index % 10, distance: Math.sqrt(sum) });
  }
  return all.sort((a, b) => a.distance - b.distance).slice(0, count);
}
