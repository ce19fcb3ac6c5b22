"""The reader of lines of text as pen strokes, for CTC."""

import keras
from keras import layers


def pen_line_lstm(
    num_features: int = 4,
    num_classes: int = 80,
    filters: tuple[int, int, int] = (48, 96, 128),
    lstm_size: int = 96,
    num_lstms: int = 1,
    dropout: float = 0.1,
) -> keras.Model:
    """Read a line of text from its pen strokes: one frame for every four points, for CTC.

    Takes float32 (batch, points, num_features), returns float32 logits (batch, points / 4,
    num_classes). Source: Graves et al. 2009, with convolutions in front that shorten the way.

    Args:
        num_features: of a point.
        num_classes: the alphabet's, with the blank.
        filters: of the three convolutions; the first two take every other point.
        lstm_size: units in each direction.
        num_lstms: layers of them.
        dropout: share of the features left out in training, before and after each LSTM.
    """
    points = keras.Input((None, num_features), name="points")
    x = points
    for num_filters, stride in zip(filters, (2, 2, 1), strict=True):
        x = layers.Conv1D(num_filters, 5, strides=stride, padding="same", activation="gelu")(x)
        # (points / 2, then / 4, num_filters)
    x = layers.Dropout(dropout)(x)
    for _ in range(num_lstms):
        x = layers.Bidirectional(layers.LSTM(lstm_size, return_sequences=True))(x)
        # (points / 4, 2 * lstm_size)
        x = layers.Dropout(dropout)(x)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)  # (points / 4, classes)
    return keras.Model(points, logits, name="pen_line_lstm")
