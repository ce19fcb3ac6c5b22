// A page with its lines. To look at: point at a line, and see its outline, crop and text. To correct,
// if `fixed.editable`: the page keeps the lines and draws at once; Python keeps the journal, and
// answers with what has changed. Steps are numbered, and sent again until an answer has seen them:
// fast typing must lose nothing. state: the chosen line, -1 for none; the steps on their way.
const PAGE_HEIGHT = 640; // screen px of a page to look at
const VIEW = { width: 960, height: 340 }; // screen px of the part of a page to correct
const DRAFT = 400; // milliseconds without a key, then the text goes to the journal
const SURE = 0.7; // confidence below which a character is tinted
const MARGIN = 40; // screen px beside the chosen line
const LARGEST = 2; // screen px per px of the page

// The lines as the page knows them: merges Python's news, and says which crops are at hand.
function makeStore() {
  const rows = new Map();
  const crops = new Map();
  let order = [];

  function merge({ rows: changed, order: next, crops: cut }) {
    for (const row of changed) {
      const old = rows.get(row.key);
      if (old && JSON.stringify(old.baseline) !== JSON.stringify(row.baseline)) crops.delete(row.key);
      rows.set(row.key, row);
    }
    if (next) {
      order = next;
      crops.clear(); // ink may have gone to another line
    }
    for (const crop of cut) crops.set(crop.key, crop);
    return order.every((key) => rows.has(key));
  }
  return {
    merge, crops, row: (key) => rows.get(key), order: () => order,
    change(key, changes) { rows.set(key, { ...rows.get(key), ...changes }); },
    after(key, step) {
      const place = order.indexOf(key);
      return order[clamp(place + step, 0, order.length - 1)] ?? -1;
    },
    open(key) { // the next line that is not accepted, from here on and around
      const place = order.indexOf(key);
      const turned = [...order.slice(place + 1), ...order.slice(0, place + 1)];
      return turned.find((other) => !rows.get(other).accepted) ?? order[place + 1] ?? key;
    },
    accepted: () => order.filter((key) => rows.get(key).accepted).length,
  };
}

// A polygon, a cross and a square, for the `d` of a path.
const closed = (points) => (points.length ? `M${points.join("L")}Z` : "");
const cross = ([x, y], arm) => `M${x - arm},${y}h${2 * arm}M${x},${y - arm}v${2 * arm}`;
const square = ([x, y], half) => `M${x - half},${y - half}h${2 * half}v${2 * half}h${-2 * half}Z`;

// The page with the outlines of its lines: a handful of elements, however many lines there are.
function makePicture(fixed, store) {
  const { width, height, editable } = fixed;
  const paths = Object.fromEntries(["open", "accepted", "chosen", "baseline", "points", "point", "cross"]
    .map((name) => [name, svg("path", { class: name })]));
  const picture = svg("svg", { class: "page", role: "slider", tabindex: 0, "aria-label": "Line",
    "aria-valuemin": 1, ...(editable ? VIEW : { height: PAGE_HEIGHT }) },
  svg("image", { href: fixed.image, width, height }), ...Object.values(paths));
  let at = { x: 0, y: 0, scale: 1 }; // the page's px at the picture's corner, and screen px per px

  const look = (x, y, wide, high) => picture.setAttribute("viewBox", [x, y, wide, high].join(" "));
  look(0, 0, width, height);

  function aim({ middle }) {
    const xs = middle.map(([x]) => x);
    const ys = middle.map(([, y]) => y);
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const scale = clamp((VIEW.width - 2 * MARGIN) / Math.max(right - left, 1), 0.2, LARGEST);
    const [wide, high] = [VIEW.width / scale, VIEW.height / scale];
    at = { scale, x: (left + right - wide) / 2, y: (Math.min(...ys) + Math.max(...ys) - high) / 2 };
    look(at.x, at.y, wide, high);
  }

  function draw(chosen) {
    const outlines = { open: "", accepted: "", chosen: "" };
    for (const key of store.order()) {
      const { outline, accepted } = store.row(key);
      const name = accepted ? "accepted" : "open";
      outlines[key === chosen ? "chosen" : name] += closed(outline);
    }
    for (const [name, outline] of Object.entries(outlines)) paths[name].setAttribute("d", outline);
  }

  function drawEdit(baseline, point, drawing) { // the chosen baseline, its points, a new baseline
    const squares = baseline.map((place, k) => square(place, (k === point ? 6 : 3.5) / at.scale));
    const begun = drawing?.begun ? `M${drawing.begun}L${drawing.at}` : "";
    paths.baseline.setAttribute("d", baseline.length ? `M${baseline.join("L")}` : "");
    paths.points.setAttribute("d", squares.join(""));
    paths.point.setAttribute("d", squares[point] ?? "");
    paths.cross.setAttribute("d", drawing ? cross(drawing.at, 12 / at.scale) + begun : "");
  }
  return {
    element: picture, aim, draw, drawEdit, scale: () => at.scale,
    middle: () => [at.x + VIEW.width / 2 / at.scale, at.y + VIEW.height / 2 / at.scale],
    nearest(event) { // the key of the line under a pointer
      const middles = store.order().map((key) => store.row(key).middle);
      return store.order()[nearestPolyline(middles, picture, event)] ?? -1;
    },
    tell(place, words) {
      picture.setAttribute("aria-valuemax", store.order().length);
      picture.setAttribute("aria-valuenow", place + 1);
      picture.setAttribute("aria-valuetext", words);
    },
  };
}

