/**
 * The little language of losses: numbers, l (a logit), D = sigmoid(l), s, delta = l(real) -
 * l(fake), + - * / ^, brackets and a few functions. Nothing is ever given to eval.
 *
 *   sum     = product { ("+" | "-") product }
 *   product = signed { ("*" | "/") signed }
 *   signed  = ("-" | "+") signed | power
 *   power   = atom [ "^" signed ]
 *   atom    = number | name | function "(" sum { "," sum } ")" | "(" sum ")"
 *
 * @typedef {{op: string, args: Node[], value?: number}} Node
 */

/** Functions and how many arguments they take. */
export const FUNCTIONS = new Map([
  ["log", 1],
  ["exp", 1],
  ["sqrt", 1],
  ["abs", 1],
  ["tanh", 1],
  ["sigmoid", 1],
  ["softplus", 1],
  ["relu", 1],
  ["max", 2],
  ["min", 2],
]);
const NAMES = new Map([
  ["l", "l"],
  ["ℓ", "l"],
  ["logit", "l"],
  ["D", "D"],
  ["s", "s"],
  ["smooth", "s"],
  ["Δ", "delta"],
  ["∆", "delta"], // the sign for an increment, which looks the same
  ["delta", "delta"],
]);
const SIGNS = new Map([
  ["−", "-"],
  ["–", "-"],
  ["·", "*"],
  ["×", "*"],
  ["÷", "/"],
]);
const TOKEN = /\s*(?:((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)|([\p{L}∆_]\w*)|(\S))/uy;
const LONGEST = 300;

export class FormulaError extends Error {
  /**
   * @param {string} message
   * @param {number} at index of the character, from 0
   */
  constructor(message, at) {
    super(`${message}, at character ${at + 1}`);
    this.at = at;
  }
}

/** @param {number} value @returns {Node} */
export const number = (value) => ({ op: "number", args: [], value });
/** @param {string} name @returns {Node} */
export const variable = (name) => ({ op: name, args: [] });

/**
 * @param {string} text
 * @returns {{kind: "number" | "name" | "sign" | "end", text: string, at: number}[]}
 */
function tokens(text) {
  /** @type {ReturnType<typeof tokens>} */
  const found = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [all, digits, name, sign] = match;
    const word = digits ?? name ?? sign;
    const at = match.index + all.length - word.length;
    if (digits !== undefined) found.push({ kind: "number", text: word, at });
    else if (name !== undefined) found.push({ kind: "name", text: word, at });
    else found.push({ kind: "sign", text: SIGNS.get(word) ?? word, at });
  }
  found.push({ kind: "end", text: "the end", at: text.trimEnd().length });
  return found;
}

/**
 * Read a formula.
 *
 * @param {string} text
 * @returns {Node}
 * @throws {FormulaError} which says what is wrong and where
 */
export function parse(text) {
  if (text.length > LONGEST) throw new FormulaError(`more than ${LONGEST} characters`, LONGEST);
  const list = tokens(text);
  let next = 0;
  const here = () => list[next];
  /** @param {string} signs */
  const takes = (signs) =>
    here().kind === "sign" && signs.includes(here().text) ? list[next++].text : "";
  /** @param {string} what */
  const wanted = (what) => {
    const { kind, text: word, at } = here();
    if (kind === "end") throw new FormulaError(`the formula ends where ${what} should follow`, at);
    throw new FormulaError(`${what} should stand in place of "${word}"`, at);
  };

  /** @returns {Node} */
  function sum() {
    let left = product();
    for (let sign = takes("+-"); sign; sign = takes("+-"))
      left = { op: sign, args: [left, product()] };
    return left;
  }

  /** @returns {Node} */
  function product() {
    let left = signed();
    for (let sign = takes("*/"); sign; sign = takes("*/"))
      left = { op: sign, args: [left, signed()] };
    return left;
  }

  /** @returns {Node} */
  function signed() {
    const sign = takes("+-");
    if (!sign) return power();
    const inner = signed();
    return sign === "-" ? { op: "negative", args: [inner] } : inner;
  }

  /** @returns {Node} */
  function power() {
    const base = atom();
    return takes("^") ? { op: "^", args: [base, signed()] } : base;
  }

  /** @returns {Node} */
  function atom() {
    const { kind, text: word, at } = here();
    if (kind === "number") {
      next++;
      return number(Number(word));
    }
    if (kind === "name") {
      next++;
      return FUNCTIONS.has(word) ? call(word, at) : named(word, at);
    }
    if (!takes("(")) wanted("a number, a name or a bracket");
    const inner = sum();
    close(at);
    return inner;
  }

  /** @param {number} opened */
  function close(opened) {
    if (takes(")")) return;
    if (here().kind === "end") throw new FormulaError("this bracket is never closed", opened);
    if (here().kind !== "sign" || here().text === "(")
      throw new FormulaError(`an operator such as * is missing before "${here().text}"`, here().at);
    wanted('an operator or ")"');
  }

  /**
   * @param {string} name
   * @param {number} at
   * @returns {Node}
   */
  function call(name, at) {
    const opened = here().at;
    if (!takes("(")) throw new FormulaError(`${name} needs its argument in brackets`, opened);
    const args = [sum()];
    while (takes(",")) args.push(sum());
    close(opened);
    const count = FUNCTIONS.get(name);
    if (args.length !== count)
      throw new FormulaError(
        `${name} takes ${count} argument${count === 1 ? "" : "s"}, not ${args.length}`,
        at,
      );
    return { op: name, args };
  }

  const tree = sum();
  if (here().kind !== "end") {
    const { kind, text: word, at } = here();
    if (word === ")") throw new FormulaError('this ")" closes nothing', at);
    if (word === ",")
      throw new FormulaError("a comma belongs between the arguments of max or min", at);
    throw new FormulaError(
      kind === "sign" && word !== "("
        ? `"${word}" has no meaning here`
        : `an operator such as * is missing before "${word}"`,
      at,
    );
  }
  return tree;
}

/**
 * @param {string} word
 * @param {number} at
 * @returns {Node}
 */
function named(word, at) {
  const name = NAMES.get(word);
  if (name === "D") return { op: "sigmoid", args: [variable("l")] };
  if (name) return variable(name);
  throw new FormulaError(
    `"${word}" is unknown: use l, D, s, delta, or ${[...FUNCTIONS.keys()].join(", ")}`,
    at,
  );
}

/**
 * Whether a variable occurs.
 *
 * @param {Node} node
 * @param {string} name
 * @returns {boolean}
 */
export function mentions(node, name) {
  return node.op === name || node.args.some((arg) => mentions(arg, name));
}
