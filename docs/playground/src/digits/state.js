/** What can be set on the page, its range, and how it is written in the address. */
import { COUNT } from "./latent.js";

/**
 * @typedef {object} State
 * @property {number} digit asked for
 * @property {number} with a second digit, asked for with the weight share
 * @property {number} share
 * @property {number} seed of the latent vectors
 * @property {number} at which drawing is chosen, from 1
 * @property {number} psi
 * @property {number} slant
 * @property {number} boldness
 * @property {number} to which drawing the walk leads
 * @property {number} t share of the walk
 * @property {number} near 1 if the nearest training digits are shown
 */

/** @typedef {{from: number, to: number, step: number, usual: number}} Range */

/** @type {Record<keyof State, Range>} */
export const RANGES = {
  digit: { from: 0, to: 9, step: 1, usual: 3 },
  with: { from: 0, to: 9, step: 1, usual: 8 },
  share: { from: 0, to: 1, step: 0.05, usual: 0 },
  seed: { from: 0, to: 999999, step: 1, usual: 1 },
  at: { from: 1, to: COUNT, step: 1, usual: 1 },
  psi: { from: 0, to: 1.5, step: 0.05, usual: 1 },
  slant: { from: -1.5, to: 1.5, step: 0.1, usual: 0 },
  boldness: { from: -1.5, to: 1.5, step: 0.1, usual: 0 },
  to: { from: 1, to: COUNT, step: 1, usual: 2 },
  t: { from: 0, to: 1, step: 0.05, usual: 0 },
  near: { from: 0, to: 1, step: 1, usual: 0 },
};
const NAMES = /** @type {(keyof State)[]} */ (Object.keys(RANGES));

/** @type {State} */
export const USUAL = /** @type {any} */ (
  Object.fromEntries(NAMES.map((name) => [name, RANGES[name].usual]))
);

/**
 * The state of a query such as "digit=7&psi=0.8"; what is missing has its default.
 *
 * @param {string} query
 * @returns {{state: State, wrong: string[]}} with a sentence for each part that is ignored
 */
export function read(query) {
  const state = { ...USUAL };
  const wrong = [];
  for (const [name, text] of new URLSearchParams(query.replace(/^[#?]/, ""))) {
    const key = /** @type {keyof State} */ (name);
    if (Object.hasOwn(RANGES, name) && isIn(RANGES[key], text)) state[key] = Number(text);
    else wrong.push(`${name}=${text} in the address is not understood`);
  }
  return { state, wrong };
}

/**
 * @param {Range} range
 * @param {string} text
 */
export function isIn({ from, to, step }, text) {
  const value = Number(text);
  return text.trim() !== "" && value >= from && value <= to && (step < 1 || value % 1 === 0);
}

/**
 * The state as a query, without what has its default: what `read` reads.
 *
 * @param {State} state
 */
export function write(state) {
  const query = new URLSearchParams();
  for (const name of NAMES) if (state[name] !== USUAL[name]) query.set(name, `${state[name]}`);
  return query.toString();
}
