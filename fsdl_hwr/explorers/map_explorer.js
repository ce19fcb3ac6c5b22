// The map explorer. Python reads the lines off the map anew for every threshold and thickness.
// state: threshold, thickness, and the chosen line, -1 for none.
const PAGE_HEIGHT = 620; // screen px
const CROP_HEIGHT = 34;

function cropRow(line, number, chooseLine) {
  const picture = svg("svg", { viewBox: `0 0 ${line.size[0]} ${line.size[1]}`, height: CROP_HEIGHT,
    preserveAspectRatio: "xMinYMid meet", role: "img", "aria-label": `Line ${number + 1}` },
  svg("image", { href: line.crop, width: line.size[0], height: line.size[1] }));
  return html("button", { type: "button", class: "crop", "aria-pressed": "false",
    onclick: () => chooseLine(number), onpointerenter: () => chooseLine(number) }, picture);
}

function render({ model, el }) {
  const root = explorer(el, "Map explorer");
  root.classList.add("fsdl-map");
  const askSoon = debounce(() => ask(model, { line: -1 }), 200);
  const change = (changes) => { choose(model, changes); askSoon(); };
  const state = model.get("state");
  const threshold = slider({ label: "Threshold", min: 0.05, max: 0.95, step: 0.05,
    value: state.threshold, change: (value) => change({ threshold: value }) });
  const thickness = slider({ label: "Thickness", min: 0.4, max: 2.5, step: 0.1,
    value: state.thickness, change: (value) => change({ thickness: value }) });
  const chooseLine = (line) => choose(model, { line });
  const [paper, lines] = [svg("g"), svg("g")];
  const picture = svg("svg", { class: "page", height: PAGE_HEIGHT, role: "img",
    "aria-label": "The page, its map and the lines found" }, paper, lines);
  const crops = html("div", { class: "crops", role: "group", "aria-label": "Crops" });
  const sentence = statusLine();
  root.append(html("div", { class: "fsdl-row" }, threshold.element, thickness.element), sentence,
    html("div", { class: "panes" }, picture, crops),
    html("p", { class: "fsdl-hint" }, "Point at a crop or at the page to see which line it is."));

  picture.addEventListener("pointermove", (event) => {
    const line = nearestPolyline(drawn.lines.map((each) => each.middle), picture, event);
    if (line !== model.get("state").line) chooseLine(line);
  });

  let drawn = null; // the data that stands in the page
  const draw = () => {
    const [data, { threshold: level, thickness: thick, line: chosen }] = [model.get("data"), model.get("state")];
    threshold.set(level);
    thickness.set(thick);
    if (drawn !== data) {
      drawn = data;
      const [width, height] = data.size;
      picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
      paper.replaceChildren(svg("image", { href: data.image, width, height }),
        svg("image", { class: "band", href: data.band, width: data.bandSize[0], height: data.bandSize[1],
          preserveAspectRatio: "none" }));
      lines.replaceChildren(...data.lines.map((line) => svg("polygon", {
        points: line.outline.map((point) => point.join(",")).join(" ") })));
      crops.replaceChildren(...data.lines.map((line, k) => cropRow(line, k, chooseLine)));
      sentence.textContent = `${data.count} lines.`;
    }
    for (const [k, polygon] of [...lines.children].entries()) polygon.classList.toggle("chosen", k === chosen);
    for (const [k, row] of [...crops.children].entries()) row.setAttribute("aria-pressed", k === chosen);
  };
  listen(model, root, draw);
}

export default { render };
