// The order-and-direction player: the same ink, its strokes in other orders and directions. The
// drawing stays the same; data.answers says what each network makes of it.

const SECONDS = 1.6; // to write the ink

// The ink, a color and a number for each stroke, as far as `share` of it is written.
function inkOf(strokes, share) {
  const total = strokes.reduce((sum, stroke) => sum + stroke.length, 0);
  let left = Math.ceil(share * total);
  return strokes.flatMap((stroke, k) => {
    const drawn = stroke.slice(0, Math.max(left, 0));
    left -= stroke.length;
    if (!drawn.length) return [];
    const [x, y] = drawn[0];
    const color = `fsdl-order-${k % 4}`;
    return [
      svg("polyline", { class: `fsdl-order-stroke ${color}`, points: polyline(drawn) }),
      svg("circle", { cx: x, cy: y, r: 11, class: `fsdl-order-start ${color}` }),
      svg("text", { x, y: y + 5, "text-anchor": "middle", "font-size": 15 }, `${k + 1}`),
    ];
  });
}

// What every network says: its likeliest answers.
function answerColumns(answers) {
  return answers.map(({ reader, likely }) => named(reader, ...likely.map(([text, share]) =>
    html("div", {}, html("span", { class: "fsdl-order-name" }, text), shareBar(share)))));
}

// A button that reverses each stroke, and one that lets it change places with the next.
function strokeButtons(count, { reverse, swap }) {
  return Array.from({ length: count }, (_, k) => [
    button(`Reverse stroke ${k + 1}`, () => reverse(k)), " ",
    ...(k + 1 < count
      ? [button(`Swap strokes ${k + 1} and ${k + 2}`, () => swap(k)), " "] : []),
  ]).flat();
}

function render({ model, el }) {
  const { width, height, labels } = model.get("data");
  const root = explorer(el, "Order and direction");
  root.classList.add("fsdl-order");
  const ink = svg("g", {});
  const paper = svg("svg", {
    viewBox: `0 0 ${width} ${height}`, class: "fsdl-paper fsdl-character", role: "img", tabindex: 0,
  }, ink);
  const buttons = html("span", {});
  const answers = html("div", { class: "fsdl-row fsdl-order-answers" });
  const status = statusLine();
  let frame = null; // the id of the next animation frame

  const drawInk = (share = 1) => ink.replaceChildren(...inkOf(model.get("data").strokes, share));
  const stop = () => { cancelAnimationFrame(frame); drawInk(); };
  function play() {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const began = performance.now();
    cancelAnimationFrame(frame);
    function step() {
      const share = still ? 1 : Math.min(1, (performance.now() - began) / 1000 / SECONDS);
      drawInk(share);
      if (share < 1) frame = requestAnimationFrame(step);
    }
    step();
  }

  function rewrite(change) {
    const order = [...model.get("state").order];
    const reversed = [...model.get("state").reversed];
    change(order, reversed);
    ask(model, { order, reversed });
  }
  const actions = {
    reverse: (k) => rewrite((_, reversed) => { reversed[k] = !reversed[k]; }),
    swap: (k) => rewrite((...lists) => {
      for (const list of lists) [list[k], list[k + 1]] = [list[k + 1], list[k]];
    }),
  };
  const choice = html("select", {
    "aria-label": "Ink",
    onchange: () => ask(model, { sample: choice.selectedIndex, order: [], reversed: [] }),
  }, ...labels.map((label) => html("option", {}, label)));

  keys(paper, { " ": play, Enter: play });
  root.append(
    html("div", { class: "fsdl-row fsdl-order-desk" },
      named("A number marks where a stroke begins", paper), answers),
    html("div", { class: "fsdl-row" }, choice, button("Play", play), buttons),
    status,
  );
  listen(model, root, () => {
    const data = model.get("data");
    stop();
    paper.setAttribute("aria-label", `Ink of ${data.strokes.length} strokes, in their order`);
    buttons.replaceChildren(...strokeButtons(data.strokes.length, actions));
    answers.replaceChildren(...answerColumns(data.answers));
    status.textContent =
      data.answers.map(({ reader, likely }) => `${reader}: ${likely[0][0]}`).join(" · ");
  });
  return stop;
}

export default { render };
