// Where two annotators part: the page at the left, the chosen disagreement at the right. Nothing is
// asked of Python. state: its place in the list.
const PAGE_HEIGHT = 560; // screen px
const COLORS = { "other letters": "blue", "cut otherwise": "orange", "only one has it": "vermilion" };

// Both texts; characters that the other lacks at that place are marked.
function bothTexts({ first, second }) {
  const row = (name, text, other) => html("p", {}, html("span", { class: "fsdl-name" }, `${name}: `),
    ...(text === null ? ["no such line"] : [...text].map((character, k) =>
      html("span", { class: other !== null && other[k] !== character ? "differs" : null }, character))));
  return [row("annotator 1", first, second), row("annotator 2", second, first)];
}

function render({ model, el }) {
  const { items } = model.get("data");
  const { image, size: [width, height] } = model.get("fixed");
  const root = explorer(el, "Disagreements");
  root.classList.add("fsdl-disagreements");
  const go = (place) => choose(model, { place: clamp(place, 0, items.length - 1) });
  const by = (step) => () => go(model.get("state").place + step);
  const polygons = items.map(({ outline, kind }) => svg("polygon", {
    points: polyline(outline), class: COLORS[kind] }));
  const picture = svg("svg", { class: "page", viewBox: `0 0 ${width} ${height}`, height: PAGE_HEIGHT,
    role: "slider", tabindex: 0, "aria-label": "Disagreement", "aria-valuemin": 1,
    "aria-valuemax": items.length }, svg("image", { href: image, width, height }), ...polygons);
  keys(picture, { ArrowDown: by(1), ArrowUp: by(-1), Home: () => go(0), End: () => go(items.length - 1) });
  polygons.forEach((polygon, k) => { polygon.addEventListener("click", () => go(k)); });
  const card = html("div", { class: "card" });
  const status = statusLine();
  root.append(html("div", { class: "panes" }, picture, card), html("div", { class: "fsdl-row" },
    button("Back", by(-1)), button("Next", by(1))), status,
  html("p", { class: "fsdl-hint" }, "Click a line. By keyboard: focus the page, then up and down."));

  listen(model, root, () => {
    const { place } = model.get("state");
    const item = items[place];
    for (const [k, polygon] of polygons.entries()) polygon.classList.toggle("chosen", k === place);
    card.replaceChildren(...(item ? [html("h4", {}, item.kind), ...bothTexts(item)] : []));
    status.textContent = item ? `${place + 1} of ${items.length}: ${item.kind}.` : "They agree on all.";
    picture.setAttribute("aria-valuenow", place + 1);
    picture.setAttribute("aria-valuetext", status.textContent);
  });
}

export default { render };
