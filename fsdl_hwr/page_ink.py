"""What is ink on a page: contrast with the paper around it, without rules, specks and edges."""

import cv2
import numpy as np

LARGEST_SIDE = 2000  # px that a page is worked on at; a larger scan is scaled down
FAINTEST = 24  # gray levels between ink and paper; less is the unevenness of blank paper
THRESHOLD = 0.8  # of Otsu's, so that thin strokes stay whole
SPECK = 12  # px of a page 800 px high: what is smaller was not written, unless it is a dot
DOT = 4  # px of a dot, a comma or a hyphen, at least
DARK = 0.7  # of the writing's median contrast: a dot has as much, a speck of the paper has not
RULE = 0.35  # of the page's side: a thin straight stroke as long as this is a rule
SHEET = 0.004  # of the page's height: how thick a rule is at most
ACROSS = 0.5  # of the page's side: thin ink along so much of a straight line is a rule, if broken
TILTS = np.tan(np.radians(np.linspace(-2, 2, 33)))  # of rules on a page that lies nearly straight


def working_size(image: np.ndarray) -> tuple[np.ndarray, float]:
    """Scale a large page down so that memory stays bounded: the image and its scale, 1 or less."""
    scale = min(1.0, LARGEST_SIDE / max(image.shape))
    if scale == 1.0:
        return image, scale
    size = tuple(max(1, round(side * scale)) for side in image.shape[::-1])
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), scale


def contrast(image: np.ndarray) -> np.ndarray:
    """Measure ink against the paper around it: uint8 (height, width) to the same, ink 255 on 0.

    Paper is the local median, so shadows, folds and a vignette go; a page of light ink on dark
    paper is inverted first. Blank paper becomes zeros.
    """
    image = image if is_light(image) else 255 - image
    height, width = image.shape
    small = cv2.resize(
        image, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA
    )
    window = min(255, max(3, min(small.shape) // 12) | 1)
    paper = cv2.medianBlur(small, window) if min(small.shape) > 2 else small
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    dark = np.maximum(paper - image, 0) * (200 / np.maximum(paper, 40))  # fainter in a shadow
    strength = np.percentile(dark[::2, ::2], 99.5)
    if strength < FAINTEST:
        strength = float(dark.max())
        if strength < FAINTEST:
            return np.zeros_like(image)
    return np.clip(dark * (255 / strength), 0, 255).astype(np.uint8)


def ink_mask(image: np.ndarray) -> np.ndarray:
    """Return which pixels of a page are ink: bool (height, width), without rules and specks."""
    strength = contrast(image)
    if not strength.any():
        return strength > 0
    level, _ = cv2.threshold(strength, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    ink = (strength > THRESHOLD * level).astype(np.uint8)
    ink = without_rules(ink)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA]
    keep = area >= SPECK * (image.shape[0] / 800) ** 2
    keep[0] = False
    if keep.any():
        mean = np.bincount(parts.ravel(), strength.ravel()) / area
        dark = mean > DARK * np.median(strength[keep[parts]])
        keep[1:] |= (dark & (area >= DOT))[1:]
    return keep[parts]


def without_rules(ink: np.ndarray) -> np.ndarray:
    """Erase printed rules and squares, and keep what is written across them: uint8 of 0 and 1."""
    cleaned = ink.copy()
    height, width = ink.shape
    upright = _on_straight_rules(ink.T).T  # no writing looks like these: the paper is squared
    if upright.any():
        cleaned[upright | _on_straight_rules(ink)] = 0
        cleaned |= _closed(cleaned) & ink
    for side, shape in ((width, (1, -1)), (height, (-1, 1))):
        length = max(15, side // 24)
        kernel = np.ones((1, length) if shape[0] == 1 else (length, 1), np.uint8)
        strokes = cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel)
        grown = cv2.dilate(
            strokes, np.ones((3, length) if shape[0] == 1 else (length, 3), np.uint8)
        )
        _, parts, stats, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
        along = stats[:, cv2.CC_STAT_WIDTH if shape[0] == 1 else cv2.CC_STAT_HEIGHT]
        across = stats[:, cv2.CC_STAT_AREA] / np.maximum(along, 1)
        rules = (along > RULE * side) & (across < 2 + 2 * max(2.0, SHEET * height))
        rules[0] = False
        if rules.any():
            cleaned[rules[parts] & (strokes > 0)] = 0
            # A stroke that crossed the rule is closed again, by a rule's thickness.
            cleaned |= _closed(cleaned) & ink
    return cleaned


def _closed(ink: np.ndarray) -> np.ndarray:
    return cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))


def _on_straight_rules(ink: np.ndarray) -> np.ndarray:
    """Find thin ink along lines that run across most of the page, faint and broken as they may be.

    ink: uint8 (height, width), 0 and 1. Lines run along the rows, all equally tilted. Returns bool.
    """
    height, width = ink.shape
    thickest = round(1 + max(2.0, SHEET * height))
    thick = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((thickest + 1, 1), np.uint8))
    rows, columns = np.nonzero(ink > thick)
    if not len(rows):
        return np.zeros(ink.shape, bool)
    best, most = np.zeros(len(rows), bool), 0
    for tilt in TILTS:
        place = np.rint(rows + tilt * (columns - width / 2)).astype(int) + width
        counts = np.bincount(place, minlength=height + 2 * width)
        counts = np.convolve(counts, np.ones(3, int), mode="same")  # a rule is not one row exactly
        crowded = counts > ACROSS * width
        if (total := int(counts[crowded].sum())) > most:
            best, most = np.convolve(crowded, np.ones(3, int), mode="same")[place] > 1, total
    found = np.zeros(ink.shape, bool)
    found[rows[best], columns[best]] = True
    return found


def is_light(image: np.ndarray) -> bool:
    """Say whether ink is darker than paper: it is few pixels, all on one side of the paper's level.

    Paper is the local median, so that a page half in shadow is judged by its ink.
    """
    step = max(1, max(image.shape) // 200)
    sample = np.ascontiguousarray(image[::step, ::step])
    if np.median(sample) > 127:
        return True
    window = max(3, min(sample.shape) // 8) | 1
    paper = cv2.medianBlur(sample, window) if min(sample.shape) > 2 else np.median(sample)
    away = sample.astype(np.float32) - paper
    return float((away * away * away).mean()) <= 0
