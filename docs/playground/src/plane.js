/** The plane: D's answer as a heat map with its line, real samples, fakes, G's grid, arrows. */
import { EDGE } from "./datasets.js";
import { CELLS } from "./game.js";

/**
 * @typedef {import("./trainer.js").Frame} Frame
 * @typedef {import("./theme.js").Colours} Colours
 * @typedef {{real: boolean, fakes: boolean, web: boolean, arrows: boolean, heat: boolean}} Shown
 */

/** An arrow for a slope of 1 is this long, in the plane's units; none is longer than LONGEST. */
const ARROW = 0.5;
const LONGEST = 0.7;

export class Plane {
  /** Pixels to a unit of the plane. */
  unit = 1;
  /** Pixels of the canvas to one of the page. */
  dot = 1;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.heat = document.createElement("canvas");
    this.heat.width = this.heat.height = CELLS;
    this.size = 0;
  }

  /** Take the size that the page gives. */
  fit() {
    const wide = Math.round(this.canvas.clientWidth * Math.min(2, devicePixelRatio || 1));
    if (wide && this.canvas.width !== wide) this.canvas.width = this.canvas.height = wide;
    this.size = this.canvas.width;
    this.unit = this.size / (2 * EDGE);
    this.dot = this.size / Math.max(1, this.canvas.clientWidth);
  }

  /** @param {number} x */
  left(x) {
    return (x + EDGE) * this.unit;
  }

  /** @param {number} y */
  top(y) {
    return (EDGE - y) * this.unit;
  }

  /**
   * The point of the plane under the pointer.
   *
   * @param {PointerEvent} event
   * @returns {[number, number]}
   */
  pointOf(event) {
    const box = this.canvas.getBoundingClientRect();
    const place = (/** @type {number} */ share) => 2 * EDGE * share - EDGE;
    return [
      place((event.clientX - box.left) / box.width),
      -place((event.clientY - box.top) / box.height),
    ];
  }

  /**
   * @param {Frame} frame
   * @param {Colours} colours
   * @param {Shown} shown
   * @param {[number, number][] | null} points that the reader draws
   */
  draw(frame, colours, shown, points) {
    this.fit();
    const { pen, size } = this;
    pen.globalAlpha = 1;
    pen.fillStyle = colours.ground;
    pen.fillRect(0, 0, size, size);
    if (shown.heat) this.drawHeat(frame, colours);
    if (shown.web) this.drawWeb(frame, colours);
    if (shown.real)
      this.dots(
        points?.length ? Float32Array.from(points.flat()) : frame.real,
        colours.real,
        false,
      );
    if (shown.fakes) this.dots(frame.fakes, colours.fake, true);
    if (shown.arrows) this.drawArrows(frame, colours);
  }

  /**
   * How sure D is at each cell, from 0 to 1, and the logit of the line.
   *
   * @param {Frame} frame
   */
  static scale({ heat, probability, equilibrium }) {
    if (probability) {
      return { level: equilibrium.l, share: (/** @type {number} */ l) => 1 / (1 + Math.exp(-l)) };
    }
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const l of heat) {
      low = Math.min(low, l);
      high = Math.max(high, l);
    }
    const span = Math.max(1e-9, high - low);
    return { level: (low + high) / 2, share: (/** @type {number} */ l) => (l - low) / span };
  }

  /**
   * @param {Frame} frame
   * @param {Colours} colours
   */
  drawHeat(frame, colours) {
    const { pen } = this;
    const { level, share } = Plane.scale(frame);
    const [red, green, blue, most] = colours.heat;
    const small = /** @type {CanvasRenderingContext2D} */ (this.heat.getContext("2d"));
    const image = small.createImageData(CELLS, CELLS);
    for (let i = 0; i < CELLS; i++)
      for (let j = 0; j < CELLS; j++) {
        const at = 4 * ((CELLS - 1 - i) * CELLS + j);
        image.data[at] = red;
        image.data[at + 1] = green;
        image.data[at + 2] = blue;
        image.data[at + 3] = 255 * most * share(frame.heat[i * CELLS + j]);
      }
    small.putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(this.heat, 0, 0, this.size, this.size);
    this.drawLevel(frame.heat, level, colours);
  }

  /**
   * The line on which D has one value, by marching squares.
   *
   * @param {Float32Array} heat
   * @param {number} level
   * @param {Colours} colours
   */
  drawLevel(heat, level, colours) {
    const { pen } = this;
    const cell = this.size / CELLS;
    const at = (/** @type {number} */ i) => this.size - (i + 0.5) * cell;
    pen.beginPath();
    for (let i = 0; i + 1 < CELLS; i++)
      for (let j = 0; j + 1 < CELLS; j++) {
        const corners = [
          heat[i * CELLS + j],
          heat[i * CELLS + j + 1],
          heat[(i + 1) * CELLS + j + 1],
          heat[(i + 1) * CELLS + j],
        ];
        const above = corners.map((value) => value > level);
        if (above.every((value) => value === above[0])) continue;
        const places = [
          [j, i],
          [j + 1, i],
          [j + 1, i + 1],
          [j, i + 1],
        ];
        let open = false;
        for (let k = 0; k < 4; k++) {
          const next = (k + 1) % 4;
          if (above[k] === above[next]) continue;
          const t = (level - corners[k]) / (corners[next] - corners[k]);
          const x = (places[k][0] + t * (places[next][0] - places[k][0]) + 0.5) * cell;
          const y = at(places[k][1] + t * (places[next][1] - places[k][1]));
          if (open) pen.lineTo(x, y);
          else pen.moveTo(x, y);
          open = !open;
        }
      }
    pen.setLineDash([]);
    pen.lineWidth = 1.6 * this.dot;
    pen.strokeStyle = colours.d;
    pen.stroke();
  }

  /**
   * @param {Frame} frame
   * @param {Colours} colours
   */
  drawWeb({ web, webRows }, colours) {
    const { pen } = this;
    const cols = web.length / 2 / webRows;
    const line = (
      /** @type {number} */ first,
      /** @type {number} */ step,
      /** @type {number} */ n,
    ) => {
      for (let k = 0; k < n; k++) {
        const at = 2 * (first + k * step);
        if (k) pen.lineTo(this.left(web[at]), this.top(web[at + 1]));
        else pen.moveTo(this.left(web[at]), this.top(web[at + 1]));
      }
    };
    pen.beginPath();
    for (let i = 0; i < webRows; i++) line(i * cols, 1, cols);
    if (webRows > 1) for (let j = 0; j < cols; j++) line(j, cols, webRows);
    pen.globalAlpha = webRows > 1 ? 0.4 : 0.8;
    pen.lineWidth = (webRows > 1 ? 0.8 : 1.5) * this.dot;
    pen.strokeStyle = colours.fake;
    pen.stroke();
    pen.globalAlpha = 1;
  }

  /**
   * Real samples are discs, fakes are crosses: not told apart by colour alone.
   *
   * @param {Float32Array} points
   * @param {string} colour
   * @param {boolean} crosses
   */
  dots(points, colour, crosses) {
    const { pen } = this;
    const r = (crosses ? 2.4 : 2) * this.dot;
    pen.beginPath();
    for (let i = 0; i < points.length; i += 2) {
      const x = this.left(points[i]);
      const y = this.top(points[i + 1]);
      if (crosses) {
        pen.moveTo(x - r, y - r);
        pen.lineTo(x + r, y + r);
        pen.moveTo(x - r, y + r);
        pen.lineTo(x + r, y - r);
      } else {
        pen.moveTo(x + r, y);
        pen.arc(x, y, r, 0, 2 * Math.PI);
      }
    }
    pen.globalAlpha = crosses ? 0.9 : 0.65;
    pen.lineWidth = 1.3 * this.dot;
    pen.strokeStyle = pen.fillStyle = colour;
    if (crosses) pen.stroke();
    else pen.fill();
    pen.globalAlpha = 1;
  }

  /**
   * @param {Frame} frame
   * @param {Colours} colours
   */
  drawArrows({ fakes, pushes }, colours) {
    const { pen, unit, dot } = this;
    pen.beginPath();
    for (let i = 0; i < pushes.length; i += 2) {
      const size = Math.hypot(pushes[i], pushes[i + 1]);
      const length = Math.min(LONGEST, ARROW * size) * unit;
      if (!(length > 2 * dot)) continue;
      const dx = pushes[i] / size;
      const dy = -pushes[i + 1] / size;
      const x = this.left(fakes[i]);
      const y = this.top(fakes[i + 1]);
      const [ex, ey] = [x + length * dx, y + length * dy];
      const head = Math.min(length / 2, 4 * dot);
      pen.moveTo(x, y);
      pen.lineTo(ex, ey);
      pen.moveTo(ex - head * (dx - 0.6 * dy), ey - head * (dy + 0.6 * dx));
      pen.lineTo(ex, ey);
      pen.lineTo(ex - head * (dx + 0.6 * dy), ey - head * (dy - 0.6 * dx));
    }
    pen.lineWidth = 1.2 * dot;
    pen.strokeStyle = colours.text;
    pen.globalAlpha = 0.75;
    pen.stroke();
    pen.globalAlpha = 1;
  }
}
