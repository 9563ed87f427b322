/**
 * An element with properties, listeners (their names begin with "on") and children.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [given]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, `${value}`);
  }
  element.append(...children);
  return element;
}

/**
 * A list to choose from.
 *
 * @param {Record<string, string>} options value -> words
 * @param {(value: string) => void} chosen
 * @param {Record<string, any>} [given]
 */
export function choice(options, chosen, given = {}) {
  const list = h(
    "select",
    { ...given, onchange: () => chosen(list.value) },
    ...Object.entries(options).map(([value, words]) => h("option", { value }, words)),
  );
  return list;
}

let count = 0;

/** A name for an element that no other has. */
export const ident = () => `gan-game-${++count}`;

/**
 * A control with its label, and a sentence on it for those who ask.
 *
 * @param {string} words
 * @param {HTMLElement} control
 * @param {string} [says]
 * @param {...Node} more what stands behind the control
 */
export function labelled(words, control, says, ...more) {
  control.id ||= ident();
  const label = h("label", { for: control.id, title: says }, words);
  return h("div", { class: "field" }, label, control, ...more);
}

/**
 * A number in words: few digits, and thousands with a comma.
 *
 * @param {number} value
 * @param {number} [digits]
 */
export function show(value, digits = 3) {
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  if (value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits) return value.toPrecision(1);
  return value.toFixed(digits);
}
