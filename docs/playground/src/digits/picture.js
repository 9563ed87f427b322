/** Small images on canvases that the page's style enlarges. */
import { h } from "../dom.js";

/** @param {number} side in pixels */
export const canvas = (side) => h("canvas", { width: side, height: side, class: "pixels" });

/**
 * @param {HTMLCanvasElement} target as large as the image
 * @param {ArrayLike<number>} values row by row
 * @param {number} black
 * @param {number} white
 */
export function paint(target, values, black, white) {
  const context = /** @type {CanvasRenderingContext2D} */ (target.getContext("2d"));
  const image = context.createImageData(target.width, target.height);
  for (let i = 0; i < values.length; i++) {
    const grey = (255 * (values[i] - black)) / (white - black);
    image.data.fill(Math.round(grey), 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