// A line's crop and its text, doubtful characters tinted; once it is edited, nothing is known of them.
function lineCard({ text, prediction, confidences, transcript, edits }, crop, number) {
  const known = text === prediction && confidences.length === text.length;
  const percent = (share) => `${Math.round(100 * share)}%`;
  const mean = confidences.reduce((total, each) => total + each, 0) / confidences.length;
  const characters = [...text].map((character, k) => html("span", {
    class: known && confidences[k] < SURE ? "doubtful" : null,
    title: known ? percent(confidences[k]) : null }, character));
  return [
    html("h4", {}, `Line ${number}${known && text ? `, confidence ${percent(mean)}` : ""}`),
    crop ? html("img", { class: "crop", src: crop.image, alt: `The crop of line ${number}`,
      width: crop.width, height: crop.height }) : "",
    html("p", { class: "read" }, ...characters),
    ...(transcript ? [html("p", { class: "truth" }, transcript),
      html("p", { class: "fsdl-hint" }, `${edits} edits to what was written`)] : []),
  ];
}

// The page at the left, the chosen line at the right. Nothing is asked of Python.
class PageView {
  constructor(model, fixed) {
    this.model = model;
    this.store = makeStore();
    this.picture = makePicture(fixed, this.store);
    this.chosen = model.get("state").line;
    this.card = html("div", { class: "card" });
    this.status = statusLine();
    this.store.merge(model.get("data"));
  }

  open(root) {
    this.picture.element.addEventListener("pointermove", (event) => this.go(this.picture.nearest(event)));
    this.walk({ ArrowDown: () => this.step(1), ArrowUp: () => this.step(-1) });
    root.append(html("div", { class: "panes" }, this.picture.element, this.card), this.status,
      html("p", { class: "fsdl-hint" }, "Point at a line. By keyboard: focus the page, then up and down."));
    listen(this.model, root, () => {
      this.chosen = this.model.get("state").line;
      this.show();
    });
  }

  walk(others) {
    const end = (place) => () => this.go(this.store.order().at(place) ?? -1);
    keys(this.picture.element, { Home: end(0), End: end(-1), ...others });
  }

  row() { return this.store.row(this.chosen); }

  go(line) { if (line !== this.chosen) choose(this.model, { line }); }

  step(by) { this.go(this.store.after(this.chosen, by)); }

  show() {
    const line = this.row();
    const number = this.store.order().indexOf(this.chosen) + 1;
    this.card.replaceChildren(...(line ? lineCard(line, this.store.crops.get(this.chosen), number) : []));
    this.redraw();
    this.say();
  }

