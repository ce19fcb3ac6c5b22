"""The reader of finished pen strokes: it has all of a character before it answers."""

import keras
from keras import layers


def pen_lstm(
    num_features: int = 6,
    num_classes: int = 62,
    num_points: int = 48,
    filters: tuple[int, int, int] = (48, 64, 96),
    lstm_size: int = 80,
    dropout: float = 0.2,
) -> keras.Model:
    """Read a finished character: convolve along its points, then an LSTM in both directions.

    Takes float32 (batch, num_points, num_features), returns float32 logits (batch, num_classes).
    Source: Graves et al. 2009 for bidirectional LSTMs on pen strokes.

    Args:
        num_features: of a point.
        num_classes: how many characters it tells apart.
        num_points: along the ink.
        filters: of the three convolutions; the second takes every other point.
        lstm_size: units in each direction.
        dropout: share of the features left out in training.
    """
    points = keras.Input((num_points, num_features), name="points")
    x = layers.Conv1D(filters[0], 5, padding="same", activation="gelu")(points)
    # (num_points, filters[0])
    x = layers.Conv1D(filters[1], 3, strides=2, padding="same", activation="gelu")(x)
    # (num_points / 2, filters[1])
    x = layers.Conv1D(filters[2], 3, padding="same", activation="gelu")(x)
    x = layers.Bidirectional(layers.LSTM(lstm_size, return_sequences=True))(x)
    # (num_points / 2, 2 * lstm_size)
    mean, largest = layers.GlobalAveragePooling1D()(x), layers.GlobalMaxPooling1D()(x)
    x = layers.Concatenate(name="state")([mean, largest])  # (4 * lstm_size,)
    x = layers.Dropout(dropout)(x)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)  # (num_classes,)
    return keras.Model(points, logits, name="pen_lstm")
