/** Light or dark, as the page around: the site, JupyterLab, VS Code and Colab differ. */

/** The series' code of colours; lines are told apart by dashes and labels as well. */
export const LIGHT = {
  real: "#0072B2",
  fake: "#D55E00",
  d: "#009E73",
  text: "#222222",
  soft: "#5f6368",
  faint: "#d8dadd",
  ground: "#ffffff",
  heat: [0, 158, 115, 0.42],
};
export const DARK = {
  real: "#56B4E9",
  fake: "#FF8C42",
  d: "#2CC295",
  text: "#ececec",
  soft: "#a9adb2",
  faint: "#3d4146",
  ground: "#16181b",
  heat: [44, 194, 149, 0.4],
};
/** @typedef {typeof LIGHT} Colours */

/**
 * Whether an element stands on a dark ground.
 *
 * @param {Element} element
 */
export function isDark(element) {
  for (let node = /** @type {Element | null} */ (element); node; node = node.parentElement) {
    const parts =
      getComputedStyle(node)
        .backgroundColor.match(/[\d.]+/g)
        ?.map(Number) ?? [];
    const [red, green, blue, alpha = 1] = parts;
    if (parts.length >= 3 && alpha > 0.5) return 0.3 * red + 0.59 * green + 0.11 * blue < 128;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/**
 * Call a function whenever the page may have changed its colours.
 *
 * @param {() => void} changed
 * @returns {() => void} which ends that
 */
export function watchTheme(changed) {
  const observer = new MutationObserver(changed);
  const options = {
    attributes: true,
    attributeFilter: ["class", "style", "data-theme", "data-jp-theme-light"],
  };
  for (const element of [document.documentElement, document.body])
    observer.observe(element, options);
  const query = matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    query.removeEventListener("change", changed);
  };
}
