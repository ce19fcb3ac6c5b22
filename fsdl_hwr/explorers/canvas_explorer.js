// The drawing canvas. What is drawn is state.strokes, lists of [x, y, seconds] in canvas units;
// after every stroke Python is asked to read it, and data holds the image and the answers.

const RULES = [80, 120]; // as in a school book: the top of a small letter, and the letters' feet
const ENLARGED = { line: 2, character: 6 }; // screen px for each px of the image

// The rows of buttons: undo, clear, a sample to be written, and a label to save what is drawn.
function makeControls(model, { undo, clear, load }) {
  const { kind, samples } = model.get("data");
  const choice = html("select", { "aria-label": "Sample" },
    ...samples.map((name) => html("option", {}, name)));
  const save = () => ask(model, { label: label.value, saves: model.get("state").saves + 1 });
  const label = html("input", {
    type: "text", "aria-label": "Label", placeholder: "what does it say?",
    size: kind === "line" ? 30 : 16, maxlength: kind === "line" ? 60 : 1,
    oninput: () => choose(model, { label: label.value }),
    onkeydown: (event) => { if (event.key === "Enter") save(); },
  });
  label.value = model.get("state").label;
  const write = button("Write this sample", () => load(choice.selectedIndex));
  const row = html("div", { class: "fsdl-row" },
    button("Undo", undo, { title: "Ctrl+Z" }), button("Clear", clear, { title: "Delete" }),
    samples.length ? html("span", {}, choice, " ", write) : null,
    html("span", {}, label, " ", button("Save as sample", save)));
  return { row, label };
}

// Undo and clear by key, but not where the same keys edit a text.
function listenToCommands(root, label, { undo, clear }) {
  root.addEventListener("keydown", (event) => {
    if (event.target === label) return;
    const actions = event.ctrlKey || event.metaKey ? { z: undo }
      : { Delete: clear, Backspace: clear };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });
}

// An answer's probability, for single characters.
function bar(probability) {
  const percent = `${(100 * probability).toFixed(probability < 0.1 ? 1 : 0)}%`;
  return html("span", { class: "fsdl-bar" },
    html("span", { class: "fsdl-fill", style: `width: ${100 * probability}%` }),
    html("span", { class: "fsdl-percent" }, percent));
}

// What the network gets and says.
function makeReading(kind) {
  const image = html("img", { class: "fsdl-seen" });
  const answers = html("div", { class: "fsdl-answers" });
  const status = statusLine();

  function show(data) {
    image.src = data.image;
    image.alt = `The ink in the image that the network gets, ${data.imageSize.join(" by ")} pixels`;
    image.style.width = `${ENLARGED[kind] * data.imageSize[0]}px`;
    answers.replaceChildren(...data.answers.map(([text, probability]) =>
      html("div", { class: "fsdl-answer" },
        html("span", { class: "fsdl-text" }, text || "(nothing)"),
        kind === "character" ? bar(probability) : null)));
    const first = data.answers[0];
    const said = first ? `Read: ${first[0] || "nothing"}. ` : "Draw on the paper. ";
    if (status.textContent !== said + data.message) status.textContent = said + data.message;
  }
  return { image, answers, status, show };
}

// The paper beside the image that the network gets and what it reads.
function makeDesk(kind, paper, { image, answers }) {
  const name = (words) => html("div", { class: "fsdl-name" }, words);
  return html("div", { class: `fsdl-desk fsdl-desk-${kind}` },
    html("div", {}, name(`Write one ${kind} here`), paper),
    html("div", {}, name("What the network gets"), image),
    html("div", { class: "fsdl-says" }, name("What it reads"), answers));
}

function render({ model, el }) {
  const size = model.get("data"); // kind, width and height stay
  const root = explorer(el, `Drawing canvas: one ${size.kind}`);
  const paper = makePaper({ ...size, rules: size.kind === "line" ? RULES : [] });
  const reading = makeReading(size.kind);
  const strokes = () => model.get("state").strokes;
  let written = null; // while a sample plays, its strokes that are done
  let current = null; // the stroke that grows
  let loads = model.get("state").loads; // how many samples were asked for and played

  const draw = () =>
    paper.show([...(written ?? strokes()), ...(current?.length ? [current] : [])]);
  const player = makePlayer((done, growing, ended) => {
    [written, current] = [done, growing];
    const owed = model.get("answered") < model.get("asked");
    if (done.length > strokes().length && (ended || !owed)) ask(model, { strokes: done });
    else draw();
    if (ended) written = null;
  });
  const pen = listenToPen(paper.element, size, {
    strokes,
    begin: () => stop(),
    grow(stroke) { current = stroke; draw(); },
    end(stroke) { current = null; ask(model, { strokes: [...strokes(), stroke] }); },
  });

  function stop() {
    player.stop();
    pen.drop();
    written = current = null;
    loads = model.get("state").loads; // a sample that is still on its way comes too late
  }
  function keep(kept) {
    stop();
    if (strokes().length) ask(model, { strokes: kept });
  }
  const commands = {
    undo: () => keep(strokes().slice(0, -1)),
    clear: () => keep([]),
    load(sample) {
      stop();
      pen.restart();
      ask(model, { sample, loads: loads + 1, strokes: [] });
    },
  };
  const controls = makeControls(model, commands);
  listenToCommands(root, controls.label, commands);
  root.append(makeDesk(size.kind, paper.element, reading), controls.row, reading.status);

  listen(model, root, () => {
    const data = model.get("data");
    draw();
    reading.show(data);
    if (data.loads > loads && data.strokes.length) {
      loads = data.loads;
      player.play(data.strokes);
    }
  });
  return stop;
}

export default { render };
