// The drawing canvas. What is drawn is state.strokes, lists of [x, y, seconds] in canvas units;
// after every stroke Python is asked to read it, and data holds the image and the answers.

const PLAYING_SECONDS = 4; // at most, for a sample that is written by itself
const PAUSE = 0.3; // seconds between the strokes of different visits

function render({ model, el }) {
  const { kind, width, height, samples } = model.get("data");
  const root = explorer(el, `Drawing canvas: one ${kind}`);
  const strokes = () => model.get("state").strokes;

  // Drawing. An SVG keeps its units at every size on the screen, and takes the theme's color.
  const paths = svg("g", { class: "fsdl-strokes" });
  const paper = svg("svg", {
    viewBox: `0 0 ${width} ${height}`, class: `fsdl-paper fsdl-${kind}`, role: "img",
    tabindex: 0,
  }, ...rules(), paths);

  function rules() { // as in a school book: the letters' feet, and the top of a small one
    if (kind !== "line") return [];
    return [80, 120].map((y) => svg("line", { x1: 0, x2: width, y1: y, y2: y }));
  }

  let current = null; // the stroke under the pen
  let origin = null; // event.timeStamp at second 0, once the pen has come down
  let penSeen = false; // then touches are the palm of the hand that holds it

  function point(event) {
    const box = paper.getBoundingClientRect();
    const place = (at, room) => Math.round(10 * Math.min(Math.max(at, 0), room)) / 10;
    return [
      place((event.clientX - box.left) / box.width * width, width),
      place((event.clientY - box.top) / box.height * height, height),
      Math.max(0, Math.round(event.timeStamp - origin)) / 1000,
    ];
  }

  paper.addEventListener("pointerdown", (event) => {
    penSeen ||= event.pointerType === "pen";
    if (event.button !== 0 || !event.isPrimary || (penSeen && event.pointerType === "touch")) return;
    event.preventDefault(); // no text is selected
    paper.focus({ preventScroll: true });
    stop();
    const last = strokes().at(-1)?.at(-1)[2];
    if (last === undefined) origin = event.timeStamp;
    else origin ??= event.timeStamp - 1000 * (last + PAUSE);
    paper.setPointerCapture(event.pointerId);
    current = [point(event)];
    draw();
  });

  paper.addEventListener("pointermove", (event) => {
    if (!current || !event.isPrimary) return;
    // A browser hands out moves once a frame; a quick pen has made several by then.
    const moves = event.getCoalescedEvents?.() ?? [];
    current.push(...(moves.length ? moves : [event]).map(point));
    draw();
  });

  for (const end of ["pointerup", "pointercancel"]) {
    paper.addEventListener(end, (event) => {
      if (!current || !event.isPrimary) return;
      const stroke = current;
      current = null;
      ask(model, { strokes: [...strokes(), stroke] });
    });
  }

  function undo() {
    stop();
    if (strokes().length) ask(model, { strokes: strokes().slice(0, -1) });
  }

  function clear() {
    stop();
    if (strokes().length) ask(model, { strokes: [] });
  }

  // A sample writes itself, stroke by stroke, and is read on the way.
  let playing = null; // the id of the next animation frame
  let written = null; // while it plays, the strokes that are done
  let loads = model.get("state").loads; // how many samples were asked for and played

  function stop() {
    cancelAnimationFrame(playing);
    playing = current = written = null;
    loads = model.get("state").loads; // one that is still on its way comes too late
  }

  function load() {
    stop();
    origin = null;
    ask(model, { sample: choice.selectedIndex, loads: loads + 1, strokes: [] });
  }

  function play(sample) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const duration = sample.at(-1).at(-1)[2];
    const speed = still ? Infinity : Math.max(1, duration / PLAYING_SECONDS);
    const began = performance.now();
    function step() {
      const now = still ? duration : (performance.now() - began) / 1000 * speed;
      written = sample.filter((stroke) => stroke.at(-1)[2] <= now);
      const next = sample[written.length];
      current = next ? next.filter((at) => at[2] <= now) : null;
      const owed = model.get("answered") < model.get("asked");
      if (written.length > strokes().length && !(next && owed)) ask(model, { strokes: written });
      else draw();
      playing = next ? requestAnimationFrame(step) : null;
      if (!next) written = null;
    }
    step();
  }

  // Controls
  const choice = html("select", { "aria-label": "Sample" },
    ...samples.map((label) => html("option", {}, label)));
  const label = html("input", {
    type: "text", "aria-label": "Label", placeholder: "what does it say?",
    size: kind === "line" ? 30 : 16, maxlength: kind === "line" ? 60 : 1,
    oninput: () => choose(model, { label: label.value }),
    onkeydown: (event) => { if (event.key === "Enter") save(); },
  });
  label.value = model.get("state").label;
  const save = () => ask(model, { label: label.value, saves: model.get("state").saves + 1 });

  root.addEventListener("keydown", (event) => {
    if (event.target === label) return; // there the same keys edit text
    const command = event.ctrlKey || event.metaKey;
    const action = command && event.key === "z" ? undo
      : !command && (event.key === "Delete" || event.key === "Backspace") ? clear : null;
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });

  // What the network sees and says
  const image = html("img", { class: "fsdl-seen" });
  const answers = html("div", { class: "fsdl-answers" });
  const status = statusLine();

  function draw() {
    const all = [...(written ?? strokes()), ...(current?.length ? [current] : [])];
    while (paths.childNodes.length > all.length) paths.lastChild.remove();
    while (paths.childNodes.length < all.length) paths.append(svg("polyline"));
    all.forEach((stroke, k) => {
      // A stroke of one point is a dot: a line to itself has round ends.
      const points = stroke.length > 1 ? stroke : [...stroke, ...stroke];
      const text = points.map(([x, y]) => `${x},${y}`).join(" ");
      if (paths.childNodes[k].getAttribute("points") !== text)
        paths.childNodes[k].setAttribute("points", text);
    });
    paper.setAttribute("aria-label", `Paper with ${all.length} strokes`);
  }

  function show() {
    const data = model.get("data");
    draw();
    image.src = data.image;
    image.alt = `The ink in the image that the network gets, ${data.image_size.join(" by ")} pixels`;
    image.style.width = `${(kind === "line" ? 2 : 6) * data.image_size[0]}px`;
    answers.replaceChildren(...data.answers.map(([text, probability]) =>
      html("div", { class: "fsdl-answer" },
        html("span", { class: "fsdl-text" }, text || "(nothing)"),
        kind === "character" ? bar(probability) : null)));
    const first = data.answers[0];
    const said = first ? `Read: ${first[0] || "nothing"}. ` : "Draw on the paper. ";
    if (status.textContent !== said + data.message) status.textContent = said + data.message;
    if (data.loads > loads && data.strokes.length) {
      loads = data.loads;
      play(data.strokes);
    }
  }

  function bar(probability) {
    const percent = `${(100 * probability).toFixed(probability < 0.1 ? 1 : 0)}%`;
    return html("span", { class: "fsdl-bar" },
      html("span", { class: "fsdl-fill", style: `width: ${100 * probability}%` }),
      html("span", { class: "fsdl-percent" }, percent));
  }

  root.append(
    html("div", { class: `fsdl-desk fsdl-desk-${kind}` },
      html("div", {}, html("div", { class: "fsdl-name" }, `Write one ${kind} here`), paper),
      html("div", {}, html("div", { class: "fsdl-name" }, "What the network gets"), image),
      html("div", { class: "fsdl-says" },
        html("div", { class: "fsdl-name" }, "What it reads"), answers)),
    html("div", { class: "fsdl-row" },
      button("Undo", undo, { title: "Ctrl+Z" }), button("Clear", clear, { title: "Delete" }),
      samples.length ? html("span", {}, choice, " ", button("Write this sample", load)) : null,
      html("span", {}, label, " ", button("Save as sample", save))),
    status,
  );
  listen(model, root, show);
  return stop;
}

export default { render };
