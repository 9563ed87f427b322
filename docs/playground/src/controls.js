/** The settings as controls, in groups that fold out. */
import { DATASETS, readPoints } from "./datasets.js";
import { choice, h, ident, labelled } from "./dom.js";
import { FormulaError } from "./formula.js";
import { LOSSES, PARTS, read as readLoss } from "./losses.js";
import { ACTIVATIONS, LATENTS, NUMBERS, RULES } from "./settings.js";

/**
 * @typedef {import("./settings.js").Settings} Settings
 * @typedef {(change: Partial<Settings>) => void} Change
 */

const PART_TITLES = {
  real: "D pays for a real sample",
  fake: "D pays for a fake",
  g: "G pays for a fake",
};

export class Controls {
  /** @param {Change} change called with what the reader sets */
  constructor(change) {
    this.change = change;
    /** What shows the settings in each control. @type {((settings: Settings) => void)[]} */
    this.shows = [];
    this.element = h(
      "div",
      { class: "controls" },
      this.group("The losses", true, ...this.losses()),
      this.group(
        "Penalties on D's slope",
        false,
        ...["r1", "r2", "gp", "clip"].map((name) => this.slider(name)),
      ),
      this.group("The data and z", false, ...this.data()),
      this.group("The players", false, this.players()),
    );
  }

  /** @param {Settings} settings */
  show(settings) {
    for (const put of this.shows) put(settings);
  }

  /**
   * @param {string} title
   * @param {boolean} open
   * @param {...Node} children
   */
  group(title, open, ...children) {
    return h(
      "details",
      { open },
      h("summary", {}, title),
      h("div", { class: "group" }, ...children),
    );
  }

  /**
   * A slider of a number; rates, which span four powers of ten, by their logarithm.
   *
   * @param {string} key
   */
  slider(key) {
    const name = /** @type {keyof typeof NUMBERS} */ (key);
    const { from, to, step, title, says } = NUMBERS[name];
    const log = step === 0;
    const control = h("input", {
      type: "range",
      "data-setting": name,
      min: log ? Math.log10(from) : from,
      max: log ? Math.log10(to) : to,
      step: log ? 0.05 : step,
      oninput: () => {
        const value = log
          ? Number((10 ** Number(control.value)).toPrecision(2))
          : Number(control.value);
        write(value);
        this.change({ [name]: value });
      },
    });
    const output = h("span", { class: "value" });
    const write = (/** @type {number} */ value) => {
      output.textContent = `${value}`;
      control.setAttribute("aria-valuetext", `${value}`);
    };
    this.shows.push((settings) => {
      control.value = `${log ? Math.log10(settings[name]) : settings[name]}`;
      write(settings[name]);
    });
    return labelled(title, control, says, output);
  }

  /**
   * @param {string} title
   * @param {Record<string, string>} options
   * @param {"data" | "latent" | "loss" | "dopt" | "gopt" | "act"} name
   */
  list(title, options, name) {
    const control = choice(options, (value) => this.change({ [name]: value }), {
      "data-setting": name,
    });
    this.shows.push((settings) => {
      control.value = settings[name];
    });
    return labelled(title, control);
  }

  losses() {
    const titles = Object.fromEntries(
      Object.entries(LOSSES).map(([name, { title }]) => [name, title]),
    );
    const control = choice(
      { ...titles, own: "Your own" },
      (loss) => {
        const formulas = Object.hasOwn(LOSSES, loss) ? pick(LOSSES[loss]) : {};
        this.change({ loss, ...formulas });
      },
      { "data-setting": "loss" },
    );
    const says = h("p", { class: "says" });
    const wrong = h("p", { class: "wrong", id: ident(), "aria-live": "polite" });
    const help = h(
      "p",
      { class: "says" },
      "Formulas may use l (the logit ℓ), D = sigmoid(l), s, delta = l(real) − l(fake), + − * / ^, and log, exp, sqrt, abs, tanh, sigmoid, softplus, relu, max, min. The derivative is taken exactly.",
    );
    const inputs = PARTS.map((part) =>
      h("input", {
        type: "text",
        class: "formula",
        spellcheck: "false",
        autocomplete: "off",
        autocapitalize: "off",
        "data-setting": part,
        "aria-describedby": wrong.id,
        oninput: () => this.typed(inputs, wrong),
      }),
    );
    const smooth = this.slider("s");
    this.shows.push((settings) => {
      control.value = settings.loss;
      const known = LOSSES[settings.loss];
      says.textContent = known
        ? `${known.says} (${known.source})`
        : "Your own loss: what D and G minimise, on average over the batch.";
      PARTS.forEach((part, i) => {
        if (inputs[i].value !== settings[part]) inputs[i].value = settings[part];
      });
      complain(inputs, wrong, settings);
      const slider = /** @type {HTMLInputElement} */ (smooth.querySelector("input"));
      slider.disabled = !PARTS.some((part) => /\b(s|smooth)\b/.test(settings[part]));
      smooth.classList.toggle("idle", slider.disabled);
    });
    return [
      labelled("Loss", control),
      says,
      ...PARTS.map((part, i) => labelled(PART_TITLES[part], inputs[i])),
      wrong,
      smooth,
      help,
    ];
  }

