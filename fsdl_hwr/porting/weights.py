"""The weights of a `line_crnn`, taken out of Keras under names that every port understands."""

import json
from collections.abc import Mapping

import numpy as np

from fsdl_hwr.backend import keras


def weights_of(network: keras.Model) -> dict[str, np.ndarray]:
    """Return the weights of a `line_crnn` as float32 arrays, in Keras' layouts.

    Convolutions: `conv0.kernel` (3, 3, in, out), `conv0.bias`. Batch normalization from the second
    on: `batch_norm1.gamma`, `.beta`, `.mean`, `.variance`. Recurrence: `lstm0.forward.kernel`
    (in, 4 * size), `.recurrent` (size, 4 * size), `.bias`, and `lstm0.backward…`. Dense layers:
    `dense.kernel` (in, out), `dense.bias`, `logits.kernel`, `logits.bias`.
    Raises `ValueError` for a network with other layers.
    """
    weights: dict[str, np.ndarray] = {}
    convolutions = normalizations = recurrences = 0
    for layer in network.layers:
        values = [np.asarray(v, np.float32) for v in layer.get_weights()]
        if isinstance(layer, keras.layers.Conv2D):
            names = [f"conv{convolutions}.{n}" for n in ("kernel", "bias")]
            convolutions += 1
        elif isinstance(layer, keras.layers.BatchNormalization):
            normalizations += 1  # the first convolution has none
            names = [
                f"batch_norm{normalizations}.{n}" for n in ("gamma", "beta", "mean", "variance")
            ]
        elif isinstance(layer, keras.layers.Bidirectional):
            directions = [f"lstm{recurrences}.{d}" for d in ("forward", "backward")]
            names = [f"{d}.{n}" for d in directions for n in ("kernel", "recurrent", "bias")]
            recurrences += 1
        elif isinstance(layer, keras.layers.Dense):
            kind = "logits" if layer.name == "logits" else "dense"
            names = [f"{kind}.{n}" for n in ("kernel", "bias")]
        elif values:
            raise ValueError(
                f"Layer {layer.name} ({type(layer).__name__}) has weights that no port knows: "
                "build the network with networks.line_crnn, without a shortcut."
            )
        else:
            continue
        weights |= dict(zip(names, values, strict=True))
    return weights


def strides_of(network: keras.Model) -> list[int]:
    """Return the horizontal stride of each convolution; the vertical one is always 2."""
    return [layer.strides[1] for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]


def stages_of(network: keras.Model, images: np.ndarray) -> dict[str, np.ndarray]:
    """Run the Keras network and keep what comes out of each block: name to array, in its dtype.

    images: uint8 (batch, height, width). The names are those of the ports' stages: `conv0`,
    `conv1` … (after normalization and activation), `frames`, `dense`, `lstm0` …, `logits`.
    """
    outputs: dict[str, keras.KerasTensor] = {}
    convolutions = recurrences = 0
    for layer in network.layers:
        if isinstance(layer, keras.layers.Activation):
            outputs[f"conv{convolutions}"] = layer.output
            convolutions += 1
        elif isinstance(layer, keras.layers.Reshape):
            outputs["frames"] = layer.output
        elif isinstance(layer, keras.layers.Bidirectional):
            outputs[f"lstm{recurrences}"] = layer.output
            recurrences += 1
        elif isinstance(layer, keras.layers.Dense):
            outputs["logits" if layer.name == "logits" else "dense"] = layer.output
    model = keras.Model(network.input, list(outputs.values()))
    values = model(images, training=False)
    return {
        name: keras.ops.convert_to_numpy(value) for name, value in zip(outputs, values, strict=True)
    }


def in_64_bits(network: keras.Model) -> keras.Model:
    """Return the same network with the same weights, computing in 64 bits.

    Two ports of one network then differ by less than 1e-6, where in 32 bits each has its own
    rounding, which a network with large logits takes beyond 1e-5.
    """
    config = keras.saving.serialize_keras_object(network)
    config.pop("compile_config", None)  # how it was trained
    double = json.loads(json.dumps(config).replace('"float32"', '"float64"'))
    copy = keras.saving.deserialize_keras_object(double)
    copy.set_weights(network.get_weights())
    return copy


def differences(
    found: Mapping[str, np.ndarray], expected: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Return the largest absolute difference of each stage; infinity if the shapes differ."""
    return {
        name: float(np.abs(found[name] - value).max())
        if found[name].shape == value.shape
        else np.inf
        for name, value in expected.items()
    }