  redraw() { this.picture.draw(this.chosen); }

  say() {
    const order = this.store.order();
    this.status.textContent = this.sentence();
    this.picture.tell(order.indexOf(this.chosen), this.status.textContent);
  }

  sentence() {
    const line = this.row();
    return line ? `Read: ${line.text}` : `${this.store.order().length} lines; none chosen.`;
  }
}

// The steps on their way to Python.
function makeQueue(model) {
  let steps = [];
  let number = model.get("data").seen; // more than 0 in a page that was loaded again
  const send = (changes = {}) => ask(model, { whole: false, ...changes, steps });
  return {
    push(step, changes) {
      number += 1;
      steps = [...steps, { ...step, n: number }];
      send(changes);
    },
    send,
    seen(count) { steps = steps.filter(({ n }) => n > count); },
    waiting: () => steps.length,
  };
}

// A text as the desk keeps it.
function tidy(text) {
  return text.normalize("NFC").trim().split(/\s+/).join(" ");
}

// What a line costs: keys pressed and seconds since it was chosen.
function makeMeter() {
  let keystrokes = 0;
  let began = performance.now();
  return {
    restart() { keystrokes = 0; began = performance.now(); },
    press(event) { if (!["Shift", "Control", "Alt", "Meta", "Tab"].includes(event.key)) keystrokes += 1; },
    read: () => ({ keystrokes, seconds: (performance.now() - began) / 1000 }),
  };
}

// Mouse and arrows on the page: points of the chosen baseline, and new baselines by two clicks.
function makePointer(picture, page) {
  const { element } = picture;
  let held = -1; // the point under the mouse
  let drawing = null; // { begun, at }: a new baseline's first point, and where the cross stands
  let point = -1; // the chosen point of the chosen baseline

  const redraw = () => page.redraw();
  function moved(row, k, [x, y]) {
    const baseline = row.baseline.map((old, j) => (j === k ? [Math.round(x), Math.round(y)] : old));
    page.preview(baseline);
    redraw();
    return baseline;
  }
  function mark(place) {
    if (!drawing.begun) {
      drawing = { begun: place, at: place };
    } else {
      const ends = [drawing.begun, place].sort((a, b) => a[0] - b[0]);
      drawing = null;
      page.draw(ends);
    }
    redraw();
  }

  element.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    element.focus({ preventScroll: true });
    const place = pointIn(element, event);
    if (drawing) {
      mark(place);
      return;
    }
    const near = ([x, y]) => Math.hypot(x - place[0], y - place[1]) * picture.scale() < 9;
    held = page.row()?.baseline.findIndex(near) ?? -1;
    if (held >= 0) {
      point = held;
      element.setPointerCapture(event.pointerId);
      redraw();
    } else page.go(picture.nearest(event), false);
  });
  element.addEventListener("pointermove", (event) => {
    if (drawing) drawing = { ...drawing, at: pointIn(element, event) };
    else if (held >= 0) moved(page.row(), held, pointIn(element, event));
    if (drawing) redraw();
  });
  element.addEventListener("pointerup", () => {
    if (held >= 0) page.move(page.row().baseline);
    held = -1;
  });

  function arrow(dx, dy, large) {
    const step = large ? 10 : 1;
    if (drawing) {
      drawing = { ...drawing, at: [drawing.at[0] + 10 * step * dx, drawing.at[1] + step * dy] };
      redraw();
    } else if (point >= 0 && page.row()?.baseline[point]) {
      const [x, y] = page.row().baseline[point];
      page.move(moved(page.row(), point, [x + step * dx, y + step * dy]));
    } else if (dy) page.step(dy);
  }
  return {
    arrow,
    draw() { picture.drawEdit(page.row()?.baseline ?? [], point, drawing); },
    choosePoint(step) {
      const count = page.row()?.baseline.length ?? 0;
      point = count ? (point + step + count) % count : -1;
      redraw();
    },
    begin() { drawing = { begun: null, at: picture.middle() }; redraw(); },
    enter() { if (drawing) mark(drawing.at); return drawing !== null; },
    drop() { drawing = null; point = -1; redraw(); },
    isDrawing: () => drawing !== null,
    reset() { point = -1; },
  };
}

