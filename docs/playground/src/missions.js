/** Missions: set-ups with a goal, and how it is seen that the goal is reached. */
import { evaluate } from "./calculus.js";
import { LOSSES, read as readLoss } from "./losses.js";

/**
 * @typedef {import("./game.js").Game} Game
 * @typedef {import("./game.js").Moment} Moment
 * @typedef {{says: string, met: (game: Game, memory: Record<string, any>) => boolean}} Stage
 *   `met` is asked at every moment until it is true; `memory` is the mission's own.
 * @typedef {object} Mission
 * @property {string} title
 * @property {string} task
 * @property {string} hint
 * @property {string} solved what has been shown
 * @property {string} chapter name of the notebook's page
 * @property {string} setup as a query
 * @property {Stage[]} stages
 */

/**
 * The last moments, at most `count`, or none if there are fewer.
 *
 * @param {Game} game
 * @param {number} count
 */
const last = (game, count) => (game.moments.length < count ? [] : game.moments.slice(-count));

/**
 * @param {Moment[]} moments
 * @param {(moment: Moment) => boolean} test
 */
const all = (moments, test) => moments.length > 0 && moments.every(test);

/**
 * Whether a part of the loss is, for all logits, that of a built-in loss, however it is written.
 *
 * @param {Game} game
 * @param {string} name
 * @param {"real" | "fake" | "g"} part
 */
function plays(game, name, part) {
  const wanted = readLoss(LOSSES[name], game.settings.s)[part];
  return [-6, -1, 0, 0.5, 4].every((l) => {
    const values = { l, delta: l };
    return Math.abs(evaluate(wanted, values) - evaluate(game.loss.trees[part], values)) < 1e-9;
  });
}

/**
 * Settings whose names begin with g, and what else makes G and its turns.
 *
 * @param {Game} game
 */
function settingsOfG({ settings }) {
  const { g, gopt, grate, gbeta, gturns, glayers, gwidth, latent, act } = settings;
  return JSON.stringify([g, gopt, grate, gbeta, gturns, glayers, gwidth, latent, act]);
}

/** @param {Game} game */
function stalled(game) {
  const { gturns } = game.settings;
  const still = all(last(game, 6), (m) => m.slope < 0.002 && m.near < 0.05);
  return game.step >= 300 && gturns > 0 && plays(game, "minimax", "g") && still;
}

/**
 * How far the mean of the fakes is from that of the data.
 *
 * @param {Game} game
 * @param {Moment} moment
 */
function distance(game, { x, y }) {
  const [cx, cy] = game.measures.centre;
  return Math.hypot(x - cx, y - cy);
}

/**
 * Turns of the fakes' mean around the data's, over the last moments, as long as it keeps away.
 *
 * @param {Game} game
 */
function turnsAround(game) {
  const [cx, cy] = game.measures.centre;
  let angle = 0;
  let before = null;
  for (const moment of last(game, 20).length ? game.moments.slice(-160) : []) {
    const now = distance(game, moment) > 0.05 ? Math.atan2(moment.y - cy, moment.x - cx) : null;
    if (now === null) angle = 0;
    else if (before !== null) {
      const turn = now - before;
      angle += turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI));
    }
    before = now;
  }
  return Math.abs(angle) / (2 * Math.PI);
}

