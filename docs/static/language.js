// The words of the scripts in the language of the page: the playground and the generator say
// them in English, and here each is replaced as soon as it stands in the page.
const words = JSON.parse(document.getElementById("gan-words").textContent);
const NUMBER = /(?<![\w.])[−+-]?\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?/g;

/** A whole text, its numbers aside; or nothing. */
function whole(text) {
  if (Object.hasOwn(words, text)) return words[text];
  const numbers = text.match(NUMBER) ?? [];
  let count = 0;
  const found = words[text.replace(NUMBER, () => `{${count++}}`)];
  return found?.replace(/\{(\d+)\}/g, (_, at) => numbers[at]);
}

/** A text, or its sentences, or the parts of a sentence. */
function say(text) {
  const plain = text.trim();
  if (!/[A-Za-z]{2}/.test(plain)) return text;
  const mark = /^(✓ )?(.*?)( \(not yet\))?$/s.exec(plain);
  const found = whole(mark[2]);
  if (found) return (mark[1] ?? "") + found + (mark[3] ? (whole("(not yet)") ?? mark[3]) : "");
  const sentences = plain.split(/(?<=[.:!?])\s+(?=[A-Z\d])/);
  if (sentences.length > 1) return sentences.map(say).join("");
  const parts = plain.replace(/\.$/, "").split(", ");
  if (parts.length > 1) {
    const said = parts.map((part) => whole(part) ?? part);
    return said.join("，") + (plain.endsWith(".") ? "。" : "");
  }
  return text;
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