  /**
   * @param {HTMLInputElement[]} inputs
   * @param {HTMLElement} wrong
   */
  typed(inputs, wrong) {
    const formulas = { real: inputs[0].value, fake: inputs[1].value, g: inputs[2].value };
    if (complain(inputs, wrong, formulas)) return;
    const same = (/** @type {string} */ name) =>
      PARTS.every((part) => LOSSES[name][part] === formulas[part]);
    this.change({ loss: Object.keys(LOSSES).find(same) ?? "own", ...formulas });
  }

  data() {
    const titles = Object.fromEntries(
      Object.entries(DATASETS).map(([name, { title }]) => [name, title]),
    );
    const wrong = h("p", { class: "wrong", "aria-live": "polite" });
    const take = (/** @type {string} */ text) => {
      try {
        const points = readPoints(text);
        wrong.textContent = "";
        this.change({ data: "own", points });
      } catch (error) {
        wrong.textContent = /** @type {Error} */ (error).message;
      }
    };
    const area = h("textarea", {
      class: "formula",
      rows: 5,
      spellcheck: "false",
      onchange: () => take(area.value),
    });
    const file = h("input", {
      type: "file",
      accept: ".csv,.txt,.tsv,text/plain,text/csv",
      onchange: async () => file.files?.[0] && take(await file.files[0].text()),
    });
    const clear = h(
      "button",
      { type: "button", onclick: () => this.change({ points: [] }) },
      "Remove all points",
    );
    const own = h(
      "div",
      { class: "own" },
      h(
        "p",
        { class: "says" },
        "Draw in the plane with the pointer, or write points here, two numbers a line.",
      ),
      labelled("Points", area),
      labelled("From a file", file),
      clear,
      wrong,
    );
    this.shows.push((settings) => {
      own.hidden = settings.data !== "own";
      area.value = settings.points
        .map(([x, y]) => `${Number(x.toFixed(2))}, ${Number(y.toFixed(2))}`)
        .join("\n");
    });
    return [
      this.list("Distribution", { ...titles, own: "Your own" }, "data"),
      own,
      this.list("Latent z", LATENTS, "latent"),
    ];
  }

  players() {
    const player = (/** @type {"d" | "g"} */ who) =>
      h(
        "fieldset",
        {},
        h("legend", {}, who === "d" ? "D" : "G"),
        this.list(`Optimizer of ${who.toUpperCase()}`, RULES, `${who}opt`),
        ...["rate", "beta", "turns", "layers", "width"].map((name) => this.slider(who + name)),
      );
    return h(
      "div",
      { class: "players" },
      player("d"),
      player("g"),
      h(
        "div",
        {},
        this.list("Activation", ACTIVATIONS, "act"),
        this.slider("batch"),
        this.slider("seed"),
      ),
    );
  }
}

/**
 * Say what is wrong with the formulas, and where.
 *
 * @param {HTMLInputElement[]} inputs
 * @param {HTMLElement} wrong
 * @param {import("./losses.js").Formulas} formulas
 * @returns {boolean} whether something is
 */
function complain(inputs, wrong, formulas) {
  const { real, fake, g } = formulas;
  let bad = "";
  wrong.replaceChildren();
  try {
    readLoss({ real, fake, g }, 0.1);
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    const part = /** @type {"real" | "fake" | "g"} */ (/** @type {any} */ (error).part);
    bad = part;
    const text = formulas[part];
    wrong.append(
      `${PART_TITLES[part]}: ${error.message}. `,
      h(
        "code",
        {},
        text.slice(0, error.at),
        h("mark", {}, text.slice(error.at, error.at + 1) || "␣"),
        text.slice(error.at + 1),
      ),
    );
  }
  PARTS.forEach((part, i) => {
    inputs[i].setAttribute("aria-invalid", `${part === bad}`);
  });
  return bad !== "";
}

/** @param {import("./losses.js").Formulas} formulas */
const pick = ({ real, fake, g }) => ({ real, fake, g });
