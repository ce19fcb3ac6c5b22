// What every explorer shares. Python puts this file before <name>.js, and the two are one module.

// Make the root: a labelled region whose keys are its own, not JupyterLab's shortcuts.
function explorer(el, label) {
  const root = html("div", {
    class: "fsdl-explorer", role: "group", "aria-label": label,
    "data-lm-suppress-shortcuts": "true", // or the arrow keys would walk through the notebook
  });
  // Nor may a plain letter get there: in a notebook, A inserts a cell and D D deletes one.
  root.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  });
  el.replaceChildren(root);
  return root;
}

// Make an element. Attributes named on... are listeners; null and false leave an attribute out.
function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

// A slider under its name, with its value beside it. set(value) moves it without calling back.
function slider({ label, min, max, step = 1, value, unit = "", change }) {
  const shown = html("span", { class: "fsdl-value" }); // no <output>: screen readers say it twice
  const input = html("input", {
    type: "range", min, max, step, value, "aria-label": label,
    oninput: () => { show(); change(Number(input.value)); },
  });
  const show = () => {
    shown.textContent = `${input.value}${unit}`;
    input.setAttribute("aria-valuetext", shown.textContent);
  };
  const set = (next) => { input.value = next; show(); };
  show();
  return { element: html("label", { class: "fsdl-slider" }, label, input, shown), input, set };
}

function button(label, press, attributes = {}) {
  return html("button", { type: "button", onclick: press, ...attributes }, label);
}

// A line that a screen reader speaks when its text changes.
function statusLine() {
  return html("p", { class: "fsdl-status", role: "status", "aria-live": "polite" });
}

// Call an action by key: keys(element, { ArrowLeft: () => ..., " ": () => ... }).
function keys(element, actions) {
  element.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault(); // no scrolling of the page
    action(event);
  });
}

// Keep a choice, in the page and in the kernel: explorer.state in Python has it too.
function choose(model, changes) {
  model.set("state", { ...model.get("state"), ...changes });
  model.save_changes();
}

