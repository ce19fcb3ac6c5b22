"""From a photograph or a scan to ink: gray, even paper, one character or several."""

import itertools
import math

import cv2
import numpy as np

from fsdl_hwr.ink import GLYPH_EXTENT, GLYPH_SIZE, LineGeometry

MAX_PIXELS = 50_000_000  # a page scanned at 600 dpi has fewer
STROKE_LEVEL = 96  # of 255: a pixel at least this strong belongs to a stroke, not to its halo
FAINTEST = 0.08  # of the paper's brightness, between paper and ink; less is blank paper's grain
LEAST_CONTRAST = 32  # gray levels between ink and perfectly even paper
FEWEST_LEVELS = 8  # gray levels between them at least, in the middle of the picture's light
PEN_WIDTHS = 3  # of a square in which there is paper, whatever was written
LONGEST = 1024  # px to which a photograph of characters is reduced
THINNEST = 2.0  # px of 28 that a stroke is wide at least, as `ink.glyph_image` draws it
SPECK = 0.15  # of a square as wide as the pen: what is smaller was not written
DOT = 3  # widths of the pen: what is no longer may lie beside its letter, not only over it
TIPS = 0.004  # of a line's ink, above and below, that its height does not count
JOINING = 0.2  # of the narrower part's width: parts that lie over one another so far are joined
LEVELS = np.arange(256.0)  # of a uint8 pixel
MARGIN = 0.25  # of a character's longer side: the paper to show around it

Box = tuple[int, int, int, int]


def gray(image: np.ndarray, name: str = "The image") -> np.ndarray:
    """Turn an image into gray: uint8 (height, width), (…, 1), (…, 3) or (…, 4) to (height, width).

    The fourth channel is opacity, and what is transparent shows white paper. name: what errors call
    the image. Raises `ValueError` or `TypeError` for what is empty, not uint8, of another shape, or
    larger than 50 million pixels.
    """
    if image is None:
        raise ValueError(f"{name} is None: is the path that it was read from right?")
    image = np.asarray(image)
    if image.size == 0:
        raise ValueError(f"{name} is empty: its shape is {image.shape}.")
    if (num_pixels := math.prod(image.shape[:2])) > MAX_PIXELS:
        raise ValueError(
            f"{name} has {num_pixels:,} pixels, more than {MAX_PIXELS:,}: "
            "cut the writing out of its page, or scale it down."
        )
    if image.dtype != np.uint8:
        remedy = "Scale its values to 0 to 255, then call astype('uint8')."
        if image.dtype.kind in "fb":
            remedy = "For values from 0 to 1: (255 * image).astype('uint8')."
        raise TypeError(f"{name} has type {image.dtype}; images are uint8, 0 to 255. {remedy}")
    if image.ndim == 3 and image.shape[2] in (3, 4):
        if image.shape[2] == 4:
            opaque = image[:, :, 3:] / 255
            image = (image[:, :, :3] * opaque + 255 * (1 - opaque)).astype(np.uint8)
        return cv2.cvtColor(np.ascontiguousarray(image[:, :, :3]), cv2.COLOR_RGB2GRAY)
    if image.ndim == 3 and image.shape[2] == 1:
        return image[:, :, 0]
    if image.ndim != 2:
        raise ValueError(
            f"{name} has shape {image.shape}; an image has (height, width), or a third dimension "
            "of 1, 3 or 4 channels."
        )
    return image


