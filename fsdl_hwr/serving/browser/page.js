// The page: a paper, what the network sees of it, and what it reads, after every stroke.
const [WIDTH, HEIGHT, RULES] = [960, 180, [80, 120]]; // canvas units, as in canvas_ink

function showImage(canvas, image) {
  const [, last] = inkColumns(image, INK_LEVEL);
  const width = clamp(last + 9, 280, image.width);
  Object.assign(canvas, { width, height: image.height });
  const shown = new ImageData(width, image.height);
  for (let y = 0; y < image.height; y++)
    for (let x = 0; x < width; x++) {
      const [place, light] = [4 * (y * width + x), 255 - image.pixels[y * image.width + x]];
      shown.data.set([light, light, light, 255], place);
    }
  canvas.getContext("2d").putImageData(shown, 0, 0);
}

function makePage(root, reader) {
  let strokes = [];
  let asked = 0; // only the last reading is shown
  const paper = makePaper({ kind: "line", width: WIDTH, height: HEIGHT, rules: RULES });
  const seen = html("canvas", { class: "fsdl-seen", role: "img", "aria-label": "What the network gets" });
  const text = html("output", { class: "text", "aria-live": "polite" });
  const status = statusLine();

  async function read() {
    const mine = ++asked;
    const began = performance.now();
    const image = reader.lineImage(strokes);
    const { text: found, confidence } = await reader.readImage(image);
    if (mine !== asked) return;
    showImage(seen, image);
    text.textContent = found;
    const time = `${Math.round(performance.now() - began)} ms`;
    status.textContent = strokes.length
      ? `${found ? `Read in ${time}, about ${Math.round(100 * confidence)}% sure.` : "Nothing is read."}`
      : "Write a line on the paper.";
  }
  function keep(next) {
    pen.drop();
    if (!next.length) pen.restart();
    strokes = next;
    paper.show(strokes);
    read();
  }
  const pen = listenToPen(paper.element, { width: WIDTH, height: HEIGHT }, {
    strokes: () => strokes,
    begin() {},
    grow(stroke) { paper.show([...strokes, stroke]); },
    end(stroke) { keep([...strokes, stroke]); },
  });
  const undo = () => keep(strokes.slice(0, -1));
  const clear = () => keep([]);
  keys(root, { Delete: clear, Backspace: undo });
  root.append(paper.element,
    html("div", { class: "fsdl-row" }, button("Undo", undo, { title: "Backspace" }),
      button("Clear", clear, { title: "Delete" })),
    named("It reads", text), named("What the network gets", seen), status);
  keep([]);
  return { ...reader, write: keep };
}

// The page says what it lacks; a browser of before 2023 lacks DecompressionStream.
async function open() {
  const element = document.querySelector("main");
  const root = explorer(element, "Write a line and have it read");
  root.append(html("p", { role: "status" }, "Unpacking the recognizer …"));
  const began = performance.now();
  try {
    const reader = await openReader();
    root.replaceChildren();
    window.handwriting = makePage(root, reader); // for tests, and for the curious
    document.body.dataset.ready = Math.round(performance.now() - began);
  } catch (error) {
    root.replaceChildren(html("p", { role: "alert" }, `This browser cannot run it: ${error}`));
  }
}

open();