// Keep a choice and have Python compute the data for it.
function ask(model, changes) {
  model.set("state", { ...model.get("state"), ...changes });
  model.set("asked", model.get("asked") + 1);
  model.save_changes();
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

// A character as it is shown: an open box stands for the space.
function visible(character) {
  return character === " " ? "\u2423" : character;
}

// Where a pointer is in an <svg>, in its units.
function pointIn(picture, event) {
  const { x, y } = new DOMPoint(event.clientX, event.clientY)
    .matrixTransform(picture.getScreenCTM().inverse());
  return [x, y];
}

// Find the polyline that a pointer over an <svg> is nearest to: its index, -1 if there is none.
function nearestPolyline(polylines, picture, event) {
  const [left, top] = pointIn(picture, event);
  const distances = polylines.map((points) =>
    Math.min(...points.map(([x, y]) => Math.hypot(x - left, y - top))));
  return distances.indexOf(Math.min(...distances));
}

// Let a quick succession of calls be one, the last.
function debounce(action, milliseconds = 150) {
  let timer = null;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}

// Draw now, and again after every change of data or state, from whichever side. While Python owes
// an answer the root is aria-busy; a question that has none says why, in words.
function listen(model, root, draw) {
  const problem = html("p", { class: "fsdl-problem", role: "alert" });
  const wait = () => {
    root.setAttribute("aria-busy", model.get("answered") < model.get("asked"));
    problem.textContent = model.get("problem");
    if (problem.textContent) root.append(problem);
    else problem.remove();
  };
  model.on("change:data", draw);
  model.on("change:state", draw);
  for (const name of ["asked", "answered", "problem"]) model.on(`change:${name}`, wait);
  draw();
  wait();
}

const PLAYING_SECONDS = 4; // at most, for a sample that is written by itself
const PAUSE = 0.3; // seconds between the strokes of different visits

// A paper for one "character" or "line", with rules at some heights. An SVG keeps its units at every
// size on the screen, and takes the theme's color.
function makePaper({ kind, width, height, rules }) {
  const paths = svg("g", { class: "fsdl-strokes" });
  const paper = svg("svg", {
    viewBox: `0 0 ${width} ${height}`, class: `fsdl-paper fsdl-${kind}`, role: "img",
    tabindex: 0,
  }, ...rules.map((y) => svg("line", { x1: 0, x2: width, y1: y, y2: y })), paths);

  function show(strokes) {
    while (paths.childNodes.length > strokes.length) paths.lastChild.remove();
    while (paths.childNodes.length < strokes.length) paths.append(svg("polyline"));
    strokes.forEach((stroke, k) => {
      const text = polyline(stroke);
      if (paths.childNodes[k].getAttribute("points") !== text)
        paths.childNodes[k].setAttribute("points", text);
    });
    paper.setAttribute("aria-label", `Paper with ${strokes.length} strokes`);
  }
  return { element: paper, show };
}

// Let a mouse, a finger or a pen draw. page has the strokes so far, and is told of a stroke as it
// grows and ends. restart() lets the seconds begin anew.
function listenToPen(paper, { width, height }, page) {
  let stroke = null; // under the pen
  let origin = null; // event.timeStamp at second 0, once the pen has come down
  let penSeen = false; // then touches are the palm of the hand that holds it

  const place = (at, room) => Math.round(10 * clamp(at, 0, room)) / 10;
  const point = (event) => {
    const box = paper.getBoundingClientRect();
    return [
      place((event.clientX - box.left) / box.width * width, width),
      place((event.clientY - box.top) / box.height * height, height),
      Math.max(0, Math.round(event.timeStamp - origin)) / 1000,
    ];
  };
  const grow = (events) => {
    stroke.push(...events.map(point));
    page.grow(stroke);
  };

  paper.addEventListener("pointerdown", (event) => {
    penSeen ||= event.pointerType === "pen";
    if (event.button !== 0 || !event.isPrimary || (penSeen && event.pointerType === "touch")) return;
    event.preventDefault(); // no text is selected
    paper.focus({ preventScroll: true });
    page.begin();
    const last = page.strokes().at(-1)?.at(-1)[2];
    if (last === undefined) origin = event.timeStamp;
    else origin ??= event.timeStamp - 1000 * (last + PAUSE);
    paper.setPointerCapture(event.pointerId);
    stroke = [];
    grow([event]);
  });
  paper.addEventListener("pointermove", (event) => {
    if (!stroke || !event.isPrimary) return;
    // A browser hands out moves once a frame; a quick pen has made several by then.
    const moves = event.getCoalescedEvents?.() ?? [];
    grow(moves.length ? moves : [event]);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    paper.addEventListener(end, (event) => {
      if (!stroke || !event.isPrimary) return;
      const ended = stroke;
      stroke = null;
      page.end(ended);
    });
  }
  return { restart: () => { origin = null; }, drop: () => { stroke = null; } };
}

// A sample writes itself: show(written, growing, ended) gets the strokes that are done and the one
// that grows, frame by frame.
function makePlayer(show) {
  let frame = null; // the id of the next animation frame

  function stop() {
    cancelAnimationFrame(frame);
    frame = null;
  }

  function play(sample) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const duration = sample.at(-1).at(-1)[2];
    const speed = still ? Infinity : Math.max(1, duration / PLAYING_SECONDS);
    const began = performance.now();
    function step() {
      const now = still ? duration : (performance.now() - began) / 1000 * speed;
      const written = sample.filter((stroke) => stroke.at(-1)[2] <= now);
      const next = sample[written.length];
      frame = next ? requestAnimationFrame(step) : null;
      show(written, next ? next.filter((at) => at[2] <= now) : null, !next);
    }
    step();
  }
  return { play, stop };
}

// A paper for one character that keeps its own strokes, lists of [x, y, seconds]. moved(strokes) is
// called as the last one grows, lifted(strokes) when it is done; write(strokes) lets a sample write
// itself, with the same calls.
function makePad({ width, height, rules, moved, lifted }) {
  const paper = makePaper({ kind: "character", width, height, rules });
  let strokes = [];
  const show = (growing) => paper.show(growing?.length ? [...strokes, growing] : strokes);
  const player = makePlayer((done, growing) => {
    const lifts = done.length > strokes.length;
    strokes = done;
    show(growing);
    if (lifts) lifted(strokes);
    else if (growing?.length) moved([...strokes, growing]);
  });
  const pen = listenToPen(paper.element, { width, height }, {
    strokes: () => strokes,
    begin: player.stop,
    grow(stroke) { show(stroke); moved([...strokes, stroke]); },
    end(stroke) { strokes = [...strokes, stroke]; show(); lifted(strokes); },
  });
  function set(next) {
    player.stop();
    pen.drop();
    if (!next.length) pen.restart();
    strokes = next;
    show();
  }
  show();
  return {
    element: paper.element, set, stop: player.stop, strokes: () => strokes,
    write(sample) { set([]); player.play(sample); },
  };
}

// A choice of samples, and a button that lets one write itself; null if there are none.
function makeSamples(samples, write) {
  if (!samples.length) return null;
  const choice = html("select", { "aria-label": "Sample" },
    ...samples.map(({ label }) => html("option", {}, label)));
  const press = () => write(samples[choice.selectedIndex].strokes);
  return html("span", {}, choice, " ", button("Write this sample", press));
}

// A picture whose words would be too small in a narrow page: there it keeps `least` px, and scrolls.
function wide(picture, least) {
  picture.style.minWidth = `${least}px`;
  return html("div", { class: "fsdl-wide" }, picture);
}

// A name over what it names.
function named(words, ...children) {
  return html("div", {}, html("div", { class: "fsdl-name" }, words), ...children);
}

// The points of a stroke, for an SVG; a stroke of one point is a dot: a line to itself has round
// ends.
function polyline(stroke) {
  const points = stroke.length > 1 ? stroke : [...stroke, ...stroke];
  return points.map(([x, y]) => `${x},${y}`).join(" ");
}

// A small picture of strokes in the units of a paper.
function thumbnail(strokes, width, height, label) {
  return svg("svg", {
    viewBox: `0 0 ${width} ${height}`, class: "fsdl-thumbnail", role: "img", "aria-label": label,
  }, svg("g", { class: "fsdl-strokes" },
    ...strokes.map((stroke) => svg("polyline", { points: polyline(stroke) }))));
}

// A bar for a share, with words beside it, its percentage by default.
function shareBar(share, words = `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`) {
  return html("span", { class: "fsdl-share" },
    html("span", { class: "fsdl-share-fill", style: `width: ${65 * share}%` }), // room for words
    html("span", { class: "fsdl-value" }, words));
}

// Ask Python while the pen moves, but never before it has answered: what came meanwhile is asked
// for then. asking(changes) may be called at any rate.
function asker(model) {
  let waiting = null;
  const owed = () => model.get("answered") < model.get("asked");
  model.on("change:answered", () => {
    if (!waiting || owed()) return;
    const changes = waiting;
    waiting = null;
    ask(model, changes);
  });
  return (changes) => {
    if (owed()) waiting = { ...waiting, ...changes };
    else ask(model, changes);
  };
}
