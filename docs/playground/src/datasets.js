/** The real distributions in the plane, from -3 to 3. */
import { Random } from "./random.js";

/**
 * @typedef {(random: Random) => [number, number]} Draw
 * @typedef {{title: string, says: string, draw: Draw, modes: [number, number][], std: number}} Dataset
 *   `modes` are the centres of a mixture of Gaussians of width `std`; without modes it is empty.
 */

/**
 * Equally likely Gaussians.
 *
 * @param {string} title
 * @param {string} says
 * @param {[number, number][]} modes
 * @param {number} std
 * @returns {Dataset}
 */
function mixture(title, says, modes, std) {
  return {
    title,
    says,
    modes,
    std,
    draw(random) {
      const [x, y] = modes[random.below(modes.length)];
      return [x + std * random.normal(), y + std * random.normal()];
    },
  };
}

/**
 * @param {string} title
 * @param {string} says
 * @param {Draw} draw
 * @returns {Dataset}
 */
const shape = (title, says, draw) => ({ title, says, draw, modes: [], std: 0 });

/** @type {[number, number][]} */
const RING = Array.from({ length: 8 }, (_, i) => [
  2 * Math.cos((i * Math.PI) / 4),
  2 * Math.sin((i * Math.PI) / 4),
]);
/** @type {[number, number][]} */
const GRID = Array.from({ length: 25 }, (_, i) => [(i % 5) - 2, Math.floor(i / 5) - 2]);

/** @type {Record<string, Dataset>} */
export const DATASETS = {
  two: mixture(
    "Two Gaussians",
    "Two clouds, left and right.",
    [
      [-1.5, 0],
      [1.5, 0],
    ],
    0.3,
  ),
  ring: mixture("Ring of 8", "Eight small clouds on a circle.", RING, 0.1),
  grid: mixture("Grid of 25", "Twenty-five small clouds, five by five.", GRID, 0.07),
  spiral: shape("Spiral", "One arm that winds outward.", (random) => {
    const t = Math.sqrt(random.uniform());
    const angle = 3.5 * Math.PI * t;
    return [
      2.4 * t * Math.cos(angle) + 0.05 * random.normal(),
      2.4 * t * Math.sin(angle) + 0.05 * random.normal(),
    ];
  }),
  moons: shape("Two moons", "Two arcs, one within the other.", (random) => {
    const upper = random.uniform() < 0.5;
    const angle = Math.PI * random.uniform();
    const x = upper ? Math.cos(angle) - 0.5 : 0.5 - Math.cos(angle);
    const y = upper ? Math.sin(angle) - 0.25 : 0.25 - Math.sin(angle);
    return [1.5 * x + 0.08 * random.normal(), 1.5 * y + 0.08 * random.normal()];
  }),
  lines: shape(
    "Disjoint lines",
    "A line far from where G begins: the best D is flat between them.",
    (random) => [2, 3 * random.uniform() - 1.5],
  ),
  one: mixture("One Gaussian", "A single cloud to the right of the middle.", [[1.5, 0]], 0.3),
};

/** Where the plane ends, in both directions. */
export const EDGE = 3;
const MOST_POINTS = 400;

/**
 * The distribution that a reader has drawn: its points, a little blurred.
 *
 * @param {[number, number][]} points
 * @returns {Dataset}
 */
export function drawn(points) {
  return shape(
    "Your own",
    "The points that you draw, type or load, a little blurred.",
    (random) => {
      const [x, y] = points.length ? points[random.below(points.length)] : [0, 0];
      return [x + 0.06 * random.normal(), y + 0.06 * random.normal()];
    },
  );
}

/**
 * @param {string} name
 * @param {[number, number][]} points of the reader
 */
export const dataset = (name, points) => (name === "own" ? drawn(points) : DATASETS[name]);

/**
 * Read points, two numbers a line, with a comma, a semicolon or a space between them. A first
 * line of words is a heading. Points that do not fit the plane are shrunk into it together.
 *
 * @param {string} text
 * @returns {[number, number][]}
 * @throws {Error} which says what is wrong in which line
 */
export function readPoints(text) {
  /** @type {[number, number][]} */
  const points = [];
  text.split(/\r?\n/).forEach((line, index) => {
    const words = line
      .trim()
      .split(/[\s,;]+/)
      .filter(Boolean);
    if (!words.length || (index === 0 && words.every((word) => Number.isNaN(Number(word))))) return;
    const [x, y] = words.map(Number);
    if (words.length < 2 || !Number.isFinite(x) || !Number.isFinite(y))
      throw new Error(`line ${index + 1} should be two numbers, not "${line.trim().slice(0, 30)}"`);
    points.push([x, y]);
  });
  return fitted(points);
}

/**
 * @param {[number, number][]} points
 * @returns {[number, number][]} at most 400 of them, within 2.5 of the middle
 */
function fitted(points) {
  const step = Math.max(1, points.length / MOST_POINTS);
  const kept = Array.from(
    { length: Math.min(points.length, MOST_POINTS) },
    (_, i) => points[Math.floor(i * step)],
  );
  const far = kept.reduce((most, [x, y]) => Math.max(most, Math.abs(x), Math.abs(y)), 0);
  if (far <= EDGE) return kept;
  const middle = [0, 1].map((axis) => {
    const values = kept.map((point) => point[axis]);
    return (Math.min(...values) + Math.max(...values)) / 2;
  });
  const reach = kept.reduce(
    (most, [x, y]) => Math.max(most, Math.abs(x - middle[0]), Math.abs(y - middle[1])),
    1e-9,
  );
  const scale = 2.5 / reach;
  return kept.map(([x, y]) => [(x - middle[0]) * scale, (y - middle[1]) * scale]);
}
