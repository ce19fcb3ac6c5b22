// The style plane: one letter in many styles, and a word in the style that is chosen.
// state: the column and row of the style, and the word.
const CELL = 56; // units of the plane

function plane(data, pick) {
  const { letters, width, height } = data;
  const side = letters.length * CELL;
  const scale = (0.8 * CELL) / Math.max(width, height);
  const cells = letters.flatMap((row, y) => row.map((strokes, x) => svg("g", {
    class: "fsdl-style-cell", onclick: () => pick(x, y),
    transform: `translate(${x * CELL}, ${y * CELL})`,
  }, svg("rect", { width: CELL, height: CELL }),
  svg("g", { class: "fsdl-strokes", transform: `translate(${0.1 * CELL}, ${0.1 * CELL}) scale(${scale})` },
    ...strokes.map((stroke) => svg("polyline", { points: polyline(stroke) }))))));
  const element = svg("svg", { viewBox: `0 0 ${side} ${side}`, class: "fsdl-style-plane",
    role: "img", tabindex: 0 }, ...cells);
  return { element, show({ x, y }) {
    cells.forEach((cell, k) => {
      cell.setAttribute("data-chosen", k === y * letters.length + x);
    });
    element.setAttribute("aria-label", `Styles; chosen: column ${x + 1}, row ${y + 1}`);
  } };
}

function render({ model, el }) {
  const data = model.get("data");
  const root = explorer(el, "Style plane");
  root.classList.add("fsdl-style");
  const size = data.letters.length;
  const last = size - 1;
  const inQuestion = asker(model);
  const pick = (x, y) => inQuestion({ x: clamp(x, 0, last), y: clamp(y, 0, last) });
  const move = (dx, dy) => pick(model.get("state").x + dx, model.get("state").y + dy);
  const picture = plane(data, pick);
  const line = makePaper({ kind: "line", width: data.lineWidth, height: data.lineHeight, rules: [] });
  const status = statusLine();
  const sliders = ["x", "y"].map((name, k) => slider({
    label: ["First direction", "Second direction"][k], min: 0, max: last,
    value: model.get("state")[name], change: (value) => inQuestion({ [name]: value }),
  }));
  const word = html("input", { type: "text", "aria-label": "Word", size: 14, maxlength: 14,
    value: model.get("state").word, oninput: debounce(() => ask(model, { word: word.value }), 300) });

  keys(picture.element, {
    ArrowLeft: () => move(-1, 0), ArrowRight: () => move(1, 0),
    ArrowUp: () => move(0, -1), ArrowDown: () => move(0, 1),
  });
  root.append(
    html("div", { class: "fsdl-row fsdl-style-desk" },
      named("One letter; every square is a style", picture.element),
      html("div", {}, ...sliders.map(({ element }) => html("div", {}, element)),
        html("div", { class: "fsdl-slider" }, "Word", word), named("The word in this style", line.element))),
    status,
  );
  listen(model, root, () => {
    const state = model.get("state");
    sliders.forEach(({ set }, k) => { set(state[["x", "y"][k]]); });
    picture.show(state);
    line.show(model.get("data").line);
    status.textContent = model.get("data").sentence;
  });
}

export default { render };
