"""Single characters read row by row, as a recurrent network reads a sequence."""

import keras
from keras import layers

from fsdl_hwr.networks.layers import rescaled


def character_lstm(
    input_shape: tuple[int, int] = (28, 28), num_classes: int = 62, lstm_size: int = 96
) -> keras.Model:
    """Classify single characters by a bidirectional LSTM whose time steps are the image's rows.

    lstm_size: units in each direction. Takes uint8 (batch, height, width), returns float32 logits
    (batch, num_classes). Source: Graves and Schmidhuber 2005 for the bidirectional LSTM.
    """
    height, width = input_shape
    image_input = keras.Input(input_shape, dtype="uint8", name="image")
    rows = layers.Reshape((height, width))(rescaled(image_input))  # one row per time step
    x = layers.Bidirectional(layers.LSTM(lstm_size, return_sequences=True))(rows)
    x = layers.Bidirectional(layers.LSTM(lstm_size))(x)  # (2 * lstm_size,)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)  # (num_classes,)
    return keras.Model(image_input, logits, name="character_lstm")
