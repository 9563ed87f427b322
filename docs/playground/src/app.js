/** The whole playground in one element: what is set, what is seen, what the worker is told. */
import { Board } from "./board.js";
import { Controls } from "./controls.js";
import { choice, h, labelled } from "./dom.js";
import { legend } from "./legend.js";
import { Plane } from "./plane.js";
import { DEFAULTS, read, SPEEDS, write } from "./settings.js";
import { Side } from "./side.js";
import { startWorker } from "./start.js";
import css from "./style.css";
import { DARK, isDark, LIGHT, watchTheme } from "./theme.js";
import { describe } from "./words.js";

/**
 * @typedef {import("./settings.js").Settings} Settings
 * @typedef {import("./trainer.js").Frame} Frame
 * @typedef {"page" | "hero" | "notebook"} Form
 */

/** Milliseconds between two announcements while the game plays. */
const SPOKEN_EVERY = 4000;
/** Milliseconds between two pictures, of which a screen shows 30 a second. */
const BRISK = 24;
/** The same for those who want little motion. */
const CALM = 1000;

export class App {
  /** @type {Frame} */ frame;
  /** @type {import("./theme.js").Colours} */ colours;
  /** @type {HTMLElement} */ root;
  /** @type {HTMLCanvasElement} */ canvas;
  /** @type {Plane} */ plane;
  /** @type {HTMLElement} */ status;
  /** @type {HTMLElement} */ wrong;
  /** @type {Side} */ side;
  /** @type {Controls} */ controls;
  /** @type {Board} */ board;
  /** @type {HTMLButtonElement} */ playButton;
  /** @type {HTMLSelectElement | undefined} */ speed;
  /** @type {HTMLInputElement | undefined} */ time;
  /** @type {[number, number][] | undefined} */ drawing;
  /** @type {string | undefined} */ saidOfMission;
  seen = true;
  asked = 0;
  still = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * @param {HTMLElement} host
   * @param {{form?: Form, query?: string, root?: string | null, script?: string}} options
   */
  constructor(host, { form = "page", query = "", root = null, script = "" }) {
    this.host = host;
    this.form = form;
    this.start = query;
    const { settings, wrong } = read(
      form === "page" && location.hash.length > 1 ? location.hash : query,
    );
    this.settings = settings;
    this.shown = { heat: true, real: true, fakes: true, web: form !== "hero", arrows: true };
    /** @type {import("./game.js").Moment[]} */
    this.moments = [];
    /** @type {number | null} */
    this.at = null;
    this.waiting = this.asleep = false;
    this.dirty = true;
    this.spoken = 0;
    this.build(root);
    this.colour();
    this.listen();
    this.worker = startWorker(script, (message) => this.hear(message));
    this.show();
    this.send({ type: "begin", settings });
    if (wrong.length) this.complain(`${wrong.join("; ")}.`);
    const loop = () => {
      if (host.isConnected) requestAnimationFrame(loop);
      else this.worker.terminate();
      this.ask();
    };
    requestAnimationFrame(loop);
  }

  /** @param {string | null} root */
  build(root) {
    const shadow = this.host.shadowRoot ?? this.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
    this.canvas = h("canvas", { class: "plane", role: "img" });
    this.plane = new Plane(this.canvas);
    this.status = h("p", { class: "status", role: "status", "aria-live": "polite" });
    this.wrong = h("p", { class: "wrong", role: "alert" });
    this.side = new Side();
    this.controls = new Controls((change) => this.change(change));
    this.board = new Board((name) => this.choose(name), root);
    const small = this.form === "hero";
    const stage = h(
      "div",
      { class: "stage" },
      this.canvas,
      legend(this.form, this.shown, () => this.draw()),
      this.transport(small),
    );
    const link =
      small && root !== null
        ? [
            h(
              "a",
              { class: "more", href: `${root}playground.html` },
              "Open the whole playground: your own loss, penalties, missions",
            ),
          ]
        : [];
    this.root = h(
      "div",
      { class: `game ${this.form}` },
      ...(small ? [] : [this.board.element]),
      h("div", { class: "two" }, stage, this.side.element),
      this.wrong,
      this.status,
      ...link,
      ...(small ? [] : [this.controls.element]),
    );
    shadow.replaceChildren(this.root);
  }

  /** @param {boolean} small */
  transport(small) {
    const button = (/** @type {string} */ words, /** @type {() => void} */ act, more = {}) =>
      h("button", { type: "button", onclick: act, ...more }, words);
    this.playButton = button("Play", () => this.toggle(), { class: "play" });
    const again = button("Begin again", () => this.begin());
    if (small) return h("div", { class: "transport" }, this.playButton, again);
    this.speed = choice(SPEEDS, (speed) => this.change({ speed }), { "data-setting": "speed" });
    this.time = h("input", {
      type: "range",
      class: "time",
      min: 0,
      max: 0,
      value: 0,
      disabled: true,
      oninput: () => this.look(),
    });
    return h(
      "div",
      { class: "transport" },
      this.playButton,
      button("Turn of D", () => this.turn("d")),
      button("Turn of G", () => this.turn("g")),
      again,
      button("Recommended", () => this.replace({ ...DEFAULTS })),
      labelled("Speed", this.speed),
      labelled("Back in time", this.time),
    );
  }

  listen() {
    watchTheme(() => this.colour());
    document.addEventListener("visibilitychange", () => this.rest());
    this.seen = true;
    new IntersectionObserver((entries) => {
      this.seen = entries[entries.length - 1].isIntersecting;
      this.rest();
    }).observe(this.host);
    new ResizeObserver(() => this.draw()).observe(this.host);
    if (this.form === "page")
      addEventListener("hashchange", () => {
        const query = location.hash.slice(1);
        if (query !== write(this.settings)) this.replace(read(query).settings);
      });
    this.canvas.addEventListener("pointerdown", (event) => this.pen(event, true));
    this.canvas.addEventListener("pointermove", (event) => this.pen(event, false));
    this.canvas.addEventListener("pointerup", () => this.penUp());
    this.canvas.addEventListener("pointercancel", () => this.penUp());
  }

