// From strokes to the line image that the network was trained on: what canvas_ink and
// paper.fit_line do in Python, for a geometry with deviations. An image is
// { height, width, pixels }, pixels a Uint8Array row by row, ink 255 on 0.
const [DRAWN_HEIGHT, PEN_SHARE, MIN_LINE] = [60, 0.055, 36]; // as in canvas_ink
const [STROKE_LEVEL, INK_LEVEL, TIPS] = [96, 32, 0.004]; // as in paper and ink
const [WIDEST_DRAWING, SUPERSAMPLING] = [4096, 4]; // px; as in ink

function blank(height, width) {
  return { height, width, pixels: new Uint8Array(height * width) };
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

// Draw strokes in canvas units as a pen would, at the height of a photographed line.
function drawInk(strokes) {
  const points = strokes.flat();
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const [left, top] = [xs, ys].map((values) => Math.min(...values));
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const scale = Math.min(DRAWN_HEIGHT / Math.max(height, MIN_LINE),
    WIDEST_DRAWING / Math.max(width, 1e-6));
  const pen = PEN_SHARE * DRAWN_HEIGHT;
  const size = [width, height].map((extent) => Math.floor(extent * scale + 2 * pen) + 1);
  const place = ([x, y]) => [(x - left) * scale + pen, (y - top) * scale + pen]
    .map((at) => Math.round(at * 16 * SUPERSAMPLING) / 16);
  const drawing = strokes.map((stroke) => stroke.map(place));
  return average(drawLarge(drawing, size, 2 * Math.floor(pen * SUPERSAMPLING / 2) + 1), size);
}

// Draw polylines in whole pixels, as OpenCV does: the opacities of a picture that is so many times
// as large.
function drawLarge(drawing, size, thickness) {
  const large = size.map((extent) => extent * SUPERSAMPLING);
  const context = new OffscreenCanvas(...large).getContext("2d", { willReadFrequently: true });
  Object.assign(context, { lineWidth: thickness, lineCap: "round", lineJoin: "round" });
  context.beginPath();
  for (const points of drawing) {
    context.moveTo(...points[0]);
    for (const point of points.length > 1 ? points.slice(1) : points) context.lineTo(...point);
  }
  context.stroke();
  return context.getImageData(0, 0, ...large).data;
}

// The share of each pixel that is drawn on.
function average(pixels, [width, height]) {
  const image = blank(height, width);
  const across = width * SUPERSAMPLING;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let drawn = 0;
      for (let k = 0; k < SUPERSAMPLING ** 2; k++) {
        const row = y * SUPERSAMPLING + Math.floor(k / SUPERSAMPLING);
        const column = x * SUPERSAMPLING + (k % SUPERSAMPLING);
        drawn += pixels[4 * (row * across + column) + 3] >= 128;
      }
      image.pixels[y * width + x] = Math.round((255 * drawn) / SUPERSAMPLING ** 2);
    }
  return image;
}

// What each of `after` new pixels takes of `before` old ones: [first, weights]. Shrinking averages
// over areas, enlarging goes straight from pixel to pixel.
function shares(before, after, shrinks) {
  const ratio = before / after;
  return Array.from({ length: after }, (_, k) => {
    if (!shrinks) {
      const at = clamp((k + 0.5) * ratio - 0.5, 0, before - 1);
      const first = Math.min(Math.floor(at), Math.max(before - 2, 0));
      return [first, before > 1 ? [1 - at + first, at - first] : [1]];
    }
    const [low, high] = [k * ratio, Math.min((k + 1) * ratio, before)];
    const first = Math.floor(low);
    const weights = [];
    for (let place = first; place < high - 1e-9; place++)
      weights.push((Math.min(place + 1, high) - Math.max(place, low)) / (high - low));
    return [first, weights];
  });
}

function resize({ height, width, pixels }, newHeight, newWidth, shrinks) {
  const [across, down] = [shares(width, newWidth, shrinks), shares(height, newHeight, shrinks)];
  const narrow = new Float32Array(height * newWidth);
  for (let y = 0; y < height; y++)
    across.forEach(([first, weights], x) => {
      narrow[y * newWidth + x] = sum(weights.map((w, k) => w * pixels[y * width + first + k]));
    });
  const resized = blank(newHeight, newWidth);
  down.forEach(([first, weights], y) => {
    for (let x = 0; x < newWidth; x++)
      resized.pixels[y * newWidth + x] =
        Math.round(sum(weights.map((w, k) => w * narrow[(first + k) * newWidth + x])));
  });
  return resized;
}

