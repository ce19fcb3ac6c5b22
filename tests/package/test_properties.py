"""What holds for every input: Hypothesis looks for the smallest one that breaks it."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from fsdl_hwr import ctc, metrics, paper
from fsdl_hwr.alphabet import Alphabet, fold, frames_needed

# The same inputs in every run, and no limit of time: a busy machine must not fail a test.
settings.register_profile("kit", derandomize=True, deadline=None, database=None, max_examples=60)
settings.load_profile("kit")

ALPHABET = Alphabet()
texts = st.text(ALPHABET.characters, max_size=20)
paths = st.lists(st.integers(0, 3), max_size=12)
labels = st.lists(st.integers(1, 3), max_size=4)


@given(texts)
def test_a_label_decodes_to_its_text(text):
    label = ALPHABET.encode(text)
    assert ALPHABET.decode(label) == text
    assert ALPHABET.decode(np.pad(label, (0, 5))) == text  # padded labels too


@given(st.text(max_size=20))
def test_cleaning_leaves_what_can_be_encoded_and_counts_the_rest(text):
    cleaned, dropped = ALPHABET.clean(text)
    ALPHABET.encode(cleaned)
    assert len(cleaned) + dropped.total() == len(text)


@given(texts)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text) and len(fold(text)) == len(text)


@given(paths)
def test_a_path_has_the_frames_that_its_label_needs(path):
    label = ctc.collapse(path)
    assert 0 not in label and frames_needed(label) <= len(path)


@given(labels, st.integers(0, 3))
def test_a_label_fits_exactly_if_some_path_writes_it(label, frames):
    written = {tuple(ctc.collapse(path).tolist())
               for path in itertools.product(range(4), repeat=frames)}  # fmt: skip
    assert (tuple(label) in written) == (frames_needed(label) <= frames)
    assert (ctc.count_paths("".join(map(str, label)), frames) > 0) == (tuple(label) in written)


@given(labels, st.integers(0, 2**32 - 1))
def test_occupancies_of_a_frame_sum_to_one_and_no_label_is_certain(label, seed):
    frames = np.random.default_rng(seed).normal(size=(frames_needed(label) + 2, 4))
    lattice = ctc.forward_backward(ctc.log_softmax(frames), label)
    assert np.allclose(lattice.occupancy.sum(axis=1), 1)
    assert lattice.log_likelihood < 0


@given(texts, texts, texts)
def test_edits_are_a_distance(a, b, c):
    distance = Levenshtein.distance
    assert (distance(a, b) == 0) == (a == b)
    assert distance(a, b) == distance(b, a) <= distance(a, c) + distance(c, b)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6))
def test_an_error_rate_lies_within_its_interval_or_has_no_reference(pairs):
    references, predictions = zip(*pairs, strict=True)
    if not any(references):
        return
    rate = metrics.character_error_rate(references, predictions)
    assert 0 <= rate.low <= rate.high
    longest = sum(max(len(a), len(b)) for a, b in pairs)
    assert rate.count <= longest


sizes = st.tuples(st.integers(1, 40), st.integers(1, 60))


@given(sizes, st.integers(0, 2**32 - 1), st.booleans())
def test_any_picture_gives_ink_of_its_own_size(size, seed, flat):
    rng = np.random.default_rng(seed)
    low, high = (seed % 256, seed % 256 + 1) if flat else (0, 256)
    image = rng.integers(low, high, size, dtype=np.int64).astype(np.uint8)
    ink = paper.extract_ink(image)
    assert ink.shape == image.shape and ink.dtype == np.uint8
    if flat:
        assert not ink.any()
