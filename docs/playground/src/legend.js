/** What is drawn in the plane, and in which colour. */
import { h } from "./dom.js";

const SHOWN = {
  heat: "D's answer",
  real: "real samples",
  fakes: "fakes",
  web: "G's grid",
  arrows: "where G is sent",
};

/**
 * @param {string} form of the playground
 * @param {import("./plane.js").Shown} shown changed by the reader
 * @param {() => void} draw called then
 */
export function legend(form, shown, draw) {
  if (form === "hero")
    return h(
      "p",
      { class: "legend" },
      h("span", { class: "key real" }, "● real"),
      " ",
      h("span", { class: "key fake" }, "× fake"),
      " ",
      h("span", { class: "key d" }, "▬ what D takes for real"),
    );
  const boxes = Object.entries(SHOWN).map(([name, words]) => {
    const key = /** @type {keyof typeof SHOWN} */ (name);
    const box = h("input", {
      type: "checkbox",
      checked: shown[key],
      onchange: () => {
        shown[key] = box.checked;
        draw();
      },
    });
    return h("label", { class: `key ${name}` }, box, ` ${words}`);
  });
  return h("div", { class: "legend", role: "group", "aria-label": "What is drawn" }, ...boxes);
}