def extract_ink(image: np.ndarray) -> np.ndarray:
    """Tell ink from paper: uint8 (height, width) to the same, paper 0, usual ink 255.

    Ink is few pixels darker, or lighter, than the paper beside it. So light may fall off and a
    shadow may have a sharp edge, as long as both are larger than the pen. Blank paper is all zeros.
    """
    if (paper := _even_paper(image)) is not None:
        return _extract_from_even(image, paper)
    dark = is_dark_on_light(image)
    size = int(np.clip(min(image.shape) // 5, 9, 61)) | 1  # px that paper is looked for in
    strength, mask, scale = _strength(image, size, dark)
    if not mask.any():
        return np.zeros_like(image)
    better = int(np.clip(PEN_WIDTHS * stroke_width(mask), 9, 91)) | 1
    if abs(better - size) >= 0.3 * size:
        strength, mask, scale = _strength(image, better, dark)
        if not mask.any():
            return np.zeros_like(image)
    floor = _median(strength)
    level = max(_median(strength[mask]), float(strength[mask].mean()))
    light = _median(image)
    if level - floor < FAINTEST * scale or level - floor < FEWEST_LEVELS / max(light, 1) * scale:
        return np.zeros_like(image)
    low = floor + 1.5 * _grain(strength, floor)
    return cv2.LUT(strength, _clipped((LEVELS - low) * (255 / (level - low))))


def _even_paper(image: np.ndarray) -> float | None:
    """Return the brightness of paper that no light and no grain changes, as a drawing's has."""
    median = _median(image)
    return median if _median(image, median) <= 1 else None


def _extract_from_even(image: np.ndarray, paper: float) -> np.ndarray:
    counts, contrast = _counts(image), (LEVELS - paper).astype(np.float32)
    if counts @ contrast**3 < 0:
        contrast = -contrast
    strongest = float(contrast[counts > 0].max())
    if strongest < LEAST_CONTRAST:
        return np.zeros_like(image)
    return cv2.LUT(image, _clipped(contrast * (255 / strongest)))


def _counts(values: np.ndarray) -> np.ndarray:
    """Count the pixels of each level: int (256,)."""
    return np.bincount(values.ravel(), minlength=256)


def _median(values: np.ndarray, center: float | None = None) -> float:
    """Return the median of uint8, or of its distances from a center, by counting levels."""
    levels = LEVELS if center is None else np.abs(LEVELS - center)
    order = np.argsort(levels, kind="stable")
    middle = [(values.size - 1) // 2, values.size // 2]
    places = np.searchsorted(np.cumsum(_counts(values)[order]), middle, side="right")
    return float(levels[order][places].mean())


def _clipped(levels: np.ndarray) -> np.ndarray:
    return np.clip(levels, 0, 255).astype(np.uint8)


def is_dark_on_light(image: np.ndarray) -> bool:
    """Return on which side of the paper ink lies: few pixels, far away, all on one side."""
    step = max(1, min(image.shape) // 120)
    small = cv2.blur(image, (step, step))[::step, ::step] if step > 1 else image
    size = int(max(5, 0.4 * min(small.shape))) | 1
    paper = cv2.medianBlur(np.ascontiguousarray(small), size)
    away = np.clip(small.astype(np.int32) - paper, -60, 60)
    return int((away * away * away).sum()) <= 0


def crop(ink: np.ndarray) -> np.ndarray:
    """Cut away the paper around the ink, which must be there: a view of uint8 (height, width)."""
    left, top, right, bottom = _box(ink >= STROKE_LEVEL)
    return ink[top:bottom, left:right]


def fit_line(ink: np.ndarray, geometry: LineGeometry) -> tuple[np.ndarray, int]:
    """Lay out a line's ink as a recognizer was trained on it.

    Takes uint8 with ink in it, of any size. Returns uint8 (height, at most width), and the px that
    the line would be wide at this height: if that is more than the width, it was squeezed.
    """
    if geometry.deviations:
        return _fit_by_deviation(ink, geometry)
    ink = crop(ink)
    height, margin = geometry.height, geometry.margin
    extent = max(ink.shape[0], geometry.spreads * _spread(ink))  # px that fill the height
    room = height - 2 * margin  # px for the ink
    rows = max(1, round(ink.shape[0] * room / extent))
    natural = max(1, round(geometry.stretch * ink.shape[1] * room / extent)) + 2 * margin
    columns = min(natural, geometry.width) - 2 * margin
    scaled = cv2.resize(ink, (columns, rows), interpolation=cv2.INTER_AREA)
    above = (height - rows) // 2
    return np.pad(scaled, ((above, height - rows - above), (margin, margin))), natural


def _fit_by_deviation(ink: np.ndarray, geometry: LineGeometry) -> tuple[np.ndarray, int]:
    """Lay out a line so that its ink spreads as far about its middle row as other lines' ink."""
    height, margin = geometry.height, geometry.margin
    strokes = ink >= STROKE_LEVEL
    share = strokes.sum(axis=1) / strokes.sum()  # (rows,)
    rows = np.arange(len(share)) + 0.5
    deviation = np.sqrt((share * (rows - (share * rows).sum()) ** 2).sum())
    low, high = np.searchsorted(np.cumsum(share), [TIPS, 1 - TIPS])
    room = height - 2 * margin
    scale = room / max(geometry.deviations * deviation, high + 1 - low)
    if geometry.thickest_pen:
        scale = min(scale, geometry.thickest_pen / max(stroke_width(strokes), 0.5))
    columns = np.flatnonzero(strokes.any(axis=0))
    cut = ink[:, columns[0] : columns[-1] + 1]
    natural = max(4, math.ceil(cut.shape[1] * scale * geometry.stretch) + 2 * margin)
    size = max(1, min(natural, geometry.width) - 2 * margin), max(1, round(len(ink) * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(cut, size, interpolation=how)
    top = round(height / 2 - (low + high + 1) / 2 * scale)
    fitted = np.zeros((height, size[0] + 2 * margin), np.uint8)
    first, last = max(0, top), min(height, top + size[1])
    fitted[first:last, margin : margin + size[0]] = scaled[first - top : last - top]
    return fitted, natural


def _spread(ink: np.ndarray) -> int:
    """Count the rows of the band in which 70% of the ink lies."""
    share = np.cumsum(ink.sum(axis=1, dtype=np.float64)) / max(1, ink.sum(dtype=np.float64))
    low, high = np.searchsorted(share, [0.15, 0.85])
    return int(high - low)


def glyph_from_image(image: np.ndarray, name: str = "The image") -> np.ndarray:
    """Make a glyph of a photograph or scan of one character: uint8 (28, 28), ink 255 on 0.

    image: uint8, gray or color, of any size and light, dark ink on light paper or the reverse, with
    more paper than ink. As in EMNIST the character is centered, its longer side fills
    `GLYPH_EXTENT` px, its aspect is kept; strokes too thin to be seen at this size are widened.
    Blank paper becomes zeros. Raises what `gray` raises.
    """
    ink = extract_ink(_reduced(gray(image, name)))
    return _fitted(ink, _strokes(ink))


def characters_in(image: np.ndarray, name: str = "The image") -> list[Box]:
    """Find the characters of one written row: their (left, top, right, bottom), from left to right.

    In px, each with some paper around it: `image[top:bottom, left:right]` is a character's picture.
    Parts over one another, such as an i and its dot, are one character; specks are none.
    `glyphs_in` makes the glyphs, without what of its neighbors reaches into a box. Raises what
    `gray` raises.
    """
    page = gray(image, name)
    ink = extract_ink(_reduced(page))
    boxes = [_box(character) for character in _separate(_strokes(ink))]
    scale = page.shape[1] / ink.shape[1]  # px of the image for one of the reduced
    gaps = [(a[2] + b[0]) / 2 for a, b in itertools.pairwise(boxes)]  # half the way to a neighbor
    shown = []
    for box, low, high in zip(boxes, [0, *gaps], [*gaps, ink.shape[1]], strict=False):
        left, top, right, bottom = box
        margin = MARGIN * max(right - left, bottom - top)
        room = (
            max(left - margin, min(left, low)),
            max(top - margin, 0),
            min(right + margin, max(right, high)),
            min(bottom + margin, ink.shape[0]),
        )
        shown.append(tuple(round(scale * n) for n in room))
    return shown


def glyphs_in(image: np.ndarray, name: str = "The image") -> np.ndarray:
    """Make a glyph of every character that `characters_in` finds: uint8 (n, 28, 28)."""
    ink = extract_ink(_reduced(gray(image, name)))
    glyphs = [_fitted(ink, character) for character in _separate(_strokes(ink))]
    return np.array(glyphs, np.uint8).reshape(-1, GLYPH_SIZE, GLYPH_SIZE)


def _strength(image: np.ndarray, size: int, dark: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """Measure how far each pixel lies from the paper around it, as a share of its brightness.

    The paper is what a closing by a square of `size` px leaves (an opening under light ink): it
    fills strokes and keeps the edge of a shadow. Returns uint8 (height, width), a mask of what is
    surely ink, and the levels that a share of 1 would have.
    """
    quiet = cv2.medianBlur(image, 3) if min(image.shape) > 8 else image
    reach = min(size, *(n - 1 for n in image.shape))  # px: light goes on falling past the edge
    beyond = np.pad(quiet.astype(np.int16), reach, "reflect", reflect_type="odd")
    beyond = np.clip(beyond, 0, 255).astype(np.uint8)
    fill = cv2.MORPH_CLOSE if dark else cv2.MORPH_OPEN
    around = cv2.morphologyEx(beyond, fill, np.ones((size, size), np.uint8))
    around = around[reach : reach + image.shape[0], reach : reach + image.shape[1]]
    around = cv2.blur(around, (3, 3)).astype(np.float32)
    away = around - image if dark else image - around
    away = np.maximum(away, 0) / np.maximum(around, 16)
    # An image of one letter on much paper has fewer pixels of ink than one in 200.
    strongest = max(np.percentile(away[::2, ::2], 99.5), 0.5 * cv2.blur(away, (3, 3)).max(), 1e-6)
    scale = 200 / float(strongest)
    strength = np.minimum(away * scale, 255).astype(np.uint8)
    smooth = cv2.blur(strength, (3, 3))
    otsu, _ = cv2.threshold(smooth.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    floor = _median(strength)
    return strength, smooth > max(otsu, floor + 3 * _grain(strength, floor) + 6), scale


def _grain(strength: np.ndarray, floor: float) -> float:
    """Estimate the standard deviation of blank paper, which most pixels are."""
    return 1.48 * _median(strength, floor)


def _reduced(image: np.ndarray) -> np.ndarray:
    """Scale a large image down to `LONGEST` px, so that grain averages out."""
    scale = LONGEST / max(image.shape)
    if scale >= 1:
        return image
    height, width = (max(1, round(n * scale)) for n in image.shape)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def _box(strokes: np.ndarray) -> Box:
    """Return (left, top, right, bottom) of what is set in a mask that is not empty."""
    rows, columns = np.flatnonzero(strokes.any(axis=1)), np.flatnonzero(strokes.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def stroke_width(strokes: np.ndarray) -> float:
    """Estimate the pen's width in px: in a bar, pixels lie a quarter of it from the edge."""
    depths = cv2.distanceTransform(np.pad(strokes, 1).astype(np.uint8), cv2.DIST_L2, 5)
    return 4 * (float(depths[depths > 0].mean()) - 0.5)


def _strokes(ink: np.ndarray) -> np.ndarray:
    """Return which pixels the pen went over: bool (height, width), without specks."""
    strokes = ink >= STROKE_LEVEL
    if not strokes.any():
        return strokes
    _, parts, stats, _ = cv2.connectedComponentsWithStats(strokes.astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    written = areas >= min(SPECK * stroke_width(strokes) ** 2, areas[1:].max())
    written[0] = False  # the paper
    return written[parts]


def _separate(strokes: np.ndarray) -> list[np.ndarray]:
    """Cut strokes into characters, from left to right: masks, bool (height, width)."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats(strokes.astype(np.uint8), connectivity=8)
    pen = stroke_width(strokes) if strokes.any() else 0
    dots = set(np.flatnonzero(stats[:, 2:4].max(axis=1) <= DOT * pen).tolist())  # width, height
    spans: list[tuple[int, int, list[int]]] = []  # left, right, parts
    for part in (1 + np.argsort(stats[1:, cv2.CC_STAT_LEFT], kind="stable")).tolist():
        left, _, width, _, _ = map(int, stats[part])
        right, joined = left + width, [part]
        while spans:  # a wide part may reach over several before it
            before_left, before_right, before = spans[-1]
            overlap = min(right, before_right) - max(left, before_left)
            needed = JOINING * min(right - left, before_right - before_left)
            if (joined == [part] and part in dots) or (len(before) == 1 and before[0] in dots):
                needed = -pen
            if overlap < needed:
                break
            left, right = min(left, before_left), max(right, before_right)
            joined = before + joined
            spans.pop()
        spans.append((left, right, joined))
    return [np.isin(parts, joined) for _, _, joined in sorted(spans)]


def _fitted(ink: np.ndarray, strokes: np.ndarray) -> np.ndarray:
    """Place the given strokes of an image as a glyph: uint8 (28, 28)."""
    if not strokes.any():
        return np.zeros((GLYPH_SIZE, GLYPH_SIZE), np.uint8)
    left, top, right, bottom = _box(strokes)
    halo = cv2.dilate(strokes.astype(np.uint8), np.ones((3, 3), np.uint8))  # anti-aliased edges
    margin = max(right - left, bottom - top)  # room for what is widened, and for the frame
    here = slice(max(top - 1, 0), bottom + 1), slice(max(left - 1, 0), right + 1)
    ink = np.pad((ink * halo)[here], margin)
    strokes = np.pad(strokes[here], margin)
    # A stroke of `thinnest` px is THINNEST px wide once the longer side is scaled to its extent.
    thinnest = THINNEST * margin / GLYPH_EXTENT
    widening = max(0.0, thinnest - stroke_width(strokes))
    if widening:
        away = cv2.distanceTransform((~strokes).astype(np.uint8), cv2.DIST_L2, 5)  # px from ink
        ink = np.maximum(ink, np.clip(255 * (1 + widening / 2 - away), 0, 255).astype(np.uint8))
    # OpenCV averages over areas when it shrinks: magnify what is small by a whole factor before.
    left, top, right, bottom = _box(strokes)
    side = max(right - left, bottom - top) + widening
    factor = max(1, math.ceil(4 * GLYPH_EXTENT / side))
    smooth = cv2.INTER_NEAREST if side >= GLYPH_EXTENT else cv2.INTER_CUBIC
    ink = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=smooth)
    frame = round(factor * side * GLYPH_SIZE / GLYPH_EXTENT)
    x, y = ((factor * (a + b) - frame) // 2 for a, b in ((left, right), (top, bottom)))
    glyph = cv2.resize(
        ink[y : y + frame, x : x + frame], (GLYPH_SIZE, GLYPH_SIZE), interpolation=cv2.INTER_AREA
    )
    level = np.percentile(glyph[glyph >= glyph.max() / 2], 75)  # what a pen's middle is drawn with
    return np.clip(np.rint(glyph * (255 / level)), 0, 255).astype(np.uint8)


def on_paper(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lay ink on paper as a careless photograph shows it: dark on gray, unevenly lit, with grain.

    Takes uint8 (height, width), ink 255 on 0, and returns the same shape, dark on light.
    """
    height, width = image.shape
    direction = rng.uniform(0, 2 * np.pi)
    x, y = np.linspace(-1, 1, width)[None], np.linspace(-1, 1, height)[:, None]
    paper = 185 + 30 * (np.cos(direction) * x + np.sin(direction) * y)  # (height, width)
    ink = cv2.GaussianBlur(image, (3, 3), 0) / 255
    photograph = paper * (1 - 0.65 * ink) + rng.normal(0, 5, image.shape)
    return np.clip(photograph, 0, 255).astype(np.uint8)
