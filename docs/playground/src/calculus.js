/** Formulas made simpler, and their exact derivatives. */
import { number, variable } from "./formula.js";

/** @typedef {import("./formula.js").Node} Node */

/** What each operation gives for numbers. @type {Record<string, (x: number, y: number) => number>} */
export const VALUES = {
  "+": (x, y) => x + y,
  "-": (x, y) => x - y,
  "*": (x, y) => x * y,
  "/": (x, y) => x / y,
  "^": (x, y) => x ** y,
  negative: (x) => -x,
  log: Math.log,
  exp: Math.exp,
  sqrt: Math.sqrt,
  abs: Math.abs,
  tanh: Math.tanh,
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  relu: (x) => Math.max(x, 0),
  max: Math.max,
  min: Math.min,
  positive: (x) => (x > 0 ? 1 : 0),
  sign: Math.sign,
};

/**
 * @param {string} op
 * @param {...Node} args
 * @returns {Node}
 */
const make = (op, ...args) => simplify({ op, args });
/** @param {Node} node @param {number} value */
const is = (node, value) => node.op === "number" && node.value === value;

/**
 * The same formula with s put in.
 *
 * @param {Node} node
 * @param {number} s
 * @returns {Node}
 */
export function withSmooth(node, s) {
  if (node.op === "s") return number(s);
  if (!node.args.length) return node;
  return simplify({ op: node.op, args: node.args.map((arg) => withSmooth(arg, s)) });
}

/**
 * A node whose arguments are simple already, made simple: numbers are worked out, what changes
 * nothing goes, and log D and log(1 - D) take the form that neither overflows nor rounds to 0.
 *
 * @param {Node} node
 * @returns {Node}
 */
export function simplify(node) {
  const { op, args } = node;
  const [x, y] = args;
  if (!x) return node;
  if (args.every((arg) => arg.op === "number"))
    return number(VALUES[op](x.value ?? 0, y?.value ?? 0));
  switch (op) {
    case "+":
      return is(x, 0) ? y : is(y, 0) ? x : node;
    case "-":
      return is(y, 0) ? x : is(x, 0) ? make("negative", y) : node;
    case "*":
      if (is(x, 0) || is(y, 0)) return number(0);
      if (is(x, -1)) return make("negative", y);
      return is(x, 1) ? y : is(y, 1) ? x : node;
    case "/":
      return is(y, 1) ? x : is(x, 0) ? x : node;
    case "^":
      return is(y, 1) ? x : is(y, 0) ? number(1) : node;
    case "negative":
      return x.op === "negative" ? x.args[0] : node;
    case "log":
      return logOf(x) ?? node;
    default:
      return node;
  }
}

/**
 * log sigmoid(e) = -softplus(-e), and log(1 - sigmoid(e)) = -softplus(e).
 *
 * @param {Node} x
 * @returns {Node | null}
 */
function logOf(x) {
  if (x.op === "sigmoid") return make("negative", make("softplus", make("negative", x.args[0])));
  if (x.op === "-" && is(x.args[0], 1) && x.args[1].op === "sigmoid")
    return make("negative", make("softplus", x.args[1].args[0]));
  return null;
}

/**
 * The derivative of a formula in one of its variables.
 *
 * @param {Node} node
 * @param {string} name
 * @returns {Node}
 */
export function derivative(node, name) {
  const { op, args } = node;
  if (!args.length) return number(op === name ? 1 : 0);
  const [x, y] = args;
  const dx = derivative(x, name);
  if (!y) return is(dx, 0) ? dx : make("*", slope(op, x, node), dx);
  const dy = derivative(y, name);
  switch (op) {
    case "+":
    case "-":
      return make(op, dx, dy);
    case "*":
      return make("+", make("*", dx, y), make("*", x, dy));
    case "/":
      return make("-", make("/", dx, y), make("/", make("*", x, dy), make("*", y, y)));
    case "^":
      return make(
        "+",
        is(dx, 0) ? dx : make("*", make("*", y, make("^", x, make("-", y, number(1)))), dx),
        is(dy, 0) ? dy : make("*", make("*", node, make("log", x)), dy),
      );
    default: {
      const first = make("positive", op === "max" ? make("-", x, y) : make("-", y, x));
      return make("+", make("*", first, dx), make("*", make("-", number(1), first), dy));
    }
  }
}

/**
 * The slope of a function of one argument.
 *
 * @param {string} op
 * @param {Node} x
 * @param {Node} node op of x
 * @returns {Node}
 */
function slope(op, x, node) {
  const one = number(1);
  switch (op) {
    case "negative":
      return number(-1);
    case "log":
      return make("/", one, x);
    case "exp":
      return node;
    case "sqrt":
      return make("/", number(0.5), node);
    case "abs":
      return make("sign", x);
    case "tanh":
      return make("-", one, make("*", node, node));
    case "sigmoid":
      return make("*", node, make("sigmoid", make("negative", x)));
    case "softplus":
      return make("sigmoid", x);
    case "relu":
      return make("positive", x);
    default:
      return number(0);
  }
}

/** The variables that a loss may stand on. */
export const VARIABLES = ["l", "delta"];

/**
 * The value of a formula for numbers, slowly; `Program` is for many at once.
 *
 * @param {Node} node
 * @param {Record<string, number>} values of the variables
 * @returns {number}
 */
export function evaluate(node, values) {
  if (node.op === "number") return node.value ?? 0;
  if (!node.args.length) return values[node.op];
  const [x, y] = node.args.map((arg) => evaluate(arg, values));
  return VALUES[node.op](x, y);
}

/** The logit, as a formula. */
export const LOGIT = variable("l");
