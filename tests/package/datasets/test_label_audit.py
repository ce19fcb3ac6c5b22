"""Broken dictionaries and sorted data are found without training."""

import numpy as np

from fsdl_hwr.datasets import label_audit, syriac

GLYPHS = syriac.letters("train", num_scribes=30, letters_per_class=1).glyphs()
FILES = GLYPHS.writers // 6  # five files of six scribes


def shuffled(*files):
    rng = np.random.default_rng(0)
    labels = GLYPHS.labels.copy()
    for file in files:
        labels[FILES == file] = rng.permutation(22)[labels[FILES == file]]
    return labels


def suspicious(labels, files=FILES):
    agreement = label_audit.dictionary_agreement(GLYPHS.images, labels, files, 22)
    assert agreement.shape == (files.max() + 1,) * 2 and (np.diag(agreement) == 1).all()
    return label_audit.suspicious_files(agreement)


def test_sound_files_agree():
    assert suspicious(GLYPHS.labels) == []


def test_files_that_number_letters_anew_are_named():
    assert suspicious(shuffled(1, 3)) == [1, 3]


def test_one_file_and_files_without_common_classes_do_no_harm():
    assert suspicious(GLYPHS.labels, np.zeros(len(GLYPHS), int)) == []
    by_class = (GLYPHS.labels >= 11).astype(int)
    agreement = label_audit.dictionary_agreement(GLYPHS.images, GLYPHS.labels, by_class, 22)
    assert agreement[0, 1] == 0


def test_blank_images_agree_with_nothing():
    images = np.zeros((4, 28, 28), np.uint8)
    labels, files = np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1])
    assert label_audit.dictionary_agreement(images, labels, files, 2)[0, 1] == 0


def test_sorted_data_has_few_classes_in_a_batch():
    labels = np.repeat(np.arange(10), 64)
    assert label_audit.classes_per_batch(labels) == 1
    assert label_audit.classes_per_batch(np.random.default_rng(0).permutation(labels)) > 9