// Keys in the text and on the page. Alt and a letter, or on the page the letter alone, is a command.
function listenToKeys(root, editor, commands) {
  const { input, picture: { element }, pointer, meter } = editor;
  const { Enter: accept, Undo: undo, ...letters } = commands;
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one place says what a key means
  root.addEventListener("keydown", (event) => {
    const onPage = event.target === element;
    const control = event.ctrlKey || event.metaKey;
    const letter = !control && (event.altKey || (onPage && !pointer.isDrawing()))
      ? letters[event.code] : null;
    const command = control && event.key === "z" ? undo : letter;
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    command();
  });
  input.addEventListener("keydown", meter.press);
  input.addEventListener("input", editor.draft);
  keys(input, {
    Enter: accept,
    Tab: (event) => editor.step(event.shiftKey ? -1 : 1, true),
    Escape: () => element.focus({ preventScroll: true }), // the way out: Tab is no trap
  });
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const moves = Object.entries(arrows).map(([name, [dx, dy]]) =>
    [name, (event) => pointer.arrow(dx, dy, event.shiftKey)]);
  editor.walk({
    ...Object.fromEntries(moves),
    ",": () => pointer.choosePoint(-1), ".": () => pointer.choosePoint(1),
    Escape: pointer.drop,
    Enter: () => { if (pointer.isDrawing()) pointer.enter(); else editor.visit(editor.chosen); },
  });
}

const HELP = "In the text: Enter accepts and goes on, Tab and Shift+Tab go on and back, Alt+S splits"
  + " at the cursor, Alt+M merges with the next line, Alt+D deletes, Alt+N draws a new baseline,"
  + " Alt+1 to 4 set the type, Ctrl+Z takes back, Escape goes to the page. On the page: the same"
  + " letters alone; up and down choose a line, comma and period a point, arrows move it.";

// The chosen line under edit: what keys, buttons and the mouse do, and what Python's news change.
class Editor extends PageView {
  constructor(model, fixed) {
    super(model, fixed);
    this.queue = makeQueue(model);
    this.meter = makeMeter();
    this.message = ""; // until the next step
    this.keysBefore = null; // while a step is on its way that may make new lines
    this.input = html("input", { type: "text", "aria-label": "Text", spellcheck: "false",
      autocomplete: "off" });
    this.kinds = html("select", { "aria-label": "Type", onchange: () => this.setKind(this.kinds.value) },
      ...fixed.kinds.map((kind, k) => html("option", { value: kind }, `${k + 1} ${kind}`)));
    this.pointer = makePointer(this.picture, this);
    this.draft = debounce(() => this.settle(), DRAFT);
  }

  open(root) {
    const commands = this.commands();
    listenToKeys(root, this, commands);
    const tools = [["Accept", "Enter"], ["Split", "KeyS"], ["Merge", "KeyM"], ["Delete", "KeyD"],
      ["New line", "KeyN"], ["Undo", "Undo"]].map(([label, code]) => button(label, commands[code]));
    root.append(html("div", { class: "panes" }, this.picture.element, this.card), this.input,
      html("div", { class: "fsdl-row" }, ...tools, this.kinds), this.status,
      html("p", { class: "fsdl-hint" }, HELP));
    this.model.on("change:data", () => this.news());
    this.model.on("change:answered", () => this.say());
    listen(this.model, root, () => this.say());
    this.visit(this.chosen, false);
    if (this.model.get("data").seen) this.queue.send({ whole: true, line: this.chosen });
  }

  push(step) {
    this.message = "";
    this.queue.push({ line: this.chosen, ...step }, { line: this.chosen });
  }

  settle() { // what was typed goes to the journal
    if (!this.row() || tidy(this.input.value) === tidy(this.row().text)) return;
    this.store.change(this.chosen, { text: this.input.value, accepted: false });
    this.push({ do: "text", text: this.input.value });
  }

