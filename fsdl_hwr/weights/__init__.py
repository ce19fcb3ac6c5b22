"""The recognizer that ships with the kit, as files; README.md beside them is its card.

Read with `serving.onnx.load(weights.ONNX)`, without Keras; train on with
`Recognizer.load(weights.KERAS)`.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
ONNX = FOLDER / "reader.onnx"
KERAS = FOLDER / "reader.keras"
NGRAM = FOLDER / "ngram.npz"  # the language model of the beam
DECODING = FOLDER / "decoding.json"  # the beam's weight and bonus, chosen on validation
