/** Where in latent space a drawing lies: fresh vectors, the arc between two, directions, labels. */
import { Random } from "../random.js";
import { DIRECTIONS, LABELS, LATENT } from "./network.js";

/** Drawings of a seed. */
export const COUNT = 12;
/** Which of the sequences of a seed. */
const STREAM = 5;

/**
 * Standard normal vectors.
 *
 * @param {number} seed
 * @returns {Float64Array[]} 12 of 64 numbers
 */
export function vectors(seed) {
  const random = new Random(seed, STREAM);
  return Array.from({ length: COUNT }, () =>
    Float64Array.from({ length: LATENT }, () => random.normal()),
  );
}

/**
 * The point at the share t of the arc between two vectors, which keeps the length (Shoemake 1985).
 *
 * @param {ArrayLike<number>} start
 * @param {ArrayLike<number>} end
 * @param {number} t
 * @returns {Float64Array}
 */
export function arc(start, end, t) {
  const lengths = Math.sqrt(product(start, start) * product(end, end));
  const angle = Math.acos(Math.max(-1, Math.min(1, product(start, end) / lengths)));
  // Between two equal vectors the arc has no length, and the line is the same.
  const flat = Math.sin(angle) < 1e-6;
  const from = flat ? 1 - t : Math.sin((1 - t) * angle) / Math.sin(angle);
  const to = flat ? t : Math.sin(t * angle) / Math.sin(angle);
  return Float64Array.from(start, (value, i) => from * value + to * end[i]);
}

/**
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
function product(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/**
 * What the generator is given: psi times z, moved along the directions; then the label.
 *
 * @param {ArrayLike<number>} z
 * @param {import("./state.js").State} state
 * @param {Record<string, ArrayLike<number>>} directions
 * @returns {Float32Array} 74 numbers
 */
export function inputOf(z, state, directions) {
  const input = new Float32Array(LATENT + LABELS);
  for (let i = 0; i < LATENT; i++) {
    let value = state.psi * z[i];
    for (const name of DIRECTIONS) value += state[name] * directions[name][i];
    input[i] = value;
  }
  input[LATENT + state.digit] += 1 - state.share;
  input[LATENT + state.with] += state.share;
  return input;
}
