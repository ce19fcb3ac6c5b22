"""The reader of growing pen strokes: it answers after every point."""

import keras
from keras import layers


def causal_pen_lstm(
    num_features: int = 10, num_classes: int = 62, filters: int = 64, lstm_size: int = 128
) -> keras.Model:
    """Read a character while it is drawn: answers after every point, from what came before it.

    Takes float32 (batch, points, num_features), returns float32 logits (batch, points, 2,
    num_classes). The first answer knows nothing of how much is yet to come; the second supposes
    that half of the character is drawn. The convolution is padded on the left alone and the LSTM
    runs forward: nothing looks ahead.

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
    now = layers.Dense(num_classes, dtype="float32", name="logits")(x)  # (points, num_classes)
    halfway = layers.Dense(num_classes, dtype="float32", name="halfway")(x)
    answers = keras.ops.stack([now, halfway], axis=2)  # (points, 2, num_classes)
    return keras.Model(points, answers, name="causal_pen_lstm")
