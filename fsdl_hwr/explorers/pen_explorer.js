// Watch it think. The page sends the growing ink; data.rows holds, for every point so far, the place
// of the pen, [class, probability] of the likely letters, the entropy in bits and the progress.

// The curve of the entropy over all points, with a line at the one that is shown.
function makeCurve(numClasses) {
  const most = Math.log2(numClasses); // bits
  const curve = svg("svg", {
    viewBox: "0 0 600 90", class: "fsdl-pen-curve", role: "img",
    "aria-label": "Entropy after every point",
  });

  function show(rows, row) {
    const x = (k) => 40 + 550 * k / Math.max(rows.length - 1, 1);
    const y = (bits) => 80 - 70 * bits / most;
    const points = rows.map(({ entropy }, k) => `${x(k)},${y(entropy)}`).join(" ");
    curve.replaceChildren(
      svg("text", { x: 0, y: 14, "font-size": 11 }, `${most.toFixed(0)} bits`),
      svg("text", { x: 0, y: 84, "font-size": 11 }, "0"),
      ...(rows.length ? [svg("polyline", { points }),
        svg("line", { x1: x(row), x2: x(row), y1: 6, y2: 84 })] : []));
  }
  return { element: curve, show };
}

// What the network believes at one point: a letter as dark as it is sure and far, and bars.
function makeBelief(characters) {
  const letter = html("div", { class: "fsdl-pen-letter", "aria-hidden": "true" });
  const bars = html("div", { class: "fsdl-pen-bars" });

  function show(now) {
    const [best, probability] = now?.likely[0] ?? [null, 0];
    letter.textContent = now ? characters[best] : "";
    letter.style.opacity = now ? probability * now.progress : 0;
    bars.replaceChildren(...(now?.likely ?? []).map(([k, share]) =>
      html("div", {}, html("span", { class: "fsdl-pen-name" }, characters[k]), shareBar(share))));
  }
  return { letter, bars, show };
}

function describe(rows, row, characters) {
  if (row < 0) return "Draw a letter on the paper, and watch.";
  const { likely: [[best, probability]], progress, entropy } = rows[row];
  return `Point ${row + 1} of ${rows.length}: ${characters[best]} with `
    + `${(100 * probability).toFixed(0)}%, ${(100 * progress).toFixed(0)}% of the way, `
    + `${entropy.toFixed(1)} bits`;
}

function render({ model, el }) {
  const { characters, samples, ...size } = model.get("data");
  const root = explorer(el, "Watch it think");
  root.classList.add("fsdl-pen");
  const askNext = asker(model);
  const belief = makeBelief(characters);
  const curve = makeCurve(characters.length);
  const dot = svg("circle", { class: "fsdl-pen-dot", r: 9 });
  const status = statusLine();
  let chosen = null; // the row that the slider was moved to; null: the newest

  function read(strokes, lifted, ended = false) {
    chosen = null;
    askNext({ strokes, lifted, ended });
  }
  const pad = makePad({
    ...size,
    moved: (strokes) => read(strokes, false),
    lifted: (strokes) => read(strokes, true),
  });
  const clear = () => { pad.set([]); read([], true); };
  const end = () => read(pad.strokes(), true, true);
  keys(pad.element, { Enter: end, Delete: clear, Backspace: clear });
  pad.element.append(dot);
  const time = slider({
    label: "Point", min: 1, max: 1, value: 1, change: (point) => { chosen = point - 1; draw(); },
  });

  function draw() {
    const { rows } = model.get("data");
    const row = Math.min(chosen ?? Infinity, rows.length - 1);
    time.input.max = Math.max(rows.length, 1);
    time.set(row + 1);
    belief.show(rows[row]);
    curve.show(rows, row);
    dot.setAttribute("visibility", row < 0 ? "hidden" : "visible");
    dot.setAttribute("cx", rows[row]?.x ?? 0);
    dot.setAttribute("cy", rows[row]?.y ?? 0);
    status.textContent = describe(rows, row, characters);
  }

  root.append(
    html("div", { class: "fsdl-row fsdl-pen-desk" },
      named("Write one character, on the lines", pad.element),
      named("What it believes to see", belief.letter),
      named("Its likeliest answers", belief.bars)),
    named("How unsure it was, from the first point to the last", wide(curve.element, 520)),
    html("div", { class: "fsdl-row" }, time.element, button("That is all", end, { title: "Enter" }),
      button("Clear", clear, { title: "Delete" }), makeSamples(samples, pad.write)),
    status,
  );
  listen(model, root, draw);
  return pad.stop;
}

export default { render };
