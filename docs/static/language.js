// The words of the scripts in the language of the page: the playground and the generator say
// them in English, and here each is replaced as soon as it stands in the page.
const words = JSON.parse(document.getElementById("gan-words").textContent);
const NUMBER = /(?<![\w.])[−+-]?\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?/g;

const WORDS = /[A-Za-z]{2} [A-Za-z]{2}/;

/** A whole text, its numbers aside; or nothing. */
function whole(text) {
  if (Object.hasOwn(words, text)) return words[text];
  const numbers = text.match(NUMBER) ?? [];
  let count = 0;
  const found = words[text.replace(NUMBER, () => `{${count++}}`)];
  return found?.replace(/\{(\d+)\}/g, (_, at) => numbers[at]);
}

/** A source in brackets: (Goodfellow et al. 2014; Lim and Ye 2017, equation 1). */
function cited(source) {
  return `（${source.replaceAll(" et al. ", " 等人 ").replaceAll(" and ", " 和 ").replaceAll("; ", "；")
    .replaceAll(", equation ", "，公式 ").replaceAll(", section ", "，第 ").replace(/(?<=第 )([\d.]+)/g, "$1 节")}）`;
}

/** A text, or its sentences, or the parts of a sentence; nothing if any of it has no translation. */
function said(plain) {
  if (!/[A-Za-z]{2}/.test(plain)) return plain;
  const mark = /^(✓ )?(.*?)( \(not yet\))?$/s.exec(plain);
  const found = whole(mark[2]);
  if (found) return (mark[1] ?? "") + found + (mark[3] ? (whole("(not yet)") ?? mark[3]) : "");
  const title = plain.endsWith(".") && whole(plain.slice(0, -1));
  if (title) return `${title}。`;
  const source = /^(.*[.!?]) \(([^()]*\d{4}[^()]*)\)$/s.exec(plain);
  if (source) return join([said(source[1]), cited(source[2])]);
  const sentences = plain.split(/(?<=[.!?])\s+(?=[A-Z\d]|[dg]_loss)|(?<=:)\s+(?=[A-Z])/);
  if (sentences.length > 1) return join(sentences.map(said));
  const parts = plain.replace(/\.$/, "").split(", ");
  if (parts.length > 1 && parts.some(whole)) {
    const end = plain.endsWith(".") ? "。" : "";
    return join(parts.map((part) => whole(part) ?? (WORDS.test(part) ? undefined : part)), "，", end);
  }
  return undefined;
}

/** The pieces in one; nothing if one is missing, for half a translation is worse than none. */
function join(pieces, between = "", end = "") {
  return pieces.includes(undefined) ? undefined : pieces.join(between) + end;
}

function say(text) {
  return said(text.trim()) ?? text;
}

const ATTRIBUTES = ["aria-label", "aria-valuetext", "title", "placeholder"];

function translate(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const said = say(node.data);
    if (said !== node.data) node.data = said;
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE && node.nodeType !== Node.DOCUMENT_FRAGMENT_NODE) return;
  for (const name of node.getAttributeNames?.() ?? []) attribute(node, name);
  if (node.localName !== "style" && node.localName !== "textarea") node.childNodes.forEach(translate);
}

function attribute(element, name) {
  if (!ATTRIBUTES.includes(name)) return;
  const text = element.getAttribute(name);
  const said = say(text);
  if (said !== text) element.setAttribute(name, said);
}

const observer = new MutationObserver((changes) => {
  for (const { type, target, addedNodes, attributeName } of changes) {
    if (type === "attributes") attribute(target, attributeName);
    else if (type === "characterData") translate(target);
    else addedNodes.forEach(translate);
  }
});

function watch(root) {
  translate(root);
  observer.observe(root, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ATTRIBUTES,
  });
}

// Labels within charts are drawn.
for (const name of ["fillText", "strokeText"]) {
  const draw = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (text, ...place) {
    return draw.call(this, say(text), ...place);
  };
}

// The scripts open a shadow root in their host, once they run.
const open = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  const root = open.call(this, options);
  watch(root);
  return root;
};
for (const host of document.querySelectorAll(".gan-game, .gan-digits")) {
  if (host.shadowRoot) watch(host.shadowRoot);
}