  /** Sleep while nobody can see the game. */
  rest() {
    const asleep = document.hidden || !this.seen;
    if (asleep === this.asleep) return;
    this.asleep = asleep;
    this.dirty = true;
    this.send({ type: "sleep", asleep });
  }

  colour() {
    const dark = isDark(this.host);
    this.colours = dark ? DARK : LIGHT;
    this.root.classList.toggle("dark", dark);
    this.draw();
  }

  /** @param {import("./trainer.js").Order} order */
  send(order) {
    this.worker.postMessage(order);
    this.dirty = true;
  }

  /** Ask for a frame, if there is something new to see and the last one has come. */
  ask() {
    const due = performance.now() - this.asked > (this.still.matches ? CALM : BRISK);
    if (this.waiting || this.asleep || !(this.dirty || (this.frame?.playing && due))) return;
    this.asked = performance.now();
    this.waiting = true;
    this.dirty = false;
    this.worker.postMessage({ type: "frame", at: this.at, known: this.moments.length });
  }

  /** @param {any} message */
  hear(message) {
    if (message.type === "wrong") {
      this.complain(message.message);
      this.dirty = true;
      return;
    }
    this.waiting = false;
    const frame = /** @type {Frame} */ (message);
    if (frame.course !== this.frame?.course && frame.known) {
      this.moments = [];
      this.dirty = true;
      return;
    }
    if (frame.course !== this.frame?.course) this.moments = [];
    this.moments.push(...frame.moments);
    const playing = this.frame?.playing;
    this.frame = frame;
    this.board.show(this.settings.mission, frame.done);
    this.draw();
    if (this.time && !frame.past) {
      this.time.max = `${frame.kept.length - 1}`;
      this.time.value = this.time.max;
      this.time.disabled = frame.kept.length < 2;
    }
    this.playButton.textContent = frame.playing ? "Pause" : "Play";
    this.speak(playing !== frame.playing || !frame.playing);
  }

  /** @param {string} words */
  complain(words) {
    this.wrong.textContent = words;
  }

  /**
   * The state in words, not more often than can be listened to.
   *
   * @param {boolean} now
   */
  speak(now) {
    const solved = this.board.words();
    if (!now && solved === this.saidOfMission && performance.now() - this.spoken < SPOKEN_EVERY)
      return;
    this.spoken = performance.now();
    this.saidOfMission = solved;
    const words = describe(this.frame, solved);
    if (this.status.textContent !== words) this.status.textContent = words;
    this.canvas.setAttribute(
      "aria-label",
      `The plane with real samples, fakes and what D says. ${words}`,
    );
    this.side.describe(words);
    if (this.time) this.time.setAttribute("aria-valuetext", `step ${this.frame.step}`);
  }

  draw() {
    const { frame, colours } = this;
    if (!frame) return;
    this.plane.draw(
      frame,
      colours,
      this.shown,
      this.settings.data === "own" ? this.points() : null,
    );
    this.side.draw(frame, this.moments, colours);
  }

  show() {
    this.controls.show(this.settings);
    if (this.speed) this.speed.value = this.settings.speed;
    this.board.show(this.settings.mission, 0);
    if (this.form === "page") {
      const query = write(this.settings);
      history.replaceState(
        history.state,
        "",
        query ? `#${query}` : location.pathname + location.search,
      );
    }
  }

  /** @param {Partial<Settings>} change */
  change(change) {
    this.settings = { ...this.settings, ...change };
    this.complain("");
    this.show();
    this.send({ type: "change", settings: this.settings });
  }

  /** @param {Settings} settings with which a new game begins */
  replace(settings) {
    this.settings = settings;
    this.show();
    this.begin();
  }

  begin() {
    this.at = null;
    this.complain("");
    this.send({ type: "begin", settings: this.settings });
  }

  /** @param {string} name of a mission, or "" */
  choose(name) {
    this.replace(read(name ? `mission=${name}` : "").settings);
  }

  toggle() {
    this.at = null;
    this.send({ type: this.frame?.playing ? "pause" : "play" });
  }

  /** @param {"d" | "g"} who */
  turn(who) {
    this.at = null;
    this.send({ type: "turn", who });
  }

  /** Show the moment to which the slider through time points. */
  look() {
    const { time } = this;
    if (!time) return;
    if (this.frame?.playing) this.send({ type: "pause" });
    this.at = time.value === time.max ? null : Number(time.value);
    this.dirty = true;
  }

  /** The reader's points, those of the stroke that is being drawn included. */
  points() {
    return [...this.settings.points, ...(this.drawing ?? [])];
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} down
   */
  pen(event, down) {
    if (this.settings.data !== "own" || this.form === "hero") return;
    if (down) {
      this.canvas.setPointerCapture(event.pointerId);
      this.drawing = [];
    }
    if (!this.drawing) return;
    event.preventDefault();
    const [x, y] = this.plane.pointOf(event);
    const last = this.drawing[this.drawing.length - 1];
    if (last && Math.hypot(x - last[0], y - last[1]) < 0.1) return;
    this.drawing.push([Number(x.toFixed(2)), Number(y.toFixed(2))]);
    this.draw();
  }

  penUp() {
    if (!this.drawing) return;
    const points = this.points().slice(-400);
    this.drawing = undefined;
    this.change({ points });
  }
}
