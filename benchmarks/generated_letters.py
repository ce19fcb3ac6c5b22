"""What made-up letters are good for, and how many numbers a style needs: tables of lab 11b.

`python benchmarks/generated_letters.py writers` trains classifiers on the letters of 5, 20 and 100
writers: alone, with letters that an autoencoder of these writers makes, and bent at random; all for
equally many steps. `styles` trains autoencoders with 2 to 128 numbers of style. `flow` trains the
flow for longer. `gans` trains the GAN with and without penalties from three seeds; `encoders` finds
the noise of real letters by an encoder of the frozen generator, and by one that is trained with it.
Figures go to runs/benchmarks/generated_<name>.json.
"""

import argparse
import time
from pathlib import Path

import keras
import numpy as np

from fsdl_hwr import augmentation, experiments, metrics, networks
from fsdl_hwr.datasets import sources
from fsdl_hwr.datasets.glyphs import Glyphs
from fsdl_hwr.generation import encoder, gan, letters
from fsdl_hwr.generation.conditional_vae import ConditionalVAE
from fsdl_hwr.generation.encoder import EncodedGAN, NoiseEncoder
from fsdl_hwr.generation.flow import PenFlow
from fsdl_hwr.generation.letters import Basis
from fsdl_hwr.generation.scores import Judge
from fsdl_hwr.recognizers import classifier

FOLDER = Path(__file__).parents[1] / "runs" / "benchmarks"
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WRITERS, STYLES = (5, 20, 100), (2, 8, 16, 32, 128)
IMAGES = 20_000  # that each classifier sees in training
BATCH = 128
FEW = "ABCDEFGHIJ"  # the classes of the pixel generators, as in the lab
SEEDS, GAN_EPOCHS, ENCODER_EPOCHS = (0, 1, 2), 10, 10


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=("writers", "styles", "flow", *PIXELS))
    parser.add_argument("--epochs", type=int, default=40, help="of the flow")
    arguments = parser.parse_args()
    began = time.process_time()
    held_out, unseen = (drawn(*load(split, 40)) for split in ("validation", "test"))
    if arguments.name == "writers":
        figures = {count: measure_writers(count, held_out, unseen) for count in WRITERS}
    else:
        known, rows = load("train", 120)
        judge = Judge(train(drawn(known, rows), held_out), unseen)
        if arguments.name == "styles":
            figures = {size: measure_style(size, known, rows, judge) for size in STYLES}
        elif arguments.name in PIXELS:
            few = unseen[unseen.labels < len(FEW)]
            images = drawn(known, rows)
            images = images[images.labels < len(FEW)]
            figures = PIXELS[arguments.name](images, Judge(judge.network, few))
        else:
            figures = measure_flow(arguments.epochs, known, rows, judge)
    figures = {"figures": figures, "cpu_seconds": time.process_time() - began}
    print(experiments.write_json(FOLDER / f"generated_{arguments.name}.json", figures))


def load(split, num_writers):
    """Load capitals of a split, two of each per writer, with their rows of points."""
    known = sources.load_pen_characters(
        "strokes", split, characters=CHARACTERS, num_writers=num_writers, copies=2
    )
    return known, letters.encode(known.inks)


def drawn(known, rows) -> Glyphs:
    return letters.draw(rows, known.labels, CHARACTERS, "real")


def train(glyphs, held_out, change=None) -> keras.Model:
    """Train a classifier of lab 11b on `IMAGES` images."""
    keras.utils.set_random_seed(1)
    network = networks.character_cnn(num_classes=26, filters=(12, 24, 32, 48, 64))
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9
    epochs = max(1, round(IMAGES / len(glyphs)))
    classifier.fit(network, glyphs, held_out, epochs=epochs, change=change, verbose=False)
    return network


def fit(model, inputs, steps, **options):
    """Train a generator for so many steps at least."""
    epochs = max(1, round(steps * BATCH / len(inputs[0])))
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    model.compile(keras.optimizers.Adam(schedule, **options))
    model.fit(inputs, batch_size=BATCH, epochs=epochs, verbose=0)


def fit_vae(known, rows, style_size, steps=1500) -> ConditionalVAE:
    keras.utils.set_random_seed(0)
    vae = ConditionalVAE(26, style_size)
    fit(vae, (rows, letters.one_hot(known.labels, 26)), steps)
    return vae


def measure_writers(count, held_out, unseen) -> dict[str, dict]:
    """Return the errors on unseen writers after learning from `count` writers, in three ways."""
    known, rows = load("train", count)
    real, vae = drawn(known, rows), fit_vae(known, rows, 16, steps=800)
    rng = np.random.default_rng(0)
    styles = vae.styles(rows, known.labels)
    one, other = styles[rng.integers(len(styles), size=(2, 2 * len(rows)))]
    share = rng.uniform(size=(len(one), 1)).astype(np.float32)
    labels = letters.labels_like(known.labels, len(one), rng)
    made = letters.draw(vae.make(labels, share * one + (1 - share) * other), labels, CHARACTERS, "")
    found = {
        "real": train(real, held_out),
        "real and made": train(real + made, held_out),
        "real, bent": train(real, held_out, augmentation.Augmentation()),
    }
    return {name: _error(network, unseen) for name, network in found.items()}


