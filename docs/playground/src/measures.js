/** What is measured of the fakes: modes covered, share near the data, divergence on a grid. */
import { EDGE } from "./datasets.js";
import { Random } from "./random.js";

const CELLS = 24;
const REAL_SAMPLES = 20000;
/** Of the share of fakes that would be fair, a mode needs this much to count as covered. */
const FAIR = 0.2;
/** Near is within so many standard deviations of a mode (Metz et al. 2017, section 3.3.1). */
const NEAR = 3;

/**
 * @param {number} x
 * @param {number} y
 * @returns {number} index of the cell; what lies outside counts in the cell at the edge
 */
function cellOf(x, y) {
  const place = (/** @type {number} */ v) =>
    Math.min(CELLS - 1, Math.max(0, Math.floor(((v + EDGE) / (2 * EDGE)) * CELLS)));
  return place(y) * CELLS + place(x);
}

/**
 * @param {Float64Array} points (n, 2)
 * @param {number} n
 */
function histogram(points, n) {
  const shares = new Float64Array(CELLS * CELLS);
  for (let i = 0; i < n; i++) shares[cellOf(points[2 * i], points[2 * i + 1])] += 1 / n;
  return shares;
}

/**
 * Jensen-Shannon divergence of two distributions over cells, in nats: 0 to log 2.
 *
 * @param {Float64Array} p
 * @param {Float64Array} q
 */
export function jensenShannon(p, q) {
  let total = 0;
  for (let i = 0; i < p.length; i++) {
    const middle = (p[i] + q[i]) / 2;
    if (p[i] > 0) total += (p[i] / 2) * Math.log(p[i] / middle);
    if (q[i] > 0) total += (q[i] / 2) * Math.log(q[i] / middle);
  }
  return Math.max(0, total);
}

export class Measures {
  /**
   * @param {import("./datasets.js").Dataset} data
   * @param {number} samples fakes that `of` gets
   */
  constructor(data, samples) {
    this.data = data;
    const random = new Random(0, 99);
    const points = new Float64Array(2 * REAL_SAMPLES);
    for (let i = 0; i < REAL_SAMPLES; i++) points.set(data.draw(random), 2 * i);
    this.real = histogram(points, REAL_SAMPLES);
    /** Mean of the data, and what as many real samples would get as divergence. */
    this.centre = mean(points, REAL_SAMPLES);
    for (let i = 0; i < samples; i++) points.set(data.draw(random), 2 * i);
    this.floor = jensenShannon(this.real, histogram(points, samples));
  }

  /**
   * @param {Float64Array} fakes (n, 2)
   * @param {number} n
   */
  of(fakes, n) {
    const { modes } = this.data;
    const shares = histogram(fakes, n);
    const near = modes.length ? this.nearModes(fakes, n) : this.nearData(shares);
    const [x, y] = mean(fakes, n);
    let spread = 0;
    for (let i = 0; i < n; i++) spread += (fakes[2 * i] - x) ** 2 + (fakes[2 * i + 1] - y) ** 2;
    spread = Math.sqrt(spread / n);
    return { ...near, jsd: jensenShannon(this.real, shares), x, y, spread };
  }

  /**
   * @param {Float64Array} fakes
   * @param {number} n
   */
  nearModes(fakes, n) {
    const { modes, std } = this.data;
    const counts = new Float64Array(modes.length);
    const reach = (NEAR * std) ** 2;
    for (let i = 0; i < n; i++) {
      const index = modes.findIndex(
        ([x, y]) => (fakes[2 * i] - x) ** 2 + (fakes[2 * i + 1] - y) ** 2 < reach,
      );
      if (index >= 0) counts[index]++;
    }
    const covered = counts.filter((count) => count >= (FAIR * n) / modes.length).length;
    return { covered, near: counts.reduce((a, b) => a + b, 0) / n };
  }

  /** @param {Float64Array} shares of the fakes */
  nearData(shares) {
    let near = 0;
    for (let i = 0; i < shares.length; i++) if (this.real[i] > 0) near += shares[i];
    return { covered: 0, near };
  }
}

/**
 * @param {Float64Array} points
 * @param {number} n
 * @returns {[number, number]}
 */
function mean(points, n) {
  let x = 0;
  let y = 0;
  for (let i = 0; i < n; i++) {
    x += points[2 * i] / n;
    y += points[2 * i + 1] / n;
  }
  return [x, y];
}
