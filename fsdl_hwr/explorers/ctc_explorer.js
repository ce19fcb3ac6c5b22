// The CTC explorer: one line, one transcript, every moment of a recorded training, over one axis.
// Python computed the lattices; this file draws them, and derives what is one sum away.

// Seven of cividis' colors, from probability 0 to 1: even in lightness, safe for color vision.
const CIVIDIS = [
  [0, 34, 78], [42, 63, 109], [87, 93, 109], [125, 124, 120], [165, 156, 116], [210, 192, 96],
  [254, 232, 56],
];
const GAP = 26; // px between panels, room for a panel's name
const SPACE = "\u2423"; // an open box stands for the space

const MASSES = {
  forward: "share of the paths so far (forward), in each frame",
  occupancy: "share of p(text) that passes here (occupancy), in each frame",
  backward: "share of the ways on to the end (backward), in each frame",
};

function render({ model, el }) {
  const root = explorer(el, "CTC explorer");
  root.classList.add("fsdl-ctc");
  let data, log_probs, alpha, beta; // data is unpacked when it changes
  let mark = { frame: 0, follows: true }; // what the numbers are about; see on_path
  let panels = []; // on the canvas, from top to bottom: what the mouse hits
  let pictures = {}; // what does not change while the mouse moves

  // Controls

  const text = html("input", {
    type: "text", "aria-label": "Transcript", spellcheck: "false", autocomplete: "off", size: 34,
    oninput: debounce(() => ask(model, { text: text.value }), 250),
  });
  const own = button("The line\u2019s own", () => {
    text.value = data.ownText;
    ask(model, { text: data.ownText });
  });
  const loss = html("output", { class: "ctc-loss" });
  const greedy = html("span", { class: "ctc-greedy" });
  const moment = html("input", {
    type: "range", min: 0, step: 1, "aria-label": "Moment of training",
    oninput: () => choose(model, { moment: Number(moment.value) }),
  });
  const name = html("span", { class: "ctc-moment" });
  const curve = svg("svg", { class: "ctc-curve", "aria-hidden": "true", height: 34 });
  const masses = Object.keys(MASSES).map((mass) =>
    button(mass, () => choose(model, { mass }), { "data-mass": mass }));
  const canvas = html("canvas", {
    tabindex: 0, role: "application", class: "ctc-canvas",
    "aria-label": "Line, softmax, gradient and lattice. Left and right: frame. Up and down: state. " +
      "Enter: the best path\u2019s state.",
  });
  const tip = html("div", { class: "ctc-tip", "aria-hidden": "true", hidden: "" });
  const numbers = statusLine();
  root.append(
    html("div", { class: "fsdl-row" },
      html("label", { class: "fsdl-slider" }, "Transcript", text), own, loss),
    html("div", { class: "fsdl-row ctc-training" },
      html("label", { class: "fsdl-slider" }, "Training", html("span", { class: "ctc-scrub" },
        curve, moment)), name, greedy),
    html("div", { class: "fsdl-row", role: "group", "aria-label": "Mass in the lattice" },
      "Lattice", ...masses),
    html("div", { class: "ctc-panels" }, canvas, tip), numbers,
  );

  // Numbers of the current moment

  const now = () => Math.min(model.get("state").moment, data.moments.length - 1);
  const num_states = () => data.states.length;
  const log_p = (t, k) => log_probs[(now() * data.frames + t) * data.classes.length + k];
  const forward = (t, s) => alpha[(now() * data.frames + t) * num_states() + s];
  const backward = (t, s) => beta[(now() * data.frames + t) * num_states() + s];
  const occupancy = (t, s) => Math.exp(forward(t, s) + backward(t, s) + data.losses[now()]);
  const gradient = (t, k) => data.states.reduce(
    (rest, of, s) => (of === k ? rest - occupancy(t, s) : rest), Math.exp(log_p(t, k)));
  const best_class = (t) => {
    let best = 0;
    for (let k = 1; k < data.classes.length; k++) if (log_p(t, k) > log_p(t, best)) best = k;
    return best;
  };
  const label_of = (k) => (data.classes[k] === " " ? SPACE : data.classes[k]);

  // The lattice's color: occupancy as it is; the others as shares, for they shrink or grow by
  // orders of magnitude from frame to frame.
  function shares(mass) {
    if (mass === "occupancy") return occupancy;
    const value = mass === "forward" ? forward : backward;
    const totals = Array.from({ length: data.frames }, (_, t) => {
      const all = data.states.map((_, s) => value(t, s));
      const top = Math.max(...all);
      return top + Math.log(all.reduce((sum, x) => sum + Math.exp(x - top), 0));
    });
    return (t, s) => Math.exp(value(t, s) - totals[t]);
  }

  function lattice_colors(mass) {
    const share = shares(mass);
    return (t, s) => mix(share(t, s));
  }

  // Drawing

  function draw() {
    if (model.get("data") !== data) unpack();
    const state = model.get("state");
    moment.max = data.moments.length - 1;
    moment.value = now();
    moment.disabled = data.moments.length < 2;
    name.textContent = data.moments[now()];
    moment.setAttribute("aria-valuetext", name.textContent);
    greedy.textContent = `greedy decoding reads \u201c${data.greedyTexts[now()]}\u201d`;
    loss.textContent = `loss ${round(data.losses[now()])} nats`;
    if (data.text !== data.ownText) {
      loss.textContent += ` (the line\u2019s own: ${round(data.ownLosses[now()])})`;
    }
    for (const one of masses) {
      one.setAttribute("aria-pressed", one.dataset.mass === state.mass);
    }
    if (mark.follows) mark = on_path(mark.frame);
    const raise = rgb(root, "--fsdl-on-blue"), lower = rgb(root, "--fsdl-on-vermilion");
    pictures = {
      paper: picture(data.frames * data.frameWidth, data.height, (x, y) => {
        const value = 255 - image[y * data.frames * data.frameWidth + x];
        return [value, value, value, 255];
      }),
      heat: picture(data.frames, data.shown.length, (t, r) =>
        mix(Math.exp(log_p(t, data.shown[r])))),
      push: picture(data.frames, data.shown.length, (t, r) => {
        const value = gradient(t, data.shown[r]); // the less of it, the more the page shows through
        return [...(value < 0 ? raise : lower), 255 * Math.min(1, Math.abs(value))];
      }),
      lattice: picture(data.frames, num_states(), lattice_colors(state.mass)),
    };
    draw_curve();
    draw_panels();
    say();
  }

  function unpack() {
    const first = data === undefined;
    data = model.get("data");
    [log_probs, alpha, beta] = [data.logProbs, data.logAlpha, data.logBeta].map(
      (view) => new Float32Array(bytes(view)));
    if (first) text.value = data.text;
    mark = on_path(Math.min(mark.frame, data.frames - 1));
  }

  // Mark what the best alignment writes in a frame, and go with it when it changes.
  function on_path(frame) {
    const state = data.alignments[now()][frame];
    return { frame, state, class: data.states[state], follows: true };
  }

  function draw_curve() {
    const width = 240, pad = 8, values = data.losses.map((x) => Math.log(Math.max(x, 1e-3)));
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const points = values.map((value, k) => [
      pad + (width - 2 * pad) * (k / Math.max(1, values.length - 1)),
      30 - 26 * ((value - low) / (high - low || 1)),
    ]);
    const [x, y] = points[now()];
    curve.setAttribute("width", width);
    curve.replaceChildren(
      svg("polyline", { points: points.join(" "), class: "ctc-line" }),
      svg("circle", { cx: x, cy: y, r: 4.5, class: "ctc-dot" }),
    );
  }

  function draw_panels() {
    const style = getComputedStyle(root);
    const color = (variable) => style.getPropertyValue(variable).trim();
    const width = Math.max(280, root.clientWidth - 24), narrow = width < 560;
    const left = 46, right = 2, end = data.frames * data.frameWidth;
    const scale = (width - left - right) / end; // of the line's pixels to the page's
    const step = scale * data.frameWidth;
    const row = 11;
    const image_height = Math.max(16, Math.min(64, data.height * scale));
    const state_row = Math.max(3, Math.min(8, 420 / num_states()));
    const x = (frame) => left + frame * step;

    panels = [];
    let y = 20;
    const panel = (kind, height, gap = GAP) => {
      panels.push({ kind, y, height });
      y += height + gap;
      return panels.at(-1);
    };
    const line = panel("line", image_height);
    const crops = panel("crops", image_height);
    const path = panel("path", 16);
    const heat = panel("heat", row * data.shown.length);
    const push = panel("push", row * data.shown.length);
    const lattice = panel("lattice", state_row * num_states(), 4);
    for (const one of panels) Object.assign(one, { left, step, row, state_row });

    const ratio = window.devicePixelRatio || 1;
    canvas.width = width * ratio;
    canvas.height = y * ratio;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${y}px`;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const ink = style.color, faint = color("--fsdl-faint");
    const hues = [color("--fsdl-on-vermilion"), color("--fsdl-on-blue")];
    const family = style.fontFamily;
    const write = (words, px, py, { align = "left", fill = ink, size = 11, bold = false } = {}) => {
      pen.font = `${bold ? "bold " : ""}${size}px ${family}`;
      pen.textAlign = align;
      pen.textBaseline = "middle";
      pen.fillStyle = fill;
      pen.fillText(words, px, py);
    };
    const title = (of, words) => write(words, left, of.y - 8, { fill: faint });

    // The line, its crops, and between them the transcript, each character over its own.
    pen.imageSmoothingEnabled = true;
    pen.drawImage(pictures.paper, left, line.y, end * scale, line.height);
    const alignment = data.alignments[now()];
    const num_characters = (num_states() - 1) / 2;
    for (let k = 0; k < num_characters; k++) {
      const first = alignment.indexOf(2 * k + 1), last = alignment.lastIndexOf(2 * k + 1);
      const hue = hues[k % 2], chosen = mark.state === 2 * k + 1;
      pen.globalAlpha = chosen ? 0.5 : 0.28;
      pen.fillStyle = ["#D55E00", "#0072B2"][k % 2];
      pen.fillRect(x(first), line.y, x(last + 1) - x(first), line.height);
      pen.globalAlpha = 1;
      const center = (x(first) + x(last + 1)) / 2;
      write(label_of(data.states[2 * k + 1]), center, line.y + line.height + GAP / 2,
        { align: "center", fill: hue, size: narrow ? 11 : 14, bold: chosen });
      const [start, stop] = data.crops[now()][k];
      pen.drawImage(pictures.paper, start, 0, stop - start, data.height,
        left + start * scale + 1, crops.y, (stop - start) * scale - 2, crops.height);
      pen.fillStyle = hue;
      pen.fillRect(left + start * scale + 1, crops.y + crops.height,
        (stop - start) * scale - 2, chosen ? 4 : 2);
    }
    title(line, narrow ? "where the best alignment writes"
      : "the line; bands: the frames in which the best alignment writes each character");

    // The best class of every frame; what collapsing drops is a dot, or faint.
    title(path, narrow ? "best class of each frame"
      : "best class of each frame; merge equal neighbors, drop blanks (\u00b7): the greedy text");
    for (let t = 0; t < data.frames; t++) {
      const k = best_class(t), repeats = t > 0 && best_class(t - 1) === k;
      const shown = k === 0 ? "\u00b7" : label_of(k);
      write(shown, x(t + 0.5), path.y + 8, { align: "center", size: Math.min(13, step * 1.3),
        fill: k === 0 || repeats ? faint : ink, bold: k !== 0 && !repeats });
    }

    const cells = (of) => {
      pen.imageSmoothingEnabled = false;
      pen.drawImage(pictures[of.kind], left, of.y, data.frames * step, of.height);
      pen.strokeStyle = color("--fsdl-line");
      pen.lineWidth = 1;
      pen.strokeRect(left - 0.5, of.y - 0.5, data.frames * step + 1, of.height + 1);
    };
    const names = (of, pitch, list) => list.forEach((words, r) => {
      if (words === null) return;
      const bold = mark.class === (of === lattice ? null : data.shown[r]) ||
        (of === lattice && mark.state === r);
      write(words, left - 5, of.y + (r + 0.5) * pitch,
        { align: "right", size: Math.min(10.5, pitch + 2.5), bold, fill: bold ? ink : faint });
    });
    title(heat, "softmax: p(class) in each frame");
    cells(heat);
    names(heat, row, data.shown.map(label_of));

    title(push, narrow ? "gradient on the logits"
      : "gradient on the logits, softmax \u2212 occupancy: training raises blue, lowers orange");
    cells(push);
    names(push, row, data.shown.map(label_of));

    const { mass } = model.get("state");
    title(lattice, `lattice: ${narrow ? mass : MASSES[mass]}`);
    cells(lattice);
    const every = Math.ceil(10 / (2 * state_row)); // names that would overlap are left out
    names(lattice, state_row, data.states.map((k, s) =>
      (s % 2 && ((s - 1) / 2) % every === 0 ? label_of(k) : null)));
    const middle = (t, s) => [x(t + 0.5), lattice.y + (s + 0.5) * state_row];
    pen.strokeStyle = "#E07030";
    pen.lineWidth = 1.5;
    pen.beginPath();
    alignment.forEach((s, t) => pen.lineTo(...middle(t, s)));
    pen.stroke();

    // The marked frame, in step through every panel; the marked cells; where their paths go on.
    const bottom = lattice.y + lattice.height;
    pen.strokeStyle = color("--fsdl-on-green");
    pen.lineWidth = 1.5;
    pen.strokeRect(x(mark.frame), line.y, step, bottom - line.y);
    pen.lineWidth = 2.5;
    const place = data.shown.indexOf(mark.class);
    if (place >= 0) {
      for (const of of [heat, push]) {
        pen.strokeRect(x(mark.frame) - 1, of.y + place * row - 1, step + 2, row + 2);
      }
    }
    if (mark.state !== null) {
      pen.strokeRect(x(mark.frame) - 1, lattice.y + mark.state * state_row - 1,
        step + 2, state_row + 2);
      pen.strokeStyle = "#FFFFFF";
      for (const [s, share] of moves(mark.frame, mark.state)) {
        pen.lineWidth = 0.75 + 4 * share;
        pen.beginPath();
        pen.moveTo(...middle(mark.frame, mark.state));
        pen.lineTo(...middle(mark.frame + 1, s));
        pen.stroke();
      }
    }
  }

  // How the mass of a state goes on: [state of the next frame, share] for stay, step and skip.
  function moves(t, s) {
    if (t + 1 >= data.frames || backward(t, s) === -Infinity) return [];
    const skips = s % 2 && s + 2 < num_states() && data.states[s] !== data.states[s + 2];
    return [s, s + 1, ...(skips ? [s + 2] : [])].filter((next) => next < num_states())
      .map((next) => [next, Math.exp(
        log_p(t + 1, data.states[next]) + backward(t + 1, next) - backward(t, s))]);
  }

  // Say the numbers of what is marked: in the status line, and in the tip beside it.
  function say() {
    const { frame, state, class: k } = mark;
    const start = frame * data.frameWidth;
    const lines = [
      `Frame ${frame} (${start} to ${start + data.frameWidth} px)`,
      `${k === 0 ? "blank" : `\u201c${data.classes[k]}\u201d`}: ` +
        `p ${round(Math.exp(log_p(frame, k)))}, gradient ${round(gradient(frame, k))}`,
    ];
    if (state === null) lines.push("not in this transcript");
    else {
      const where = state % 2 ? `character ${(state + 1) / 2} of ${(num_states() - 1) / 2}`
        : "a blank";
      lines.push(`state ${state}, ${where}`);
      lines.push(`ln forward ${round(forward(frame, state))}`);
      lines.push(`ln backward ${round(backward(frame, state))}`);
      lines.push(`occupancy ${round(occupancy(frame, state))}`);
    }
    numbers.textContent = `${lines.join(" \u00b7 ")}`;
    tip.replaceChildren(...lines.map((line) => html("div", {}, line)));
  }

  // Put the tip beside the marked frame, on the side that has room.
  function show_tip(y) {
    const { left, step } = panels[0], width = canvas.clientWidth;
    const x = left + mark.frame * step;
    tip.hidden = false;
    const fits = x + step + 12 + tip.offsetWidth < width;
    tip.style.left = `${fits ? x + step + 12 : Math.max(0, x - 12 - tip.offsetWidth)}px`;
    tip.style.top = `${Math.max(0, Math.min(y, canvas.clientHeight - tip.offsetHeight))}px`;
  }

  // Mouse and keys

  const move = (next, y) => {
    mark = next;
    draw_panels();
    say();
    show_tip(y + 12);
  };
  const hide_tip = () => { tip.hidden = true; };
  canvas.addEventListener("pointerleave", hide_tip);
  canvas.addEventListener("blur", hide_tip);

  // The state of a class that a frame is most likely in; null where the transcript lacks it.
  const state_of = (frame, k) => data.states.reduce((best, of, s) => (of === k &&
    (best === null || occupancy(frame, s) > occupancy(frame, best)) ? s : best), null);

  canvas.addEventListener("pointermove", (event) => {
    const hit = panels.find((of) => event.offsetY < of.y + of.height + GAP / 2) ?? panels.at(-1);
    const frame = clamp(Math.floor((event.offsetX - hit.left) / hit.step), data.frames);
    const down = event.offsetY - hit.y;
    if (hit.kind === "lattice") {
      const state = clamp(Math.floor(down / hit.state_row), num_states());
      move({ frame, state, class: data.states[state] }, event.offsetY);
    } else if (hit.kind === "heat" || hit.kind === "push") {
      const k = data.shown[clamp(Math.floor(down / hit.row), data.shown.length)];
      move({ frame, state: state_of(frame, k), class: k }, event.offsetY);
    } else if (hit.kind === "path") {
      const k = best_class(frame);
      move({ frame, state: state_of(frame, k), class: k }, event.offsetY);
    } else move(on_path(frame), event.offsetY);
  });

  const by_key = (next) => {
    const { y, state_row } = panels.at(-1);
    move(next, y + (next.state ?? 0) * state_row);
  };
  const by_frame = (step) => {
    const frame = clamp(mark.frame + step, data.frames);
    by_key(mark.follows ? on_path(frame) : { ...mark, frame });
  };
  const by_state = (step) => {
    const state = clamp((mark.state ?? 0) + step, num_states());
    const follows = state === data.alignments[now()][mark.frame];
    by_key({ frame: mark.frame, state, class: data.states[state], follows });
  };
  keys(canvas, {
    ArrowLeft: () => by_frame(-1), ArrowRight: () => by_frame(1),
    ArrowUp: () => by_state(-1), ArrowDown: () => by_state(1),
    Home: () => by_frame(-data.frames), End: () => by_frame(data.frames),
    Enter: () => by_key(on_path(mark.frame)), Escape: hide_tip,
  });

  // The image's bytes do not change with the transcript.
  const image = new Uint8Array(bytes(model.get("data").image));
  listen(model, root, draw);
  const resized = new ResizeObserver(() => draw_panels());
  resized.observe(root);
  const themed = new MutationObserver(() => draw());
  themed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
  return () => {
    resized.disconnect();
    themed.disconnect();
  };
}

// Copy a DataView's bytes: its offset may not fit the type that reads them.
function bytes(view) {
  return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
}

// Paint a small picture pixel by pixel; it is scaled as it is drawn.
function picture(width, height, paint) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const pen = canvas.getContext("2d"), pixels = pen.createImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels.data.set(paint(x, y), 4 * (y * width + x));
    }
  }
  pen.putImageData(pixels, 0, 0);
  return canvas;
}

// Color a probability.
function mix(share) {
  const at = Math.max(0, Math.min(1, share || 0)) * (CIVIDIS.length - 1);
  const low = Math.min(Math.floor(at), CIVIDIS.length - 2);
  const between = (k) => CIVIDIS[low][k] + (at - low) * (CIVIDIS[low + 1][k] - CIVIDIS[low][k]);
  return [between(0), between(1), between(2), 255];
}

// Read a color of the shared styles, which are written #rrggbb.
function rgb(element, variable) {
  const hex = getComputedStyle(element).getPropertyValue(variable).trim();
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function clamp(value, count) {
  return Math.max(0, Math.min(count - 1, value));
}

function round(value) {
  if (value === -Infinity) return "\u2212\u221e";
  const digits = Math.abs(value) >= 0.0005 || value === 0 ? value.toFixed(3) : value.toExponential(1);
  return digits.replaceAll("-", "\u2212");
}

export default { render };