  show() {
    super.show();
    this.kinds.value = this.row()?.kind ?? this.kinds.options[0].value;
    this.input.disabled = !this.row();
  }

  redraw() {
    super.redraw();
    this.pointer.draw();
  }

  sentence() {
    const order = this.store.order();
    const waiting = this.queue.waiting();
    return `${this.message ? `${this.message} ` : ""}Line ${order.indexOf(this.chosen) + 1} of `
      + `${order.length}; ${this.store.accepted()} accepted; `
      + `${waiting ? `${waiting} steps on their way` : "all saved"}.`;
  }

  visit(key, focus = true) {
    this.chosen = key;
    this.meter.restart();
    this.pointer.reset();
    this.input.value = this.row()?.text ?? "";
    if (this.row()) this.picture.aim(this.row());
    this.show();
    if (focus && !this.input.disabled) {
      this.input.focus({ preventScroll: true });
      this.input.setSelectionRange(this.input.value.length, this.input.value.length);
    }
    if (this.row() && !this.store.crops.has(key)) this.queue.send({ line: key });
  }

  go(key, focus) {
    this.settle();
    this.visit(key, focus);
  }

  accept() {
    if (!this.row()) return;
    this.message = "";
    const text = this.input.value;
    this.store.change(this.chosen, { text, accepted: true });
    const next = this.store.open(this.chosen);
    this.queue.push({ do: "accept", line: this.chosen, text, ...this.meter.read() }, { line: next });
    this.visit(next);
  }

  change(step) { // a step that only Python can take: it knows the ink
    this.settle();
    this.keysBefore = new Set(this.store.order());
    this.push(step);
  }

  setKind(kind) {
    this.store.change(this.chosen, { kind });
    this.push({ do: "kind", kind });
    this.show();
  }

  preview(baseline) { this.store.change(this.chosen, { baseline }); }

  move(baseline) { this.push({ do: "move", baseline }); }

  draw(baseline) { this.change({ do: "draw", baseline, after: this.chosen }); }

  step(by, focus = false) { this.go(this.store.after(this.chosen, by), focus); }

  begin() {
    this.picture.element.focus({ preventScroll: true });
    this.pointer.begin();
    this.message = "Click both ends of the new baseline.";
    this.say();
  }

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: what the kernel says, in order
  news() {
    const data = this.model.get("data");
    const before = this.row();
    this.queue.seen(data.seen);
    if (!this.store.merge(data)) this.queue.send({ whole: true, line: this.chosen });
    if (data.order) {
      const fresh = data.order.find((key) => this.keysBefore && !this.keysBefore.has(key));
      if (fresh !== undefined) this.visit(fresh);
      else if (!data.order.includes(this.chosen)) this.visit(data.order[0] ?? -1);
      else if (!before) this.visit(this.chosen, false);
      this.keysBefore = null;
    }
    // What Python says of a draft must not overwrite what was typed since; an undo must.
    if (this.row() && tidy(this.row().text) !== tidy(before?.text ?? "")) this.input.value = this.row().text;
    if (data.message) this.message = data.message;
    this.show();
  }

  commands() { // by the key's place on the keyboard
    const own = {
      KeyS: () => this.change({ do: "split", at: this.input.selectionStart }),
      KeyM: () => this.change({ do: "merge" }),
      KeyD: () => this.change({ do: "delete" }),
      KeyN: () => this.begin(),
      Undo: () => this.change({ do: "undo" }),
      Enter: () => this.accept(),
    };
    [...this.kinds.options].forEach(({ value }, k) => { own[`Digit${k + 1}`] = () => this.setKind(value); });
    return own;
  }
}

function render({ model, el }) {
  const fixed = model.get("fixed");
  const root = explorer(el, fixed.editable ? "Annotator" : "Page explorer");
  root.classList.add("fsdl-page");
  root.classList.toggle("editing", fixed.editable);
  const view = fixed.editable ? new Editor(model, fixed) : new PageView(model, fixed);
  view.open(root);
}

export default { render };
