/** One module for the site, the notebooks and the worker that trains. */
import { App } from "./app.js";
import { Trainer } from "./trainer.js";

/**
 * Put the playground into an element.
 *
 * @param {HTMLElement} host
 * @param {{form?: "page" | "hero" | "notebook", query?: string, root?: string | null, script?: string}} [options]
 *   `query` are the settings as in an address; `root` is the address of the site's first page;
 *   `script` is this module's address or text, for the worker.
 */
export function mount(host, options = {}) {
  host.dataset.mounted = "";
  return new App(host, { script: import.meta.url, ...options });
}

/** Put it into every element of the class gan-game that has none yet. */
function mountAll() {
  for (const host of document.querySelectorAll(".gan-game:not([data-mounted])")) {
    if (!(host instanceof HTMLElement)) continue;
    const { form, query, root } = host.dataset;
    mount(host, {
      form: /** @type {any} */ (form),
      query,
      root: root ?? null,
      script: /** @type {any} */ (globalThis).ganGameScript ?? import.meta.url,
    });
  }
}

if (typeof document === "undefined") {
  const trainer = new Trainer((message, transfer = []) =>
    postMessage(message, /** @type {any} */ (transfer)),
  );
  addEventListener("message", ({ data }) => trainer.receive(data));
  postMessage({ type: "ready" });
} else mountAll();
