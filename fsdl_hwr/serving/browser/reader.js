// The recognizer in the page: ONNX Runtime's WebAssembly, one thread, and greedy decoding. What
// `LineReader` does in Python.
const TRIM_FRAMES = 4; // a trimmed image is a multiple of so many frames wide
const PAPER_FRAMES = 16; // kept behind the ink: with fewer, the end is read otherwise

// Take a part of the page: gzip in base64 within this file, or a file beside it.
async function part(name) {
  const embedded = document.getElementById(name);
  if (!embedded) return new Uint8Array(await (await fetch(name)).arrayBuffer());
  const text = atob(embedded.textContent);
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  embedded.remove(); // 5 MB of text that nobody reads again
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

async function openReader() {
  const [runtime, wasm, network] = await Promise.all(["runtime.mjs", "runtime.wasm", "reader.onnx"]
    .map(part));
  const told = JSON.parse(document.getElementById("recognizer").textContent);
  const address = URL.createObjectURL(new Blob([runtime], { type: "text/javascript" }));
  const ort = await import(address);
  ort.env.wasm.wasmBinary = wasm.buffer;
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(network, { executionProviders: ["wasm"] });

  // Float logits, frames times classes, of an image of whole width; paper beyond the ink is left
  // out before the network sees it.
  async function logits(image) {
    const frames = countFrames(image, told);
    const whole = TRIM_FRAMES * (Math.floor((frames + PAPER_FRAMES) / TRIM_FRAMES) + 1);
    const seen = Math.min(whole, told.num_frames);
    const width = told.trims ? seen * told.frame_width : image.width;
    const pixels = new Uint8Array(image.height * width);
    for (let y = 0; y < image.height; y++)
      pixels.set(image.pixels.subarray(y * image.width, y * image.width + width), y * width);
    const input = new ort.Tensor("uint8", pixels, [1, image.height, width]);
    const output = await session.run({ [session.inputNames[0]]: input });
    return { frames, values: output[session.outputNames[0]].data };
  }
  async function readImage(image) {
    if (inkColumns(image, INK_LEVEL)[1] < 0) return { text: "", confidence: 1 };
    const { frames, values } = await logits(image);
    return decode(values, frames, told.characters);
  }
  await logits(blank(told.geometry.height, told.geometry.width)); // the first run prepares the others
  return { told, logits, readImage, lineImage: (strokes) => lineImage(strokes, told.geometry) };
}

function countFrames(image, told) {
  const width = inkColumns(image, INK_LEVEL)[1] + 1;
  return clamp(Math.ceil(width / told.frame_width), 1, told.num_frames);
}

// The best path: repeats merge, blanks (class 0) vanish. A character is as sure as its surest frame.
function decode(values, frames, characters) {
  const classes = characters.length + 1;
  const [read, sure] = [[], []];
  let before = 0;
  for (let frame = 0; frame < frames; frame++) {
    const row = values.subarray(frame * classes, (frame + 1) * classes);
    const best = row.indexOf(Math.max(...row));
    const probability = 1 / sum(Array.from(row, (value) => Math.exp(value - row[best])));
    if (best && best !== before) {
      read.push(characters[best - 1]);
      sure.push(probability);
    } else if (best) sure[sure.length - 1] = Math.max(sure.at(-1), probability);
    before = best;
  }
  return { text: read.join(""), confidence: sure.length ? sum(sure) / sure.length : 1 };
}
