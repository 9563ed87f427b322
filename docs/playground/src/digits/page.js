/** The page on the generator: what is set, what is drawn, what is said. */
import { h } from "../dom.js";
import shared from "../style.css";
import { isDark, watchTheme } from "../theme.js";
import { DIGITS, DRAWINGS, list, OTHERS, radios, seed, slider } from "./controls.js";
import { arc, COUNT, inputOf, vectors } from "./latent.js";
import { MEDIAN, nearest, SMALL, unpack } from "./neighbours.js";
import { Generator, SIDE } from "./network.js";
import { canvas, paint } from "./picture.js";
import { read, USUAL, write } from "./state.js";
import css from "./style.css";
import { asked, describe } from "./words.js";

/** @typedef {import("./state.js").State} State */

/** Pictures of a walk, and training digits that are shown. */
const STEPS = 9;
const NEAREST = 5;
/** Milliseconds without a change, after which the state is said. */
const QUIET = 300;
/** Share of the walk and milliseconds from one picture to the next; the other for little motion. */
const BRISK = { share: 0.05, wait: 100 };
const CALM = { share: 0.25, wait: 1000 };

export class Page {
  /** @type {Generator | undefined} */ generator;
  /** @type {Float32Array | undefined} */ greys;
  /** @type {Float32Array} */ image;
  /** @type {Float64Array[]} */ vectors;
  /** @type {number | undefined} */ timer;
  /** @type {number | undefined} */ walking;
  /** @type {string | undefined} */ said;
  due = false;
  fetching = false;
  drawn = { grid: "", strip: "", one: "" };
  still = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * @param {HTMLElement} host
   * @param {string} files address of a folder with generator.bin and digits.bin
   */
  constructor(host, files) {
    this.host = host;
    this.files = files;
    const { state, wrong } = read(location.hash);
    this.state = state;
    this.build();
    this.colour();
    watchTheme(() => this.colour());
    addEventListener("hashchange", () => {
      if (location.hash.slice(1) === write(this.state)) return;
      const found = read(location.hash);
      this.state = found.state;
      this.complain(found.wrong);
      this.show();
    });
    this.show();
    this.complain(wrong);
    this.load();
  }

  build() {
    const change = (/** @type {Partial<State>} */ some) => this.change(some);
    const faces = Array.from({ length: COUNT }, () => canvas(SIDE));
    const drawings = faces.map((face, i) => ({ value: i + 1, face, words: `drawing ${i + 1}` }));
    this.faces = faces;
    this.large = canvas(SIDE);
    this.large.classList.add("large");
    this.large.setAttribute("role", "img");
    this.strip = Array.from({ length: STEPS }, () => canvas(SIDE));
    this.status = h("p", { class: "status", role: "status", "aria-live": "polite" });
    this.wrong = h("p", { class: "wrong", role: "alert" });
    this.speed = h("p", { class: "says speed" });
    this.near = h("div", { class: "near", role: "group", "aria-label": "Nearest training digits" });
    this.walk = h("button", { type: "button", onclick: () => this.toggleWalk() }, "Walk");
    this.search = h(
      "button",
      { type: "button", onclick: () => change({ near: 1 - this.state.near }) },
      "Nearest training digits",
    );
    const digit = radios("digit", "Ask for", "gan-digit", DIGITS, change);
    const at = radios("at", "Twelve drawings: choose one", "gan-drawing", drawings, change);
    const other = list("with", "Second digit", OTHERS, change);
    const share = slider("share", "Weight of the second digit", "Labels between two", change);
    const seeds = seed(change);
    const psi = slider("psi", "Truncation ψ", "All of z is multiplied by it", change);
    const slant = slider("slant", "Slant", "How far along the direction of slant", change);
    const bold = slider("boldness", "Boldness", "How far along the direction of ink", change);
    const to = list("to", "Walk to", DRAWINGS, change);
    const t = slider("t", "Share of the walk, t", "Along the arc between two z", change);
    this.controls = [digit, at, other, share, seeds, psi, slant, bold, to, t];
    const button = (/** @type {string} */ words, /** @type {() => void} */ act) =>
      h("button", { type: "button", onclick: act }, words);
    this.root = h(
      "div",
      { class: "game digits" },
      digit.element,
      h(
        "div",
        { class: "transport" },
        seeds.element,
        button("New drawings", () => change({ seed: (this.state.seed + 1) % 1_000_000 })),
        button("Start again", () => this.change({ ...USUAL })),
      ),
      h(
        "div",
        { class: "two" },
        h("div", { class: "stage" }, at.element),
        h("figure", { class: "one" }, this.large, this.status, this.speed),
      ),
      this.wrong,
      h("div", { class: "group three" }, psi.element, slant.element, bold.element),
      h("div", { class: "group" }, other.element, share.element),
      h("div", { class: "group" }, to.element, t.element),
      h("div", { class: "strip", "aria-hidden": "true" }, ...this.strip),
      h("div", { class: "transport" }, this.walk, this.search),
      this.near,
    );
    const shadow = this.host.shadowRoot ?? this.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(shared + css);
    shadow.adoptedStyleSheets = [sheet];
    shadow.replaceChildren(this.root);
  }

  colour() {
    this.root?.classList.toggle("dark", isDark(this.host));
  }

  /** @param {string[]} wrong */
  complain(wrong) {
    if (this.wrong) this.wrong.textContent = wrong.length ? `${wrong.join("; ")}.` : "";
  }

