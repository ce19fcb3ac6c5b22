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