// How far each pixel of a line of pixels lies from the nearest that is not ink, squared, given the
// squared distances `far` along the other axis: the lower envelope of parabolas (Felzenszwalb and
// Huttenlocher, 2012).
function envelope(far) {
  const [places, borders] = [[0], [-Infinity]];
  for (let q = 1; q < far.length; q++) {
    const meet = () => {
      const p = places.at(-1);
      return (far[q] + q * q - far[p] - p * p) / (2 * (q - p));
    };
    while (borders.length > 1 && meet() <= borders.at(-1)) {
      places.pop();
      borders.pop();
    }
    borders.push(meet());
    places.push(q);
  }
  let k = 0;
  return far.map((_, q) => {
    while (k + 1 < places.length && borders[k + 1] < q) k++;
    return (q - places[k]) ** 2 + far[places[k]];
  });
}

// The pen's width in px: in a bar, pixels lie a quarter of it from the edge.
function strokeWidth({ height, width, pixels }) {
  const [rows, columns] = [height + 2, width + 2]; // paper around
  const far = Array.from({ length: columns }, (_, x) => {
    const column = Array.from({ length: rows }, (_unused, y) => {
      const inside = x > 0 && x <= width && y > 0 && y <= height;
      return inside && pixels[(y - 1) * width + x - 1] >= STROKE_LEVEL ? 1e6 : 0;
    });
    return envelope(column);
  });
  let [total, count] = [0, 0];
  for (let y = 0; y < rows; y++)
    for (const squared of envelope(far.map((column) => column[y])))
      if (squared > 0) {
        total += Math.sqrt(squared);
        count += 1;
      }
  return 4 * (total / Math.max(count, 1) - 0.5);
}

// The strokes of each row as shares of all, their spread about the middle, and the first and last
// row that count.
function measureRows({ height, width, pixels }) {
  const counts = Array.from({ length: height }, (_, y) =>
    sum(pixels.subarray(y * width, (y + 1) * width).map((value) => value >= STROKE_LEVEL)));
  const total = sum(counts);
  const middle = sum(counts.map((count, y) => count * (y + 0.5))) / total;
  const variance = sum(counts.map((count, y) => count * (y + 0.5 - middle) ** 2)) / total;
  const below = [];
  counts.reduce((passed, count, y) => { below[y] = (passed + count) / total; return passed + count; },
    0);
  const reach = (share) => below.findIndex((value) => value >= share - 1e-12);
  return { deviation: Math.sqrt(variance), low: reach(TIPS), high: reach(1 - TIPS) };
}

// Lay out a line so that its ink spreads as far about its middle row as other lines' ink.
function fitLine(ink, geometry) {
  const { deviation, low, high } = measureRows(ink);
  const room = geometry.height - 2 * geometry.margin;
  let scale = room / Math.max(geometry.deviations * deviation, high + 1 - low);
  if (geometry.thickest_pen)
    scale = Math.min(scale, geometry.thickest_pen / Math.max(strokeWidth(ink), 0.5));
  const [first, last] = inkColumns(ink, STROKE_LEVEL);
  const cut = blank(ink.height, last + 1 - first);
  for (let y = 0; y < ink.height; y++)
    cut.pixels.set(ink.pixels.subarray(y * ink.width + first, y * ink.width + last + 1),
      y * cut.width);
  const natural = Math.max(4, Math.ceil(cut.width * scale * geometry.stretch) + 2 * geometry.margin);
  const columns = Math.max(1, Math.min(natural, geometry.width) - 2 * geometry.margin);
  const scaled = resize(cut, Math.max(1, Math.round(ink.height * scale)), columns, scale < 1);
  const top = Math.round(geometry.height / 2 - (low + high + 1) / 2 * scale);
  const fitted = blank(geometry.height, geometry.width);
  for (let y = Math.max(0, top); y < Math.min(geometry.height, top + scaled.height); y++)
    fitted.pixels.set(scaled.pixels.subarray((y - top) * columns, (y - top + 1) * columns),
      y * geometry.width + geometry.margin);
  return fitted;
}

// The first and last column with a pixel at least so strong: [0, -1] if there is none.
function inkColumns({ height, width, pixels }, level) {
  let [first, last] = [width, -1];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (pixels[y * width + x] >= level) {
        first = Math.min(first, x);
        last = Math.max(last, x);
      }
  return last < 0 ? [0, -1] : [first, last];
}

// A drawn line as the network gets it.
function lineImage(strokes, geometry) {
  const ink = strokes.flat().length ? drawInk(strokes) : blank(1, 1);
  const [, last] = inkColumns(ink, STROKE_LEVEL);
  return last < 0 ? blank(geometry.height, geometry.width) : fitLine(ink, geometry);
}
