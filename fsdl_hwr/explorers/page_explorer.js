// The page explorer: the page at the left, the chosen line at the right. Nothing is asked of Python.
// state: the chosen line, -1 for none.
const PAGE_HEIGHT = 640; // screen px

// The text, each character as dark as the network is sure of it.
function readText({ text, characters }) {
  return html("p", { class: "read" }, ...[...text].map((character, k) =>
    html("span", { style: `opacity: ${0.25 + 0.75 * (characters[k] ?? 1)}`,
      title: `${Math.round(100 * (characters[k] ?? 1))}%` }, character)));
}

function lineCard(line, number) {
  const [width, height] = line.cropSize;
  const card = [
    html("h4", {}, `Line ${number + 1}, confidence ${Math.round(100 * line.confidence)}%`),
    svg("svg", { class: "crop", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "The line's crop" },
      svg("image", { href: line.crop, width, height })),
    readText(line),
  ];
  if (line.transcript) {
    card.push(html("p", { class: "truth" }, line.transcript),
      html("p", { class: "fsdl-hint" }, `${line.edits} edits to what was written`));
  }
  return card;
}

function render({ model, el }) {
  const root = explorer(el, "Page explorer");
  root.classList.add("fsdl-page");
  const data = model.get("data");
  const [width, height] = data.size;
  const go = (line) => choose(model, { line: Math.max(0, Math.min(data.lines.length - 1, line)) });
  const polygons = data.lines.map((line) => svg("polygon", {
    points: line.outline.map((point) => point.join(",")).join(" ") }));
  const picture = svg("svg", { class: "page", viewBox: `0 0 ${width} ${height}`, height: PAGE_HEIGHT,
    role: "slider", tabindex: 0, "aria-label": "Line", "aria-valuemin": 1,
    "aria-valuemax": data.lines.length }, svg("image", { href: data.image, width, height }), ...polygons);
  const by = (step) => () => go(model.get("state").line + step);
  keys(picture, { ArrowDown: by(1), ArrowUp: by(-1), Home: () => go(0), End: () => go(data.lines.length - 1) });
  const middles = data.lines.map((line) => line.middle);
  picture.addEventListener("pointermove", (event) => {
    const line = nearestPolyline(middles, picture, event);
    if (line !== model.get("state").line) choose(model, { line });
  });
  const card = html("div", { class: "card" });
  const sentence = statusLine();
  root.append(html("div", { class: "panes" }, picture, card), sentence,
    html("p", { class: "fsdl-hint" }, "Point at a line. By keyboard: focus the page, then up and down."));

  listen(model, root, () => {
    const { line } = model.get("state");
    for (const [k, polygon] of polygons.entries()) polygon.classList.toggle("chosen", k === line);
    const chosen = data.lines[line];
    card.replaceChildren(...(chosen ? lineCard(chosen, line) : []));
    sentence.textContent = chosen ? `Read: ${chosen.text}` : `${data.lines.length} lines; none chosen.`;
    picture.setAttribute("aria-valuenow", line + 1);
    picture.setAttribute("aria-valuetext", sentence.textContent);
  });
}

export default { render };
