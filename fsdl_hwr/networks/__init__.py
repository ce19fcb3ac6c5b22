"""Networks: one module each, a plain function that returns a functional Keras model.

A network takes uint8 images (ink 255 on 0), rescales them itself, and returns float32 logits; those
whose names begin with `pen` or `causal_pen` take the points of pen strokes.
"""

import fsdl_hwr.backend  # noqa: F401  # first: it says what to install if Keras lacks one
from fsdl_hwr.networks.causal_pen_lstm import causal_pen_lstm
from fsdl_hwr.networks.character_cnn import character_cnn
from fsdl_hwr.networks.character_lstm import character_lstm
from fsdl_hwr.networks.lenet import lenet
from fsdl_hwr.networks.line_cnn import line_cnn
from fsdl_hwr.networks.line_convnext import line_convnext
from fsdl_hwr.networks.line_crnn import line_crnn
from fsdl_hwr.networks.line_lstm_ctc import line_lstm_ctc
from fsdl_hwr.networks.mlp import mlp
from fsdl_hwr.networks.pen_line_lstm import pen_line_lstm
from fsdl_hwr.networks.pen_lstm import pen_lstm

CHARACTER_NETWORKS = {
    "mlp": mlp,
    "lenet": lenet,
    "character_cnn": character_cnn,
    "character_lstm": character_lstm,
}
LINE_NETWORKS = {
    "line_cnn": line_cnn,
    "line_lstm_ctc": line_lstm_ctc,
    "line_crnn": line_crnn,
    "line_convnext": line_convnext,
}
PEN_NETWORKS = {
    "pen_lstm": pen_lstm,
    "causal_pen_lstm": causal_pen_lstm,
    "pen_line_lstm": pen_line_lstm,
}
