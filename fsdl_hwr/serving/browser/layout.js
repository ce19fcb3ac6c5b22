// From strokes to the line image that the network was trained on: what canvas_ink and
// paper.fit_line do in Python, for a geometry with deviations. An image is
// { height, width, pixels }, pixels a Uint8Array row by row, ink 255 on 0.
const [DRAWN_HEIGHT, PEN_SHARE, MIN_LINE] = [60, 0.055, 36]; // as in canvas_ink
const [STROKE_LEVEL, INK_LEVEL, TIPS] = [96, 32, 0.004]; // as in paper and ink
const [WIDEST_DRAWING, SUPERSAMPLING] = [4096, 4]; // px; as in ink
const PIXEL = 65536; // parts of a pixel that OpenCV counts in
const [STRAIGHT, DIAGONAL, KNIGHT] = [1, 1.4, 2.1969]; // px, as OpenCV measures ways
const STEPS = [[0, 1, STRAIGHT], [1, 0, STRAIGHT], [1, 1, DIAGONAL], [1, -1, DIAGONAL],
  [1, 2, KNIGHT], [1, -2, KNIGHT], [2, 1, KNIGHT], [2, -1, KNIGHT]]; // down, right, length

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
  const steps = 16 * SUPERSAMPLING; // OpenCV's places have four fractional bits
  const place = ([x, y]) => [(x - left) * scale + pen, (y - top) * scale + pen]
    .map((at) => (Math.round(at * steps - 8) * PIXEL) / 16);
  const large = blank(...size.map((extent) => extent * SUPERSAMPLING).reverse());
  const radius = Math.floor((pen * SUPERSAMPLING) / 2); // px
  for (const stroke of strokes) drawStroke(large, stroke.map(place), radius);
  return average(large, size);
}

// Draw a polyline as OpenCV's `polylines` does, pixel for pixel: a disk at each point, and a
// rectangle from each to the next. Places are in PIXELths of a pixel, whose middle is 0.
function drawStroke(image, points, radius) {
  points.forEach(([x, y], k) => {
    drawDisk(image, nearest(x), nearest(y), radius);
    if (!k) return;
    const [fromX, fromY] = points[k - 1];
    const length = Math.hypot(fromX - x, y - fromY);
    if (!length) return;
    const across = Math.round(((y - fromY) * radius * PIXEL) / length);
    const down = Math.round(((fromX - x) * radius * PIXEL) / length);
    fillConvex(image, [[fromX + across, fromY + down], [fromX - across, fromY - down],
      [x - across, y - down], [x + across, y + down]]);
  });
}

function nearest(place) {
  return Math.floor((place + PIXEL / 2) / PIXEL);
}

function fillRow({ height, width, pixels }, y, from, to) {
  if (y >= 0 && y < height && to >= 0 && from < width)
    pixels.fill(255, y * width + Math.max(from, 0), y * width + Math.min(to, width - 1) + 1);
}

// A disk by the midpoint rule: row after row from the middle, until the rows meet the columns.
function drawDisk(image, x, y, radius) {
  let [long, short, error] = [radius, 0, 0];
  while (long >= short) {
    for (const [rows, columns] of [[short, long], [long, short]])
      for (const row of [y - rows, y + rows]) fillRow(image, row, x - columns, x + columns);
    error += 2 * short + 1;
    short += 1;
    if (error > 0) {
      error -= 2 * long - 1;
      long -= 1;
    }
  }
}

// The edges of a convex polygon, and what lies between them.
function fillConvex(image, corners) {
  corners.forEach((corner, k) => { drawEdge(image, corners.at(k - 1), corner); });
  const ys = corners.map(([, y]) => y);
  const rows = [Math.min, Math.max].map((of) => nearest(of(...ys)));
  const [one, other] = [1, corners.length - 1].map((step) =>
    sideOf(corners, ys.indexOf(Math.min(...ys)), step, rows));
  one.forEach((x, k) => {
    const [from, to] = [x, other[k]].map(nearest).sort((a, b) => a - b);
    fillRow(image, rows[0] + k, from, to);
  });
}

// Where a side of a convex polygon stands in each row, from its first corner to the last row.
function sideOf(corners, start, step, [first, last]) {
  const places = [];
  for (let at = start; first + places.length < last; at = (at + step) % corners.length) {
    const [from, to] = [corners[at], corners[(at + step) % corners.length]];
    const rows = Math.max(0, nearest(to[1]) - first - places.length);
    const slope = Math.trunc(((to[0] - from[0]) * 2 + rows) / (2 * rows));
    for (let k = 0; k < rows; k++) places.push(from[0] + k * slope);
  }
  return places;
}

// A line of single pixels, along the axis on which it is longer.
function drawEdge(image, start, end) {
  const along = Math.abs(end[0] - start[0]) > Math.abs(end[1] - start[1]) ? 0 : 1;
  const [from, to] = start[along] > end[along] ? [end, start] : [start, end];
  const way = to[along] - from[along];
  const slope = Math.trunc(((to[1 - along] - from[1 - along]) * PIXEL) / (way | 1));
  const dot = (place) => fillRow(image, place[1], place[0], place[0]);
  dot(to.map(nearest));
  const first = nearest(from[along]);
  for (let k = 0; k <= Math.floor(way / PIXEL); k++) {
    const other = nearest(from[1 - along] + k * slope);
    dot(along ? [other, first + k] : [first + k, other]);
  }
}

// The share of each pixel that is drawn on.
function average(large, [width, height]) {
  const image = blank(height, width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let drawn = 0;
      for (let k = 0; k < SUPERSAMPLING ** 2; k++) {
        const row = y * SUPERSAMPLING + Math.floor(k / SUPERSAMPLING);
        const column = x * SUPERSAMPLING + (k % SUPERSAMPLING);
        drawn += large.pixels[row * large.width + column];
      }
      image.pixels[y * width + x] = Math.round(drawn / SUPERSAMPLING ** 2);
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

// The pen's width in px: in a bar, pixels lie a quarter of it from the edge. The way to the edge is
// made of steps to neighbors, forward over the image and back, at the lengths that OpenCV takes
// (Borgefors, 1986).
function strokeWidth({ height, width, pixels }) {
  const across = width + 4; // two px of paper around
  const far = new Float64Array(across * (height + 4));
  const ink = [];
  pixels.forEach((value, k) => {
    if (value >= STROKE_LEVEL) ink.push((Math.floor(k / width) + 2) * across + (k % width) + 2);
  });
  for (const place of ink) far[place] = Infinity;
  const steps = STEPS.map(([down, right, length]) => [down * across + right, length]);
  for (const [places, way] of [[ink, -1], [ink.toReversed(), 1]])
    for (const place of places)
      for (const [step, length] of steps)
        far[place] = Math.min(far[place], far[place + way * step] + length);
  return 4 * (sum(ink.map((place) => far[place])) / Math.max(ink.length, 1) - 0.5);
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

// Python rounds halves to even numbers.
function rounded(number) {
  const up = Math.round(number);
  return up - number === 0.5 && up % 2 ? up - 1 : up;
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
  const scaled = resize(cut, Math.max(1, rounded(ink.height * scale)), columns, scale < 1);
  const top = rounded(geometry.height / 2 - (low + high + 1) / 2 * scale);
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
