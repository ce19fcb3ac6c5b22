// The annotator: the page above, the chosen line's crop and text below. The page keeps the lines and
// draws at once; Python keeps the journal, and answers with what has changed. Steps are numbered,
// and sent again until an answer has seen them: fast typing must lose nothing.
const VIEW = { width: 960, height: 340 }; // screen px of the page's part that is shown
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

// The steps on their way to Python.
function makeQueue(model) {
  let steps = [];
  let number = 0;
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

function trace(context, points, close) {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  if (close) context.closePath();
}

function drawBaseline(context, scale, baseline, point) {
  context.strokeStyle = "#D55E00";
  context.lineWidth = 2 / scale;
  trace(context, baseline, false);
  context.stroke();
  baseline.forEach(([x, y], k) => {
    const size = (k === point ? 6 : 3.5) / scale;
    context.fillStyle = k === point ? "#E69F00" : "#D55E00";
    context.fillRect(x - size, y - size, 2 * size, 2 * size);
  });
}

function drawCross(context, scale, { begun, at: [x, y] }) {
  context.strokeStyle = "#E69F00";
  context.lineWidth = 2 / scale;
  const arm = 12 / scale;
  trace(context, [[x - arm, y], [x + arm, y]], false);
  context.stroke();
  trace(context, [[x, y - arm], [x, y + arm]], false);
  context.stroke();
  if (begun) {
    trace(context, [begun, [x, y]], false);
    context.stroke();
  }
}

// The page, as much of it as the chosen line needs: one canvas, however many lines there are.
function makeView(fixed, store) {
  const canvas = html("canvas", { width: VIEW.width, height: VIEW.height, tabindex: 0, role: "img",
    "aria-label": "Page" });
  const image = new Image();
  let at = { x: 0, y: 0, scale: 1 }; // the page's px at the canvas' corner, and screen px per px
  let last = null;

  function aim(row) {
    const xs = row.baseline.map(([x]) => x);
    const ys = row.baseline.map(([, y]) => y);
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const scale = clamp((VIEW.width - 2 * MARGIN) / Math.max(right - left, 1), 0.2, LARGEST);
    const middle = (Math.min(...ys) + Math.max(...ys)) / 2 - row.xHeight / 2;
    at = { scale, x: (left + right) / 2 - VIEW.width / 2 / scale, y: middle - VIEW.height / 2 / scale };
  }
  const toPage = (event) => {
    const box = canvas.getBoundingClientRect();
    const zoom = VIEW.width / box.width;
    return [at.x + (event.clientX - box.left) * zoom / at.scale,
      at.y + (event.clientY - box.top) * zoom / at.scale];
  };

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: a drawing, step after step
  function draw(chosen, point, drawing) {
    last = [chosen, point, drawing];
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#ddd";
    context.fillRect(0, 0, VIEW.width, VIEW.height);
    context.setTransform(at.scale, 0, 0, at.scale, -at.x * at.scale, -at.y * at.scale);
    if (image.complete && image.naturalWidth) context.drawImage(image, 0, 0, fixed.width, fixed.height);
    context.lineWidth = 1.5 / at.scale;
    const [low, high] = [at.y, at.y + VIEW.height / at.scale];
    for (const key of store.order()) {
      const { outline, baseline, accepted } = store.row(key);
      if (baseline.every(([, y]) => y < low - 200) || baseline.every(([, y]) => y > high + 200)) continue;
      context.strokeStyle = accepted ? "#009E73" : "#0072B2";
      context.globalAlpha = key === chosen ? 1 : 0.45;
      trace(context, outline, true);
      context.stroke();
    }
    context.globalAlpha = 1;
    const row = store.row(chosen);
    if (row) drawBaseline(context, at.scale, row.baseline, point);
    if (drawing) drawCross(context, at.scale, drawing);
  }

  image.addEventListener("load", () => { if (last) draw(...last); });
  image.src = fixed.image;
  return {
    element: canvas, aim, draw, toPage, scale: () => at.scale,
    middle: () => [at.x + VIEW.width / 2 / at.scale, at.y + VIEW.height / 2 / at.scale],
  };
}

// The proposed text, doubtful characters tinted; once it is edited, nothing is known of them.
function tintedText({ text, prediction, confidences }) {
  const known = text === prediction && confidences.length === text.length;
  return [...text].map((character, k) => html("span", {
    class: known && confidences[k] < SURE ? "doubtful" : null,
    title: known ? `${Math.round(100 * confidences[k])}%` : null,
  }, character));
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
function makePointer(view, page) {
  let held = -1; // the point under the mouse
  let drawing = null; // { begun, at }: a new baseline's first point, and where the cross stands
  let point = -1; // the chosen point of the chosen baseline

  const redraw = () => view.draw(page.chosen, point, drawing);
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

  view.element.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    view.element.focus({ preventScroll: true });
    const place = view.toPage(event);
    if (drawing) {
      mark(place);
      return;
    }
    const near = ([x, y]) => Math.hypot(x - place[0], y - place[1]) * view.scale() < 9;
    held = page.row()?.baseline.findIndex(near) ?? -1;
    if (held >= 0) {
      point = held;
      view.element.setPointerCapture(event.pointerId);
      redraw();
    } else page.pick(place);
  });
  view.element.addEventListener("pointermove", (event) => {
    if (drawing) drawing = { ...drawing, at: view.toPage(event) };
    else if (held >= 0) moved(page.row(), held, view.toPage(event));
    if (drawing) redraw();
  });
  view.element.addEventListener("pointerup", () => {
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
    arrow, redraw,
    choosePoint(step) {
      const count = page.row()?.baseline.length ?? 0;
      point = count ? (point + step + count) % count : -1;
      redraw();
    },
    begin() { drawing = { begun: null, at: view.middle() }; redraw(); },
    enter() { if (drawing) mark(drawing.at); return drawing !== null; },
    drop() { drawing = null; point = -1; redraw(); },
    isDrawing: () => drawing !== null,
    reset() { point = -1; },
  };
}

// Keys in the text and on the page. Alt and a letter, or on the page the letter alone, is a command.
function listenToKeys(root, editor, commands) {
  const { input, view, pointer, meter, fixed } = editor;
  const { Enter: accept, Undo: undo, ...letters } = commands;
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one place says what a key means
  root.addEventListener("keydown", (event) => {
    const onPage = event.target === view.element;
    const control = event.ctrlKey || event.metaKey;
    const letter = !control && (event.altKey || (onPage && !pointer.isDrawing()))
      ? letters[event.code] : null;
    const command = control && event.key === "z" ? undo : letter;
    if (!command || fixed.viewOnly) return;
    event.preventDefault();
    event.stopPropagation();
    command();
  });
  input.addEventListener("keydown", meter.press);
  input.addEventListener("input", editor.draft);
  keys(input, {
    Enter: accept,
    Tab: (event) => editor.step(event.shiftKey ? -1 : 1, true),
    Escape: () => view.element.focus({ preventScroll: true }), // the way out: Tab is no trap
  });
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const moves = Object.entries(arrows).map(([name, [dx, dy]]) =>
    [name, (event) => pointer.arrow(dx, dy, event.shiftKey)]);
  keys(view.element, {
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
class Editor {
  constructor(model, fixed) {
    this.model = model;
    this.fixed = fixed;
    this.store = makeStore();
    this.queue = makeQueue(model);
    this.view = makeView(fixed, this.store);
    this.meter = makeMeter();
    this.chosen = model.get("state").line;
    this.message = ""; // until the next step
    this.keysBefore = null; // while a step is on its way that may make new lines
    this.crop = html("div", { class: "crop" });
    this.tinted = html("p", { class: "read" });
    this.input = html("input", { type: "text", "aria-label": "Text", spellcheck: "false",
      autocomplete: "off" });
    this.kinds = html("select", { "aria-label": "Type", disabled: fixed.viewOnly,
      onchange: () => this.setKind(this.kinds.value) },
    ...fixed.kinds.map((kind, k) => html("option", { value: kind }, `${k + 1} ${kind}`)));
    this.status = statusLine();
    this.pointer = makePointer(this.view, this);
    this.draft = debounce(() => this.settle(), DRAFT);
  }

  row() { return this.store.row(this.chosen); }

  push(step) {
    if (this.fixed.viewOnly) return;
    this.message = "";
    this.queue.push({ line: this.chosen, ...step }, { line: this.chosen });
  }

  settle() { // what was typed goes to the journal
    if (!this.row() || tidy(this.input.value) === tidy(this.row().text)) return;
    this.store.change(this.chosen, { text: this.input.value, accepted: false });
    this.push({ do: "text", text: this.input.value });
  }

  show() {
    const line = this.row();
    const cut = this.store.crops.get(this.chosen);
    this.crop.replaceChildren(...(cut ? [html("img", { src: cut.image, alt: "The chosen line",
      width: cut.width, height: cut.height })] : []));
    this.tinted.replaceChildren(...(line ? tintedText(line) : []));
    this.kinds.value = line?.kind ?? this.fixed.kinds[0];
    this.input.disabled = this.fixed.viewOnly || !line;
    this.pointer.redraw();
    this.say();
  }

  say() {
    const order = this.store.order();
    const waiting = this.queue.waiting();
    this.status.textContent = `${this.message ? `${this.message} ` : ""}Line ${order.indexOf(this.chosen) + 1} of `
      + `${order.length}; ${this.store.accepted()} accepted; `
      + `${waiting ? `${waiting} steps on their way` : "all saved"}.`;
  }

  visit(key, focus = true) {
    this.chosen = key;
    this.meter.restart();
    this.pointer.reset();
    this.input.value = this.row()?.text ?? "";
    if (this.row()) this.view.aim(this.row());
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
    if (!this.row() || this.fixed.viewOnly) return;
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

  pick(place) {
    const away = (key) => Math.min(...this.store.row(key).baseline.map(([x, y]) =>
      Math.hypot((x - place[0]) / 4, y - place[1])));
    const order = this.store.order();
    if (order.length) this.go(order.reduce((best, key) => (away(key) < away(best) ? key : best)), false);
  }

  begin() {
    this.view.element.focus({ preventScroll: true });
    this.pointer.begin();
    this.message = "Click both ends of the new baseline.";
    this.say();
  }

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: what the kernel says, in order
  news() {
    const data = this.model.get("data");
    const before = this.row()?.text ?? "";
    this.queue.seen(data.seen);
    if (!this.store.merge(data)) this.queue.send({ whole: true, line: this.chosen });
    if (data.order) {
      const fresh = data.order.find((key) => this.keysBefore && !this.keysBefore.has(key));
      if (fresh !== undefined) this.visit(fresh);
      else if (!this.row() || !data.order.includes(this.chosen)) this.visit(data.order[0] ?? -1);
      this.keysBefore = null;
    }
    // What Python says of a draft must not overwrite what was typed since; an undo must.
    if (this.row() && tidy(this.row().text) !== tidy(before)) this.input.value = this.row().text;
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
    this.fixed.kinds.forEach((kind, k) => { own[`Digit${k + 1}`] = () => this.setKind(kind); });
    return own;
  }
}

function render({ model, el }) {
  const fixed = model.get("fixed");
  const root = explorer(el, "Annotator");
  root.classList.add("fsdl-annotator");
  const editor = new Editor(model, fixed);
  const commands = editor.commands();
  listenToKeys(root, editor, commands);
  const tools = [["Accept", "Enter"], ["Split", "KeyS"], ["Merge", "KeyM"], ["Delete", "KeyD"],
    ["New line", "KeyN"], ["Undo", "Undo"]].map(([label, code]) =>
    button(label, commands[code], { disabled: fixed.viewOnly }));
  root.append(editor.view.element, editor.crop, editor.tinted, editor.input,
    html("div", { class: "fsdl-row" }, ...tools, editor.kinds), editor.status,
    html("p", { class: "fsdl-hint" }, HELP));
  model.on("change:answered", () => editor.say());
  let known = null; // the news that was merged last
  listen(model, root, () => {
    const begins = known === null;
    if (model.get("data") === known) return;
    known = model.get("data");
    editor.news();
    if (begins) editor.visit(editor.chosen, false);
  });
}

export default { render };
