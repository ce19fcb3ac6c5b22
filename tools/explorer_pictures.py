"""Take the README's five pictures of the explorers, as they stand in a real JupyterLab.

Needs the networks that labs 02 and 03 train with their defaults (`make test`, or a run of each),
and a Chromium on the path. Without a browser the pictures in this folder stay as they are.
"""

import io
import sys
import tempfile
from pathlib import Path

import jupyter_page
from PIL import Image

ROOT = Path(__file__).parents[1]
ASSETS = ROOT / "assets"
RUNS = ROOT / "runs"
NETWORKS = {
    "lab 02": RUNS / "02_single_character" / "network.keras",
    "lab 03": RUNS / "03_line_recognizer" / "recognizer.keras",
    "lab 03, section 8": RUNS / "03_line_recognizer" / "pen.keras",
}
COLORS = 96  # of a picture: screenshots have few, and files stay small

SETUP = """
import keras, numpy as np
from fsdl_hwr import alphabet
from fsdl_hwr.datasets import canvas_ink, lines, sources
from fsdl_hwr.datasets.line_makers import GlyphLineMaker
from fsdl_hwr.explorers import beam_explorer, canvas_explorer, collapse_explorer, ctc_explorer
from fsdl_hwr.explorers import window_explorer
from fsdl_hwr.networks import receptive_field
from fsdl_hwr.recognizers.line import Recognizer

classifier = keras.saving.load_model({lab_02!r}, compile=False)
reader, pen = (Recognizer.load(path) for path in {lab_03!r})
maker = GlyphLineMaker(sources.load_glyphs("strokes", "test", num_writers=40), (0.2, 0.2))
chances = lambda images: np.asarray(keras.ops.softmax(classifier(images, training=False)))
"""
# What each cell opens, its label in the page, and the file that its picture goes to.
EXPLORERS = {
    "explorer_windows.png": (
        "Window explorer",
        """
image = maker("Handwriting", np.random.default_rng(3))
field = receptive_field.receptive_field(reader.network)
e = window_explorer.explore(
    image, "Handwriting", 28, 14, chances, alphabet.EMNIST_CHARACTERS, field)
e.state = {**e.state, "window": 6}
""",
    ),
    "explorer_collapse.png": (
        "Collapse player",
        "e = collapse_explorer.explore('hheel-lloo')\ne.state = {**e.state, 'step': 2}",
    ),
    "explorer_ctc.png": (
        "CTC explorer",
        """
line = lines.make_lines(maker, ["Read all."], seed=8)
recorder = ctc_explorer.Recorder(reader, line)
recorder.record("trained")
e = ctc_explorer.explore(recorder.recording)
""",
    ),
    "explorer_beam.png": (
        "Prefix beam search",
        "e = beam_explorer.explore()\ne.state = {**e.state, 'frame': 2}",
    ),
    "explorer_canvas.png": (
        "Drawing canvas: one line",
        """
sample, = canvas_ink.embedded_samples("line", ["A pen writes this line"], 5)
e = canvas_explorer.explore(canvas_explorer.line_reader(pen), [sample], "samples")
e.state = {**e.state, "strokes": canvas_ink.to_lists(sample.ink)}
e.asked += 1
""",
    ),
}


def main() -> None:
    missing = [f"{path} ({lab})" for lab, path in NETWORKS.items() if not path.is_file()]
    if missing:
        sys.exit(f"The pictures need networks that are not trained yet: {', '.join(missing)}.")
    if jupyter_page.browser() is None:
        print(f"no browser ({', '.join(jupyter_page.BROWSERS)}): the explorers' pictures stay")
        return
    with tempfile.TemporaryDirectory() as folder, jupyter_page.lab(Path(folder)) as lab:
        take(lab)


def take(lab: jupyter_page.Lab) -> None:
    paths = list(map(str, NETWORKS.values()))
    setup = SETUP.format(lab_02=paths[0], lab_03=paths[1:])
    notebook = lab.open([setup, *(cell for _, cell in EXPLORERS.values())])
    notebook.page.set_viewport_size({"width": 1400, "height": 1400})  # room for the tallest
    notebook.run_all()
    for name, (label, _) in EXPLORERS.items():
        explorer = notebook.explorer(label)
        notebook.page.wait_for_timeout(1000)  # what moves comes to rest
        picture = Image.open(io.BytesIO(explorer.screenshot())).convert("RGB")
        picture.quantize(COLORS, dither=Image.Dither.NONE).save(ASSETS / name, optimize=True)
        print(f"took {ASSETS / name}")
    notebook.check()
    notebook.close()


if __name__ == "__main__":
    main()
