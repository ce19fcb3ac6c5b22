"""What a network for pen strokes makes of UNIPEN's contributors that its training did not have.

`python benchmarks/pen_strangers.py runs/benchmarks/pen_finished/best.keras cea ceb lou pri sie`
measures all of their writers, who must be in FSDL_HWR_DATA and must not have been in training.

After four passes over fourteen other contributors, `finished` reads 84.7% of these five, look-
alikes folded: 91.2% of the letters that were written alone (lou, pri, sie), 81.9% of those cut
out of joined words (cea, ceb), which begin and end wherever a neighbor does, and often lack their
bar or dot. In training, one contributor has nearly all letters of that kind. The size is not to
blame: told sizes of 0.8 to 1.15 times theirs, it reads the letters equally well. A wider
variation, ends cut off or joined in training, and a larger share for writers of few letters gain
half a point at most.
"""

import argparse
from pathlib import Path

import keras
import numpy as np

from fsdl_hwr import metrics
from fsdl_hwr.datasets import sources, unipen
from fsdl_hwr.datasets.splits import SPLITS
from fsdl_hwr.recognizers import pen


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", type=Path, help="a file of benchmarks/pen_strokes.py")
    parser.add_argument("contributors", nargs="+")
    arguments = parser.parse_args()
    network = keras.saving.load_model(arguments.network, compile=False)
    names = unipen.text_lines("train").writer_names
    text = {name: "" for name in arguments.contributors}
    read = {name: "" for name in arguments.contributors}
    for split in SPLITS:
        characters = sources.load_pen_characters("unipen", split)
        owners = np.array([names[writer].split("/")[0] for writer in characters.writers])
        for name in arguments.contributors:
            if (owners == name).any():
                text[name] += characters[owners == name].text
                read[name] += pen.read(network, characters[owners == name])
    for name in arguments.contributors:
        show(name, text[name], read[name])
    show("all", "".join(text.values()), "".join(read.values()))


def show(name: str, text: str, read: str) -> None:
    accuracy, folded = metrics.accuracy(text, read), metrics.folded_accuracy(text, read)
    print(f"{name:<6} {accuracy}  folded {folded}")


if __name__ == "__main__":
    main()
