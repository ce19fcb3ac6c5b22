"""Train LeNet on the embedded handwriting alone and try it on real pen strokes (UNIPEN).

Says how much of real handwriting the embedded writers cover: accuracy on the 62 classes of EMNIST,
and accuracy with look-alikes (0/O/o, 1/I/l, ...) counted as one. Needs UNIPEN.
"""

import argparse
import time
from collections import Counter

import keras

from fsdl_hwr import metrics
from fsdl_hwr.alphabet import EMNIST_CHARACTERS, fold
from fsdl_hwr.datasets import strokes, unipen
from fsdl_hwr.networks.lenet import lenet


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--split", default="test", help="of UNIPEN: train, validation or test")
    parser.add_argument("--writers", type=int, default=300, help="embedded writers to train on")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    keras.utils.set_random_seed(arguments.seed)
    real = unipen.characters(arguments.split, characters=EMNIST_CHARACTERS)
    started = time.perf_counter()
    train = strokes.glyphs(
        "train",
        characters=EMNIST_CHARACTERS,
        num_writers=arguments.writers,
        glyphs_per_character=3,
        seed=arguments.seed,
    )
    seconds = time.perf_counter() - started
    print(f"{len(train):,} glyphs of {arguments.writers} writers: {len(train) / seconds:,.0f} /s")

    network = lenet(num_classes=len(EMNIST_CHARACTERS))
    num_steps = arguments.epochs * (len(train) // 128 + 1)
    network.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, num_steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    started = time.perf_counter()
    network.fit(train.images, train.labels, batch_size=128, epochs=arguments.epochs, verbose=2)
    print(f"trained in {time.perf_counter() - started:.0f} s")

    held_out = strokes.glyphs(
        "test", characters=EMNIST_CHARACTERS, num_writers=50, seed=arguments.seed
    )
    report("embedded, unseen writers", network, held_out)
    report(f"UNIPEN {arguments.split}", network, real, confusions=20)


def report(name, network, glyphs, confusions=0):
    predicted = network.predict(glyphs.images, batch_size=512, verbose=0).argmax(axis=1)
    pairs = [
        (glyphs.characters[a], EMNIST_CHARACTERS[b])
        for a, b in zip(glyphs.labels, predicted, strict=True)
    ]
    labels, read = zip(*pairs, strict=True)
    print(f"{name}: accuracy {metrics.accuracy(labels, read)}")
    print(f"{name}: folded   {metrics.folded_accuracy(labels, read)}")
    wrong = Counter((a, b) for a, b in pairs if fold(a) != fold(b))
    if confusions:
        most = wrong.most_common(confusions)
        print("most frequent:", ", ".join(f"{a}→{b} {n}" for (a, b), n in most))


if __name__ == "__main__":
    main()