  /**
   * @param {string} name
   * @returns {Promise<ArrayBuffer>}
   */
  async file(name) {
    const answer = await fetch(new URL(name, this.files));
    if (!answer.ok) throw new Error(`${name} is not there (${answer.status})`);
    return answer.arrayBuffer();
  }

  async load() {
    try {
      this.generator = new Generator(await this.file("generator.bin"));
      this.show();
    } catch (error) {
      this.complain([`The generator could not be loaded: ${/** @type {Error} */ (error).message}`]);
    }
  }

  /** The training digits come once, and only when they are asked for. */
  async loadDigits() {
    if (this.fetching) return;
    this.fetching = true;
    try {
      this.greys = await unpack(await this.file("digits.bin"));
      this.show();
    } catch (error) {
      this.fetching = false;
      this.complain([`The digits could not be loaded: ${/** @type {Error} */ (error).message}`]);
    }
  }

  /** @param {Partial<State>} some */
  change(some) {
    if (!("t" in some)) this.stop();
    this.state = { ...this.state, ...some };
    this.complain([]);
    this.show();
  }

  /** Put the state into controls and address; the drawing follows with the next frame. */
  show() {
    const { state } = this;
    for (const control of this.controls ?? []) control.show(state);
    this.search?.setAttribute("aria-pressed", `${state.near === 1}`);
    const query = write(state);
    const place = query ? `#${query}` : location.pathname + location.search;
    history.replaceState(history.state, "", place);
    if (state.near && !this.greys) this.loadDigits();
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.draw();
    });
  }

  /** Draw what has changed: the twelve, the walk, the one. */
  draw() {
    const { state, generator, drawn, strip = [], faces = [], large } = this;
    if (!generator || !large) return;
    const { t, at, to, near, ...common } = state;
    const grid = JSON.stringify(common);
    if (grid !== drawn.grid) {
      this.vectors = vectors(state.seed);
      const start = performance.now();
      for (const [i, face] of faces.entries()) paint(face, this.pixels(this.vectors[i]), -1, 1);
      this.time((performance.now() - start) / COUNT);
    }
    const walk = JSON.stringify([grid, at, to]);
    const [from, end] = [this.vectors[at - 1], this.vectors[to - 1]];
    if (walk !== drawn.strip)
      for (const [i, step] of strip.entries())
        paint(step, this.pixels(arc(from, end, i / (STEPS - 1))), -1, 1);
    for (const [i, step] of strip.entries())
      step.classList.toggle("here", i === Math.round(t * (STEPS - 1)));
    const one = JSON.stringify([walk, t]);
    if (one !== drawn.one) {
      this.image = this.pixels(arc(from, end, t));
      paint(large, this.image, -1, 1);
    }
    this.drawn = { grid, strip: walk, one };
    this.compare();
  }

  /**
   * The drawing of a latent vector with all that is set.
   *
   * @param {ArrayLike<number>} z
   */
  pixels(z) {
    const { generator } = this;
    if (!generator) throw new Error("the generator has not been loaded");
    return generator.draw(inputOf(z, this.state, generator.directions));
  }

  /** @param {number} milliseconds a drawing, painting included */
  time(milliseconds) {
    if (!this.speed) return;
    this.speed.textContent = `${milliseconds.toFixed(1)} ms a drawing, in this browser.`;
    this.speed.dataset.ms = `${milliseconds}`;
  }

  /** Show the nearest training digits, if they are asked for, and say what there is to see. */
  compare() {
    const { greys, near, state } = this;
    const found = state.near && greys ? nearest(this.image, greys, NEAREST) : [];
    near?.replaceChildren(
      ...found.map(({ index, label, distance }) => {
        const picture = canvas(SMALL);
        const size = SMALL * SMALL;
        if (greys) paint(picture, greys.subarray(index * size, (index + 1) * size), 0, 1);
        return h("figure", {}, picture, h("figcaption", {}, `${label}, at ${distance.toFixed(2)}`));
      }),
      ...(found.length
        ? [
            h(
              "p",
              { class: "says" },
              `Distances in 14 × 14 pixels between 0 and 1. Half of the training digits have another one within ${MEDIAN}.`,
            ),
          ]
        : []),
    );
    const words = describe(state, found[0]);
    this.large?.setAttribute("aria-label", `A drawing of ${asked(state)}, 28 by 28 pixels`);
    clearTimeout(this.timer);
    const say = () => {
      if (this.status) this.status.textContent = words;
    };
    if (this.said === undefined) say();
    else if (words !== this.said) this.timer = setTimeout(say, QUIET);
    this.said = words;
  }

  /** Walk from the chosen drawing to the other one, or stand still. */
  toggleWalk() {
    if (this.walking !== undefined) {
      this.stop();
      return;
    }
    const { share, wait } = this.still.matches ? CALM : BRISK;
    if (this.state.t >= 1) this.change({ t: 0 });
    if (this.walk) this.walk.textContent = "Stop";
    this.walking = setInterval(() => {
      const t = Math.min(1, Number((this.state.t + share).toFixed(2)));
      this.change({ t });
      if (t >= 1) this.stop();
    }, wait);
  }

  stop() {
    clearInterval(this.walking);
    this.walking = undefined;
    if (this.walk) this.walk.textContent = "Walk";
  }
}
