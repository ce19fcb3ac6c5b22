"""The recognizer and the line finder that ship with the kit, as files; README.md is their card.

Read with `serving.onnx.load(weights.ONNX)`, without Keras; train on with
`Recognizer.load(weights.KERAS)`. Find lines with `layout.finder.load_onnx(weights.FINDER)`.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
ONNX = FOLDER / "reader.onnx"
KERAS = FOLDER / "reader.keras"
NGRAM = FOLDER / "ngram.npz"  # the language model of the beam
DECODING = FOLDER / "decoding.json"  # the beam's weight and bonus, chosen on validation
FINDER = FOLDER / "line_finder.onnx"
RESULTS = FOLDER / "results.json"  # what tools/measure_pretrained.py measured, by set of lines
FINDER_KERAS = FOLDER / "line_finder.keras"  # the same network, to train on with
