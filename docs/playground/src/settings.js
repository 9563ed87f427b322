/** What can be set, its default, its range, and how it is written in an address. */
import { DATASETS } from "./datasets.js";
import { LOSSES, PARTS } from "./losses.js";
import { MISSIONS } from "./missions.js";

/**
 * @typedef {object} Settings
 * @property {string} data
 * @property {[number, number][]} points of data "own"
 * @property {string} latent
 * @property {string} loss a built-in loss, or "own"
 * @property {string} real
 * @property {string} fake
 * @property {string} g
 * @property {number} s
 * @property {number} r1
 * @property {number} r2
 * @property {number} gp
 * @property {number} clip 0 for none
 * @property {import("./optimizers.js").Rule} dopt
 * @property {number} drate
 * @property {number} dbeta
 * @property {number} dturns
 * @property {import("./optimizers.js").Rule} gopt
 * @property {number} grate
 * @property {number} gbeta
 * @property {number} gturns
 * @property {import("./mlp.js").Activation} act
 * @property {number} dlayers
 * @property {number} dwidth
 * @property {number} glayers
 * @property {number} gwidth
 * @property {number} batch
 * @property {number} seed
 * @property {string} speed how fast it plays
 * @property {string} mission
 */

export const LATENTS = {
  normal2: "2-D normal",
  uniform2: "2-D uniform",
  normal1: "1-D normal",
  uniform1: "1-D uniform",
};
/** Steps a second; "slow" shows each turn for a second. */
export const SPEEDS = {
  slow: "Slow motion",
  10: "10 steps a second",
  100: "100 steps a second",
  300: "300 steps a second",
  most: "As fast as it goes",
};
export const RULES = { sgd: "SGD", momentum: "SGD with momentum", adam: "Adam" };
export const ACTIVATIONS = { leaky: "Leaky ReLU", relu: "ReLU", tanh: "tanh" };

/**
 * A number that can be set.
 *
 * @param {number} from
 * @param {number} to
 * @param {number} step
 * @param {string} title
 * @param {string} says
 */
const range = (from, to, step, title, says) => ({ from, to, step, title, says });

export const NUMBERS = {
  s: range(0, 0.49, 0.01, "Smoothing s", "What a real sample lacks to 1, as D is told."),
  r1: range(0, 10, 0.05, "R1 strength", "Holds D's slope down at real samples."),
  r2: range(0, 10, 0.05, "R2 strength", "Holds D's slope down at fakes."),
  gp: range(0, 20, 0.5, "Gradient penalty", "Holds D's slope at 1 between real and fake."),
  clip: range(
    0,
    1,
    0.01,
    "Clipping of D's weights",
    "Cuts each weight to this size; 0 leaves them.",
  ),
  drate: range(0.0001, 1, 0, "Rate of D", "How far D steps."),
  grate: range(0.0001, 1, 0, "Rate of G", "How far G steps."),
  dbeta: range(0, 0.99, 0.01, "β₁ of D", "How much of the steps before is kept."),
  gbeta: range(0, 0.99, 0.01, "β₁ of G", "How much of the steps before is kept."),
  dturns: range(0, 20, 1, "Turns of D a step", "0 holds D still."),
  gturns: range(0, 5, 1, "Turns of G a step", "0 holds G still."),
  dlayers: range(0, 4, 1, "Hidden layers of D", "0 leaves a straight line."),
  glayers: range(0, 4, 1, "Hidden layers of G", "0 leaves a linear map."),
  dwidth: range(2, 64, 1, "Width of D", "Units in each hidden layer."),
  gwidth: range(2, 64, 1, "Width of G", "Units in each hidden layer."),
  batch: range(4, 256, 4, "Batch", "Samples a turn."),
  seed: range(1, 9999, 1, "Seed", "The same seed gives the same course."),
};

/** What is set from a list. @type {Record<string, string[]>} */
const CHOICES = {
  data: [...Object.keys(DATASETS), "own"],
  latent: Object.keys(LATENTS),
  loss: [...Object.keys(LOSSES), "own"],
  dopt: Object.keys(RULES),
  gopt: Object.keys(RULES),
  act: Object.keys(ACTIVATIONS),
  speed: Object.keys(SPEEDS),
};

