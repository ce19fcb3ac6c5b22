"""The reader of growing pen strokes: it answers after every point."""

import keras
from keras import layers


def causal_pen_lstm(
    num_features: int = 10, num_classes: int = 62, filters: int = 64, lstm_size: int = 128
) -> keras.Model:
    """Read a character while it is drawn: an answer after every point, from what came before it.

    Takes float32 (batch, points, num_features), returns float32 logits (batch, points,
    num_classes). The convolution is padded on the left alone and the LSTM runs forward: nothing
    looks ahead.

    Args:
        num_features: features of a point.
        num_classes: characters.
        filters: of the convolution.
        lstm_size: units of the LSTM.
    """
    points = keras.Input((None, num_features), name="points")
    x = layers.Conv1D(filters, 5, padding="causal", activation="relu", name="convolution")(points)
    # (points, filters)
    x = layers.LSTM(lstm_size, return_sequences=True, name="lstm")(x)  # (points, lstm_size)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)  # (points, num_classes)
    return keras.Model(points, logits, name="causal_pen_lstm")