/** @type {Record<string, Mission>} */
export const MISSIONS = {
  stall: {
    title: "Let the minimax loss stall",
    task: "With the non-saturating loss, G finds the line. Choose a loss for G and the turns of D so that G stands still because it hears nothing: no slope at the fakes, for 300 steps.",
    hint: "Choose Minimax, give D 5 turns a step, begin again and play.",
    solved:
      "D is so sure of every fake that log(1 - D) is flat there: the slope at the fakes is below 0.002, and G, which takes steps as long as its slope, stands still.",
    chapter: "03_generator_loss",
    setup: "data=lines&s=0&r1=0&gopt=sgd&grate=0.005",
    stages: [{ says: "G stands still under the minimax loss", met: stalled }],
  },
  collapse: {
    title: "Make it collapse, then cure it without touching G",
    task: "First bring G to one mode at most, with its fakes in a clump. Then get all eight back. From the collapse on, G's settings and its loss must stay as they are.",
    hint: "A D that learns too slowly runs after G: lower the rate of D to 0.0001 and play for 1,000 steps. Then give D its rate back.",
    solved:
      "Nothing was wrong with G: D was too slow to tell the clump from the data, and ran after it. A faster D brought all eight modes back.",
    chapter: "06_measuring_quality",
    setup: "",
    stages: [
      {
        says: "collapsed: at most one mode in eight, in a clump",
        met(game, memory) {
          const moments = last(game, 8).slice();
          const spreads = moments.map((m) => m.spread).sort((a, b) => a - b);
          const modes = moments.reduce((sum, m) => sum + m.covered / moments.length, 0);
          const clump =
            game.step >= 800 && game.data.modes.length > 2 && modes <= 1 && spreads[4] < 1;
          if (clump) Object.assign(memory, { g: settingsOfG(game), at: game.step });
          return clump;
        },
      },
      {
        says: "cured: all modes covered, G's settings untouched",
        met: (game, memory) =>
          memory.g === settingsOfG(game) &&
          all(last(game, 4), (m) => m.covered === game.data.modes.length) &&
          game.data.modes.length > 2,
      },
    ],
  },
  circle: {
    title: "Make it circle, then stop it with R1",
    task: "Two linear players: G can only move its cloud, D can only tilt. First let the fakes go around the data twice without arriving. Then stop them with R1, nothing else.",
    hint: "Set the strength of R1 to 0, begin again and play for some 2,000 steps. Then raise R1 to 1.",
    solved:
      "Each player runs after the other, so both circle. R1 pulls D's slope to 0 at the data, and the fakes come to rest there.",
    chapter: "01_the_adversarial_game",
    setup:
      "data=one&loss=wasserstein&s=0&r1=1&dlayers=0&glayers=0&dopt=sgd&gopt=sgd&drate=0.01&grate=0.01&latent=uniform2&seed=34&speed=300",
    stages: [
      {
        says: "the fakes went around the data twice, without R1",
        met(game, memory) {
          const around = game.settings.r1 === 0 && turnsAround(game) >= 2;
          if (around) memory.rates = JSON.stringify([game.settings.drate, game.settings.grate]);
          return around;
        },
      },
      {
        says: "R1 brought them to rest, at the same rates",
        met: (game, memory) =>
          game.settings.r1 > 0 &&
          memory.rates === JSON.stringify([game.settings.drate, game.settings.grate]) &&
          all(last(game, 10), (m) => distance(game, m) < 0.1),
      },
    ],
  },
  twosided: {
    title: "Show that two-sided smoothing takes away the slope",
    task: "G is held still, so that D gets close to its best. Train D with one-sided smoothing of 0.1 or more and read the slope at the fakes. Then switch to two-sided smoothing, same s, and train on until the slope is below a fifth of it.",
    hint: "Play for 1,000 steps, choose Two-sided smoothing, play for 1,000 more.",
    solved:
      "The best D now says s at every sure fake, however far from the data: a floor, and a floor has no slope. One-sided smoothing leaves the slope of log D as it was.",
    chapter: "02_discriminator_loss",
    setup: "data=two&r1=0&gturns=0",
    stages: [
      {
        says: "one-sided: D is close to its best, and there is a slope at the fakes",
        met(game, memory) {
          const { s, gturns, dturns } = game.settings;
          const one = plays(game, "smooth", "real") && plays(game, "smooth", "fake");
          const slopes = last(game, 6).map((m) => m.slope);
          const ready = one && s >= 0.1 && !gturns && dturns > 0 && game.step >= 600;
          if (ready)
            Object.assign(memory, { s, slope: Math.min(...slopes), seed: game.settings.seed });
          return ready && memory.slope > 0.5;
        },
      },
      {
        says: "two-sided: less than a fifth of that slope is left",
        met(game, memory) {
          const { s, gturns } = game.settings;
          const two = plays(game, "twosided", "real") && plays(game, "twosided", "fake");
          const flat = all(last(game, 4), (m) => m.slope < memory.slope / 5 && m.step >= 600);
          return two && s === memory.s && !gturns && flat;
        },
      },
    ],
  },
  wasserstein: {
    title: "Where does Wasserstein help?",
    task: "Real and fake lie apart, and D takes five turns a step. First see the minimax loss leave G where it is. Then choose a loss under which G arrives although D is as far ahead.",
    hint: "Play for 600 steps. Then choose Wasserstein, set the gradient penalty to 2, and play on.",
    solved:
      "Where real and fake lie apart, a D that tells them apart perfectly is flat. A D that is held to a slope of 1 is a hill on the way to the data: the slope at the fakes stays near 1 however far ahead D is.",
    chapter: "07_why_training_fails",
    setup: "data=lines&loss=minimax&s=0&r1=0&gopt=sgd&grate=0.005&dturns=5",
    stages: [
      { says: "G stands still under the minimax loss", met: stalled },
      {
        says: "a D with bounded slope brought G to the line",
        met: (game) =>
          game.settings.dturns >= 5 &&
          plays(game, "wasserstein", "g") &&
          game.settings.gp + game.settings.clip > 0 &&
          all(last(game, 6), (m) => distance(game, m) < 0.3),
      },
    ],
  },
};

/** How far a reader has come with one mission. */
export class Progress {
  /** @param {string} name of the mission, or "" */
  constructor(name) {
    this.name = name;
    /** @type {Mission | undefined} */
    this.mission = Object.hasOwn(MISSIONS, name) ? MISSIONS[name] : undefined;
    this.done = 0;
    /** @type {Record<string, any>} */
    this.memory = {};
  }

  /**
   * Look at the newest moment.
   *
   * @param {Game} game
   */
  look(game) {
    const stage = this.mission?.stages[this.done];
    if (stage?.met(game, this.memory)) this.done++;
  }
}
