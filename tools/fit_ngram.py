"""Fit the character n-gram that ships, and choose its weight on UNIPEN's validation lines.

    python tools/fit_ngram.py

Texts: transcripts of UNIPEN's training lines and words (CC BY 4.0), the kit's own made-up
sentences, and the prose of Python's documentation topics (PSF license), which every Python brings
along. Brown is not among them: NLTK lists it for non-commercial use. No test text is seen.
"""

import itertools
import json
import re
from pydoc_data import topics

import measure_pretrained

from fsdl_hwr import metrics, weights
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import sources, unipen
from fsdl_hwr.language_model import CharacterNgram
from fsdl_hwr.serving import onnx

ORDER = 6
NUM_SENTENCES = 10_000
NUM_LINES = 150  # of validation, to choose by
WEIGHTS, BONUSES = (0.2, 0.4, 0.6, 0.8, 1.0), (0.0, 0.5, 1.0, 1.5, 2.0)


def prose(alphabet: Alphabet) -> list[str]:
    """Cut Python's documentation topics into sentences; code and tables are left out."""
    found = []
    for topic in topics.topics.values():
        for paragraph in re.split(r"\n\s*\n", topic):
            if paragraph.startswith(("   ", "*", "=", "-", "+", "|")) or "::" in paragraph:
                continue
            text = " ".join(re.sub(r'[*_`"]', "", paragraph).split())
            for sentence in re.split(r"(?<=[.?!]) ", text):
                if 10 < len(sentence) < 200 and set(sentence) <= set(alphabet.characters):
                    found.append(sentence)
    return found


def main() -> None:
    """Fit, choose, and write both files."""
    alphabet = Alphabet()
    transcripts = unipen.text_lines("train").transcripts + unipen.words("train").transcripts
    sentences = sources.sentences(
        "faker", "train", alphabet=alphabet, num=NUM_SENTENCES, max_length=60
    ).texts
    texts = [*sorted(set(transcripts)), *sentences, *prose(alphabet)]
    CharacterNgram.fit(texts, ORDER, alphabet).save(weights.NGRAM)
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
