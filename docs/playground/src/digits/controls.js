/** The page's controls, each of which shows the state and changes it. */
import { choice, h, labelled } from "../dom.js";
import { COUNT } from "./latent.js";
import { isIn, RANGES } from "./state.js";
import { two } from "./words.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {(change: Partial<State>) => void} Change
 * @typedef {{element: HTMLElement, show: (state: State) => void}} Control
 */

/**
 * One of several, as radio buttons: one stop for Tab, arrow keys choose.
 *
 * @param {keyof State} name
 * @param {string} title
 * @param {string} group a name for the group that no other has
 * @param {{value: number, face: Node | string, words: string}[]} faces
 * @param {Change} change
 * @returns {Control}
 */
export function radios(name, title, group, faces, change) {
  const inputs = faces.map(({ value, words }) =>
    h("input", {
      type: "radio",
      name: group,
      value,
      "data-setting": name,
      "aria-label": words,
      onchange: () => change({ [name]: value }),
    }),
  );
  const element = h(
    "fieldset",
    { class: `choose ${name}` },
    h("legend", {}, title),
    h(
      "div",
      { class: "faces" },
      ...faces.map(({ face }, i) =>
        h("label", {}, inputs[i], h("span", { "aria-hidden": "true" }, face)),
      ),
    ),
  );
  const show = (/** @type {State} */ state) => {
    for (const input of inputs) input.checked = Number(input.value) === state[name];
  };
  return { element, show };
}

/**
 * @param {keyof State} name
 * @param {string} title
 * @param {string} says
 * @param {Change} change
 * @returns {Control}
 */
export function slider(name, title, says, change) {
  const { from, to, step } = RANGES[name];
  const value = h("span", { class: "value" });
  const input = h("input", {
    type: "range",
    "data-setting": name,
    min: from,
    max: to,
    step,
    oninput: () => change({ [name]: Number(input.value) }),
  });
  const show = (/** @type {State} */ state) => {
    input.value = `${state[name]}`;
    value.textContent = two(state[name]);
    input.setAttribute("aria-valuetext", value.textContent);
  };
  return { element: labelled(title, input, says, value), show };
}

/**
 * @param {keyof State} name
 * @param {string} title
 * @param {Record<string, string>} options
 * @param {Change} change
 * @returns {Control}
 */
export function list(name, title, options, change) {
  const control = choice(options, (value) => change({ [name]: Number(value) }), {
    "data-setting": name,
  });
  const show = (/** @type {State} */ state) => {
    control.value = `${state[name]}`;
  };
  return { element: labelled(title, control), show };
}

/**
 * @param {Change} change
 * @returns {Control}
 */
export function seed(change) {
  const input = h("input", {
    type: "number",
    "data-setting": "seed",
    min: RANGES.seed.from,
    max: RANGES.seed.to,
    oninput: () => isIn(RANGES.seed, input.value) && change({ seed: Number(input.value) }),
  });
  const show = (/** @type {State} */ state) => {
    if (Number(input.value) !== state.seed || !input.value) input.value = `${state.seed}`;
  };
  return { element: labelled("Seed", input), show };
}

/** The digits, as faces of radio buttons. */
export const DIGITS = Array.from({ length: 10 }, (_, value) => ({
  value,
  face: `${value}`,
  words: `${value}`,
}));
/** The digits, to choose from in a list. */
export const OTHERS = Object.fromEntries(DIGITS.map(({ value, words }) => [value, words]));
/** The drawings, to choose from in a list. */
export const DRAWINGS = Object.fromEntries(
  Array.from({ length: COUNT }, (_, i) => [i + 1, `drawing ${i + 1}`]),
);
