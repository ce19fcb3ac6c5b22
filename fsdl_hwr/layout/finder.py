"""The finder that reads a network's maps, without Keras: from a page to its lines."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from fsdl_hwr.datasets.pages import TextLine
from fsdl_hwr.layout import line_maps
from fsdl_hwr.layout.line_maps import STRIDE, THRESHOLD

# Runs a network: uint8 (1, height, width) to float32 logits (1, height / 2, width / 2, 3).
Session = Callable[[np.ndarray], np.ndarray]
# Finds the lines of a page: uint8 (height, width) gray to lines in px of that page.
FindLines = Callable[[np.ndarray], list[TextLine]]


class LineFinder:
    """Finds lines by a network: `find_lines(image)` is what `recognizers.page` takes.

    session: runs the network. threshold: of the band's probability. thickness: factor on the
    x-height that a band stands for.
    """

    def __init__(self, session: Session, threshold: float = THRESHOLD, thickness: float = 1.0):
        self.session = session
        self.threshold = threshold
        self.thickness = thickness

    def maps(self, image: np.ndarray) -> tuple[np.ndarray, float]:
        """Run the network on a page: probabilities, float32 (rows, columns, 3), and the scale.

        A px of the maps is `STRIDE / scale` px of the page.
        """
        ink, scale = line_maps.prepare(image)
        if not ink.any():  # blank paper, which no network needs to see
            return np.zeros((ink.shape[0] // STRIDE, ink.shape[1] // STRIDE, 3), np.float32), scale
        logits = np.asarray(self.session(ink[None]))[0]
        return 1 / (1 + np.exp(-logits)), scale

    def find_lines(self, image: np.ndarray) -> list[TextLine]:
        """Find the lines of a page, uint8 (height, width) gray, in px of the page."""
        maps, scale = self.maps(image)
        lines = line_maps.lines_from_maps(maps, self.threshold, self.thickness)
        return [line.scaled(1 / scale) for line in lines]


def load_onnx(path: str | Path) -> LineFinder:
    """Load a finder that `recognizers.line_detector.export` wrote, run by ONNX Runtime on one core.

    Raises `FileNotFoundError` or `ValueError` if the file is missing or is no such network, and
    `ImportError` without onnxruntime.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no line finder at {path}: train one with lab 06.")
    try:
        import onnxruntime
    except ImportError as error:
        raise ImportError("A line finder needs onnxruntime: pip install onnxruntime") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        network = onnxruntime.InferenceSession(path.read_bytes(), options)
        (name,) = [entry.name for entry in network.get_inputs()]
    except Exception as error:  # ONNX Runtime's own kinds, which share no other base
        raise ValueError(f"{path} is no line finder ({error}): export it again.") from error
    return LineFinder(lambda ink: network.run(None, {name: ink.astype(np.float32)})[0])
