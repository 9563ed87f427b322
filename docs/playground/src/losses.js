/** The losses, as formulas: what D pays for a real and for a fake sample, what G pays. */
import { derivative, evaluate, withSmooth } from "./calculus.js";
import { FormulaError, mentions, parse } from "./formula.js";
import { Program } from "./program.js";

/**
 * @typedef {{real: string, fake: string, g: string}} Formulas
 * @typedef {{title: string, says: string, source: string} & Formulas} BuiltIn
 */

/** @type {Record<string, BuiltIn>} */
export const LOSSES = {
  smooth: {
    title: "Non-saturating, one-sided smoothing",
    says: "The loss of this series: real samples are worth 1 - s to D, fakes 0, and G wants 1.",
    source: "Goodfellow et al. 2014; Salimans et al. 2016",
    real: "-(1-s)*log(D) - s*log(1-D)",
    fake: "-log(1-D)",
    g: "-log(D)",
  },
  twosided: {
    title: "Two-sided smoothing",
    says: "Fakes are worth s to D as well, which takes away the slope that G would follow.",
    source: "Salimans et al. 2016, section 3.4",
    real: "-(1-s)*log(D) - s*log(1-D)",
    fake: "-s*log(D) - (1-s)*log(1-D)",
    g: "-log(D)",
  },
  minimax: {
    title: "Minimax",
    says: "G minimises what D maximises; where D is sure of a fake, the slope for G is almost 0.",
    source: "Goodfellow et al. 2014, equation 1",
    real: "-log(D)",
    fake: "-log(1-D)",
    g: "log(1-D)",
  },
  hinge: {
    title: "Hinge",
    says: "D stops at a margin of 1 on either side; G pushes the logit up without end.",
    source: "Lim and Ye 2017",
    real: "relu(1-l)",
    fake: "relu(1+l)",
    g: "-l",
  },
  wasserstein: {
    title: "Wasserstein",
    says: "D's score is a height; held to a slope of 1 by penalty or clipping, it never goes flat.",
    source: "Arjovsky et al. 2017; Gulrajani et al. 2017",
    real: "-l",
    fake: "l",
    g: "-l",
  },
  squares: {
    title: "Least squares",
    says: "D's score should be 1 for a real sample, 0 for a fake one, and G wants 1.",
    source: "Mao et al. 2017",
    real: "(l-1)^2",
    fake: "l^2",
    g: "(l-1)^2",
  },
  paired: {
    title: "Relativistic pairing",
    says: "D only says by how much a real sample looks more real than the fake one beside it.",
    source: "Jolicoeur-Martineau 2019; Huang et al. 2024",
    real: "softplus(-delta)",
    fake: "0",
    g: "softplus(delta)",
  },
};
export const PARTS = /** @type {const} */ (["real", "fake", "g"]);

/**
 * The trees of three formulas.
 *
 * @param {Formulas} formulas
 * @param {number} s
 * @throws {FormulaError} with `part`, the name of the formula that is wrong
 */
export function read(formulas, s) {
  const trees = PARTS.map((part) => {
    try {
      const tree = withSmooth(parse(formulas[part]), s);
      for (const l of [-30, -5, -0.5, 0.5, 5, 30])
        if (!Number.isFinite(evaluate(tree, { l, delta: l })))
          throw new FormulaError(`the formula gives no number where l or delta is ${l}`, 0);
      return tree;
    } catch (error) {
      if (error instanceof FormulaError) Object.assign(error, { part });
      throw error;
    }
  });
  return { real: trees[0], fake: trees[1], g: trees[2] };
}

/** A loss, ready to be computed with its derivatives for whole batches. */
export class Loss {
  /**
   * @param {Formulas} formulas
   * @param {number} s label smoothing, 0 to 0.49
   * @param {number} capacity the largest batch
   * @throws {FormulaError}
   */
  constructor(formulas, s, capacity) {
    this.trees = read(formulas, s);
    const program = (/** @type {import("./formula.js").Node} */ tree) =>
      new Program([tree, derivative(tree, "l"), derivative(tree, "delta")], capacity);
    this.real = program(this.trees.real);
    this.fake = program(this.trees.fake);
    this.g = program(this.trees.g);
    this.gIsPaired = mentions(this.trees.g, "delta");
    const { real, fake } = this.trees;
    const has = (/** @type {string} */ op) => mentions(real, op) || mentions(fake, op);
    /** Whether sigmoid(l) is what D thinks of a sample, rather than l a score without a unit. */
    this.isProbability = (has("sigmoid") || has("softplus")) && !has("delta");
    this.balance = this.equilibrium();
  }

  /**
   * Mean loss of D on n real and n fake logits, and its gradient.
   *
   * @param {Float64Array} logits (2n), the real ones first
   * @param {Float64Array} grads (2n), filled
   * @param {number} n
   */
  discriminator(logits, grads, n) {
    const { real, fake } = this;
    for (let i = 0; i < n; i++) {
      real.l[i] = logits[i];
      fake.l[i] = logits[n + i];
      real.delta[i] = fake.delta[i] = logits[i] - logits[n + i];
    }
    real.run(n);
    fake.run(n);
    let total = 0;
    for (let i = 0; i < n; i++) {
      const pair = real.out[2][i] + fake.out[2][i];
      grads[i] = (real.out[1][i] + pair) / n;
      grads[n + i] = (fake.out[1][i] - pair) / n;
      total += real.out[0][i] + fake.out[0][i];
    }
    return total / n;
  }

  /**
   * Mean loss of G on n fake logits, and its gradient.
   *
   * @param {Float64Array} fakes (n)
   * @param {Float64Array} reals (n), which only a paired loss looks at
   * @param {Float64Array} grads (n), filled
   * @param {number} n
   */
  generator(fakes, reals, grads, n) {
    const { g } = this;
    for (let i = 0; i < n; i++) {
      g.l[i] = fakes[i];
      g.delta[i] = reals[i] - fakes[i];
    }
    g.run(n);
    let total = 0;
    for (let i = 0; i < n; i++) {
      grads[i] = (g.out[1][i] - g.out[2][i]) / n;
      total += g.out[0][i];
    }
    return total / n;
  }

  /**
   * What both losses are where p_g = p_data and D is the best there is: one logit for all x.
   *
   * @returns {{l: number, d: number | null, g: number | null}} null where no single value is best
   */
  equilibrium() {
    const { real, fake, g } = this.trees;
    const cost = (/** @type {number} */ l) =>
      evaluate(real, { l, delta: 0 }) + evaluate(fake, { l, delta: 0 });
    const step = 1 / 64;
    let best = -20;
    for (let l = -20; l <= 20; l += step) if (cost(l) < cost(best)) best = l;
    const least = cost(best);
    const flat = [1, 2].every((k) => Math.abs(cost(best + k * step) - least) < 1e-9);
    // One value for all logits is a level still; a cost that falls for ever has none.
    if (flat)
      return { l: 0, d: least, g: mentions(g, "l") ? null : evaluate(g, { l: 0, delta: 0 }) };
    if (best <= -20 || best >= 20 - step) return { l: 0, d: null, g: null };
    let low = best - step;
    let high = best + step;
    for (let i = 0; i < 60; i++) {
      const third = (high - low) / 3;
      if (cost(low + third) < cost(high - third)) high -= third;
      else low += third;
    }
    const l = (low + high) / 2;
    return { l, d: cost(l), g: evaluate(g, { l, delta: 0 }) };
  }
}
