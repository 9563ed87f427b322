// Each playground has a picture and a sentence for every position of its slider; this chooses.
for (const playground of document.querySelectorAll(".playground")) {
  const slider = playground.querySelector("input");
  const readout = playground.querySelector("output");
  const picture = playground.querySelector("img");
  const words = playground.querySelector("[role=status]");
  const { place, frames } = JSON.parse(playground.querySelector("script").textContent);
  const name = readout.textContent.split(" = ")[0];
  const address = (position) => `${place}/${position}.webp`;

  // All pictures come before the first move, so that none of them is late.
  const fetchAll = () => frames.forEach((_, position) => (new Image().src = address(position)));
  for (const event of ["pointerenter", "focus"]) {
    slider.addEventListener(event, fetchAll, { once: true });
  }
  slider.addEventListener("input", () => {
    const frame = frames[slider.value];
    picture.src = address(slider.value);
    words.textContent = frame.words;
    readout.textContent = `${name} = ${frame.value}`;
    slider.setAttribute("aria-valuetext", `${name} ${frame.value}`);
  });
  slider.disabled = false;
}

// A block that scrolls sideways can be reached by Tab, so that arrow keys scroll it; others not.
const reachable = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
document.querySelectorAll("article pre, .table-wrapper, .math-wrapper").forEach((e) => reachable.observe(e));

// The same page in another language opens at the same place, and with the same settings.
const places = () => [...document.querySelectorAll("article section[id]")];
for (const link of document.querySelectorAll(".language-switch")) {
  link.addEventListener("click", () => {
    const passed = places().filter((place) => place.getBoundingClientRect().top < 100).length;
    if (location.hash.includes("=")) link.hash = location.hash;
    else link.hash = passed > 1 ? `place-${passed - 1}` : "";
  });
}
const place = /^#place-(\d+)$/.exec(location.hash);
if (place) places()[place[1]]?.scrollIntoView({ behavior: "instant" });