/** The recommended setting. @type {Settings} */
export const DEFAULTS = {
  data: "ring",
  points: [],
  latent: "normal2",
  loss: "smooth",
  real: LOSSES.smooth.real,
  fake: LOSSES.smooth.fake,
  g: LOSSES.smooth.g,
  s: 0.1,
  r1: 0.1,
  r2: 0,
  gp: 0,
  clip: 0,
  dopt: "adam",
  drate: 0.002,
  dbeta: 0.5,
  dturns: 1,
  gopt: "adam",
  grate: 0.002,
  gbeta: 0.5,
  gturns: 1,
  act: "leaky",
  dlayers: 2,
  dwidth: 32,
  glayers: 2,
  gwidth: 32,
  batch: 64,
  seed: 1,
  speed: "most",
  mission: "",
};

/** Settings that a running game cannot take over: it begins again. */
export const STRUCTURE = [
  "data",
  "points",
  "latent",
  "act",
  "dlayers",
  "dwidth",
  "glayers",
  "gwidth",
  "batch",
  "seed",
];

/** @param {string | null} mission */
const setupOf = (mission) =>
  Object.hasOwn(MISSIONS, mission ?? "") ? MISSIONS[mission ?? ""].setup : "";

/**
 * The settings of a query such as "data=grid&s=0.2"; what is missing has its default.
 *
 * @param {string} query
 * @returns {{settings: Settings, wrong: string[]}} with a sentence for each part that is ignored
 */
export function read(query) {
  /** @type {Record<string, any>} */
  const settings = { ...DEFAULTS };
  const wrong = [];
  const given = new URLSearchParams(query.replace(/^[#?]/, ""));
  // What stands beside a mission changes the mission's set-up.
  const setup = new URLSearchParams(setupOf(given.get("mission")));
  for (const [name, value] of setup) if (!given.has(name)) given.set(name, value);
  const loss = given.get("loss");
  if (loss && Object.hasOwn(LOSSES, loss))
    for (const part of PARTS) settings[part] = LOSSES[loss][part];
  for (const [name, text] of given) {
    const value = allowed(name, text);
    if (value === undefined) wrong.push(`${name}=${text} in the address is not understood`);
    else settings[name] = value;
  }
  return { settings: /** @type {Settings} */ (settings), wrong };
}

/**
 * @param {string} name
 * @param {string} text
 * @returns {string | number | [number, number][] | undefined} undefined if it is not allowed
 */
function allowed(name, text) {
  if (Object.hasOwn(CHOICES, name)) return CHOICES[name].includes(text) ? text : undefined;
  if (Object.hasOwn(NUMBERS, name)) {
    const { from, to, step } = NUMBERS[/** @type {keyof typeof NUMBERS} */ (name)];
    const value = Number(text);
    const fits = text !== "" && value >= from && value <= to;
    return fits && !(step >= 1 && value % 1) ? value : undefined;
  }
  if (name === "points") return pointsOf(text);
  if (name === "mission") return Object.hasOwn(MISSIONS, text) ? text : undefined;
  return PARTS.includes(/** @type {any} */ (name)) ? text : undefined;
}

/**
 * @param {string} text "1.2,0.3_-1,2"
 * @returns {[number, number][] | undefined}
 */
function pointsOf(text) {
  /** @type {[number, number][]} */
  const points = text
    ? text.split("_").map((pair) => /** @type {[number, number]} */ (pair.split(",").map(Number)))
    : [];
  const good = points.every((pair) => pair.length === 2 && pair.every((v) => Math.abs(v) <= 4));
  return good ? points.slice(0, 400) : undefined;
}

/**
 * The settings as a query, without what has its default or is of the mission's set-up: what `read` reads.
 *
 * @param {Settings} settings
 */
export function write(settings) {
  const query = new URLSearchParams();
  if (settings.mission) query.set("mission", settings.mission);
  const usual = read(query.toString()).settings;
  if (Object.hasOwn(LOSSES, settings.loss))
    for (const part of PARTS) usual[part] = LOSSES[settings.loss][part];
  for (const [name, value] of Object.entries(settings)) {
    if (name === "points") {
      if (settings.data === "own" && settings.points.length)
        query.set(name, settings.points.map(([x, y]) => `${round(x)},${round(y)}`).join("_"));
    } else if (value !== usual[/** @type {keyof Settings} */ (name)]) query.set(name, `${value}`);
  }
  return query.toString().replaceAll("%2C", ",");
}

/** @param {number} x */
const round = (x) => Number(x.toFixed(2));
