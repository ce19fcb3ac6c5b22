"""Draw the README's moving picture: lines grow stroke by stroke, and the kit reads along.

What stands below the ink is what the recognizer that ships reads of the strokes so far, greedily,
as on lab 00's canvas. The hands are test writers of the embedded data.
"""

from pathlib import Path

import numpy as np
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

from fsdl_hwr import weights
from fsdl_hwr.datasets import canvas_ink
from fsdl_hwr.explorers import canvas_explorer
from fsdl_hwr.ink import Ink
from fsdl_hwr.serving import onnx

TARGET = Path(__file__).parents[1] / "assets" / "reading.gif"
TEXTS = ("Write a line", "by any hand", "and it is read")
SEED = 4
STEPS, FRAME_MS, REST_MS = 14, 110, 1300  # pictures per line, and how long one stays
SCALE, BELOW = 1.0, 74  # pixels per unit of the canvas; the band with the reading
INK, READING, QUIET = (20, 20, 40), (0, 90, 160), (120, 120, 120)


def shown_until(ink: Ink, share: float) -> Ink:
    """Cut an ink off after a share of its points."""
    left = max(2, round(share * sum(map(len, ink))))
    shown = []
    for stroke in ink:
        shown.append(stroke[:left])
        left -= len(stroke)
        if left < 2:
            break
    return shown


def picture(ink: Ink, text: str) -> Image.Image:
    """Draw the ink on paper, and below it the reading."""
    width, height = (round(SCALE * side) for side in canvas_ink.SIZES["line"])
    page = Image.new("RGB", (2 * width, 2 * (height + BELOW)), "white")
    draw = ImageDraw.Draw(page)
    for stroke in ink:
        points = [tuple(2 * SCALE * point[:2]) for point in stroke]
        draw.line(points, fill=INK, width=7, joint="curve")
    draw.line([(0, 2 * height), (2 * width, 2 * height)], fill=QUIET, width=2)
    font = ImageFont.truetype(font_manager.findfont("DejaVu Sans Mono"), 68)
    small = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), 34)
    draw.text((24, 2 * height + 52), "reads", fill=QUIET, font=small)
    draw.text((150, 2 * height + 26), text, fill=READING, font=font)
    return page.resize((width, height + BELOW), Image.Resampling.LANCZOS)


def main() -> None:
    reader = canvas_explorer.line_reader(onnx.load(weights.ONNX))
    pages, durations = [], []
    for sample in canvas_ink.embedded_samples("line", TEXTS, SEED):
        for share in np.linspace(0.08, 1, STEPS):
            ink = shown_until(sample.ink, share)
            answers = canvas_explorer.read(reader, ink).answers
            pages.append(picture(ink, answers[0][0]))
            durations.append(FRAME_MS)
        durations[-1] = REST_MS
    small = [page.quantize(16, dither=Image.Dither.NONE) for page in pages]
    small[0].save(
        TARGET, save_all=True, append_images=small[1:], duration=durations, loop=0, optimize=True
    )
    print(f"drew {TARGET}: {TARGET.stat().st_size / 1000:.0f} kB, {len(pages)} pictures")


if __name__ == "__main__":
    main()