def _error(network, unseen) -> dict[str, float]:
    accuracy = metrics.accuracy(unseen.text, classifier.read(network, unseen.images, CHARACTERS))
    return {"error": 1 - accuracy.value, "low": 1 - accuracy.high, "high": 1 - accuracy.low}


def measure_style(size, known, rows, judge) -> dict[str, float]:
    """Score an autoencoder with so many numbers of style."""
    vae = fit_vae(known, rows, size, steps=1000)
    rng = np.random.default_rng(0)
    labels = letters.labels_like(known.labels, 2080, rng)
    made = vae.make(labels, rng.normal(size=(len(labels), size)).astype(np.float32))
    again = vae.make(known.labels, vae.styles(rows, known.labels))
    score = judge.score(letters.draw(made, labels, CHARACTERS, "made"))
    return score.as_dict() | {"error": float(np.sqrt(((again - rows)[..., :2] ** 2).mean()))}


def measure_flow(epochs, known, rows, judge) -> dict[str, dict]:
    """Score a flow that was trained for so many passes over the letters, by its guidance."""
    keras.utils.set_random_seed(0)
    basis = Basis(rows, 28)
    flow = PenFlow(basis, 26)
    inputs = basis.encode(rows), letters.one_hot(known.labels, 26)
    average = {"use_ema": True, "ema_momentum": 0.99, "ema_overwrite_frequency": None}
    fit(flow, inputs, epochs * len(rows) // BATCH, **average)
    labels = letters.labels_like(known.labels, 2080, np.random.default_rng(0))
    made = {g: flow.make(labels, guidance=g) for g in (1.0, 1.5, 2.0)}
    return {
        str(g): judge.score(letters.draw(part, labels, CHARACTERS, "flow")).as_dict()
        for g, part in made.items()
    }


def pixel_inputs(images: Glyphs) -> tuple[np.ndarray, np.ndarray]:
    return gan.to_pixels(images.images), letters.one_hot(images.labels, len(FEW))


def parts(noise_size: int = 32) -> tuple[keras.Model, keras.Model]:
    return gan.generator(len(FEW), noise_size), gan.discriminator(len(FEW))


def fit_gan(model, images: Glyphs, epochs: int = GAN_EPOCHS):
    model.compile(gan.optimizer())
    model.fit(pixel_inputs(images), batch_size=64, epochs=epochs, verbose=0)
    return model


def measure_gans(images: Glyphs, judge: Judge) -> dict[str, dict]:
    """Score GANs with and without the penalties on slopes, from several seeds."""
    figures = {}
    for seed in SEEDS:
        for penalty in (1.0, 0.0):
            keras.utils.set_random_seed(seed)
            options = {"real_penalty": penalty, "made_penalty": penalty, "seed": seed}
            model = fit_gan(gan.ConditionalGAN(*parts(), **options), images)
            labels = letters.labels_like(images.labels, 1040, np.random.default_rng(seed))
            score = judge.score(as_glyphs(model.make(labels, seed), labels))
            figures[f"penalty {penalty:g}, seed {seed}"] = score.as_dict()
    return figures


def measure_encoders(images: Glyphs, judge: Judge) -> dict[str, dict]:
    """Find the noise of real letters of unseen hands, and score what is drawn from it again."""
    keras.utils.set_random_seed(0)
    began = time.process_time()
    alone = fit_gan(gan.ConditionalGAN(*parts()), images)
    frozen = NoiseEncoder(alone.generator)
    frozen.compile(keras.optimizers.Adam(2e-3))
    frozen.fit(pixel_inputs(images), batch_size=BATCH, epochs=ENCODER_EPOCHS, verbose=0)
    seconds = {"frozen generator": time.process_time() - began}
    keras.utils.set_random_seed(0)
    began = time.process_time()
    both = fit_gan(EncodedGAN(*parts(), encoder.encoder_network(32, len(FEW))), images)
    seconds["both at once"] = time.process_time() - began
    figures = {}
    for name, (back, generator) in {
        "frozen generator": (frozen.encoder, alone.generator),
        "both at once": (both.encoder, both.generator),
    }.items():
        real = judge.real
        again = encoder.rebuild(back, generator, real.images, real.labels)
        apart = (again.astype(float) - real.images) / 255
        labels = letters.labels_like(images.labels, 1040, np.random.default_rng(0))
        noise = np.random.default_rng(0).normal(size=(len(labels), 32)).astype(np.float32)
        made = gan.make_images(generator, noise, letters.one_hot(labels, len(FEW)))
        figures[name] = {
            "rebuilt": judge.score(as_glyphs(again, real.labels)).as_dict(),
            "made": judge.score(as_glyphs(made, labels)).as_dict(),
            "rms error of a pixel": float(np.sqrt((apart**2).mean())),
            "cpu_seconds": seconds[name],
        }
    return figures


def as_glyphs(images: np.ndarray, labels: np.ndarray) -> Glyphs:
    writers = np.full(len(labels), -1, np.int32)
    return Glyphs(images, np.asarray(labels, np.int32), writers, CHARACTERS, "made")


PIXELS = {"gans": measure_gans, "encoders": measure_encoders}

if __name__ == "__main__":
    main()
