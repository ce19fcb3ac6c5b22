"""UNIPEN's format of 1994: a tiny tree of made-up ink, and the real data if it is there."""

from collections import Counter

import numpy as np
import pytest
from unipen_tree import recording, segment, stroke, three_writers, write_tree

from fsdl_hwr.datasets import unipen, unipen_format


def read(folder, files):
    """Convert a tree; return [(label, ink)] of all kinds, and outcomes counted."""
    arrays = unipen_format.convert(write_tree(folder, files))
    found = []
    for kind in unipen_format.KINDS:
        prefix = f"{kind}_"
        own = {k.removeprefix(prefix): arrays[k] for k in arrays if k.startswith(prefix)}
        inks = unipen.pen_ink.unpack(own)
        found += zip(own["labels"].tolist(), inks, strict=True)
    outcomes = Counter()
    for outcome, number in zip(arrays["count_outcome"].tolist(), arrays["count"], strict=True):
        outcomes[outcome] += int(number)
    return found, outcomes


def test_ink_points_down_starts_at_its_corner_and_keeps_the_aspect(tmp_path):
    settings = ".X_POINTS_PER_INCH 100\n.Y_POINTS_PER_INCH 200\n"
    found, _ = read(tmp_path, recording(segment("0", "A"), stroke(5, 30), settings=settings))
    (label, ink), *_ = found
    assert label == "A"
    np.testing.assert_allclose(ink[0], [[0, 0], [10, 10]])  # 20 of half as large units
    assert ink[0].dtype == np.float32


def test_labels_are_unescaped_and_delineations_understood(tmp_path):
    ink = "".join(stroke(20 * k, 0) for k in range(6))
    segments = (
        segment("0,2", r"\"") + segment("3-4", "#") + segment("5:1", "'") + segment("5", r"\/")
    )
    found, outcomes = read(tmp_path, recording(segments, ink, "1d"))
    assert [(label, len(ink), len(ink[0])) for label, ink in found] == [
        ('"', 2, 2),
        ("#", 2, 2),
        ("'", 1, 1),  # from its second point on
        ("/", 1, 2),
    ]
    assert outcomes == {"kept": 4}


def test_includes_nest_and_letter_case_does_not_matter(tmp_path):
    files = recording(segment("1", "A"), stroke(0, 0) + ".INCLUDE ABC/Data/MORE.DAT\n")
    files["include/abc/data/more.dat"] = stroke(0, 0, height=33)
    found, _ = read(tmp_path, files)
    assert np.ptp(found[0][1][0][:, 1]) == 33


def test_the_numbering_is_the_one_that_meets_ink(tmp_path):
    withheld = ".PEN_DOWN\n0 0\n.PEN_UP\n"
    pen_up = ".PEN_UP\n1 1\n2 2\n"
    ink = stroke(0, 0, height=11) + pen_up + withheld + pen_up + stroke(0, 0, height=22)
    counting_up = recording(segment("0", "A") + segment("4", "B"), ink)
    found, _ = read(tmp_path / "up", counting_up)
    assert [(label, np.ptp(ink[0][:, 1])) for label, ink in found] == [("A", 11), ("B", 22)]
    counting_down = recording(segment("0", "A") + segment("2", "B"), ink)
    found, _ = read(tmp_path / "down", counting_down)
    assert [(label, np.ptp(ink[0][:, 1])) for label, ink in found] == [("A", 11), ("B", 22)]


def test_broken_segments_are_dropped_and_counted_by_reason(tmp_path):
    ink = stroke(0, 0) + ".PEN_DOWN\n0 0\n.PEN_UP\n" + ".PEN_DOWN\n1 x\n.PEN_UP\n"
    ink += ".PEN_DOWN\n1 2 3\n.PEN_UP\n" + ".PEN_DOWN\n.PEN_UP\n"
    segments = segment("0", "A") + segment("7", "B") + segment("0", "") + segment("0", "AB")
    segments += '.SEGMENT CHARACTER 0 ? "C\n' + segment("0;1", "D") + segment("0", "~")
    segments += segment("1", "E") + segment("2", "F") + segment("3", "G") + segment("4", "H")
    found, outcomes = read(tmp_path, recording(segments, ink))
    assert [label for label, _ in found] == ["A"]
    assert outcomes == {
        "kept": 1,
        "dropped: delineation outside the ink": 1,
        "dropped: label is empty": 1,
        "dropped: label of several characters": 1,
        "dropped: segment not understood (unbalanced quotes?)": 1,
        "dropped: delineation not understood": 1,
        "dropped: character outside the 78 classes": 1,
        "dropped: ink was withheld": 1,
        "dropped: points not understood": 2,
        "dropped: no ink": 1,
    }


def test_a_missing_include_names_both_files_and_the_way_out(tmp_path):
    files = recording(segment("0", "A"), stroke(0, 0) + ".INCLUDE abc/gone.doc\n")
    with pytest.raises(FileNotFoundError, match=r"include/abc/data/w.dat.*abc/gone.doc.*again"):
        read(tmp_path / "nested", files)
    files = {"data/1a/abc/w.dat": ".INCLUDE abc/data/w.dat\n", "include/abc/x.doc": ""}
    with pytest.raises(FileNotFoundError, match=r"data/1a/abc/w.dat.*abc/data/w.dat.*again"):
        read(tmp_path / "direct", files)


def test_a_file_that_includes_itself_is_named(tmp_path):
    files = recording(segment("0", "A"), ".INCLUDE abc/data/w.dat\n")
    with pytest.raises(ValueError, match="include/abc/data/w.dat includes itself"):
        unipen_format.convert(write_tree(tmp_path, files))


@pytest.mark.parametrize(
    "delineation, ink, settings",
    [
        ("0-99999999999", stroke(0, 0), ""),
        ("0", ".PEN_DOWN\nnan 3\n4 5\n.PEN_UP\n", ""),
        ("0", stroke(0, 0), ".X_POINTS_PER_INCH 100\n.Y_POINTS_PER_INCH 0\n"),
        ("0", stroke(0, 0), ".X_POINTS_PER_INCH some\n"),
    ],
)
def test_what_cannot_be_understood_is_dropped_and_counted(delineation, ink, settings, tmp_path):
    tree = recording(segment(delineation, "A"), ink, settings=settings)
    found, outcomes = read(tmp_path, three_writers("B") | tree)
    assert "A" not in [label for label, _ in found]
    assert any("dropped" in outcome for outcome in outcomes)


def test_boxes_of_single_strokes_are_not_characters(tmp_path):
    box = ".START_BOX\n"
    ink = box + stroke(0, 0) + stroke(0, 9) + (box + stroke(0, 0)) * (unipen_format.LONGEST_RUN + 1)
    found, outcomes = read(tmp_path, recording(segment("0-1", "A") + segment("9", "B"), ink))
    assert [label for label, _ in found] == ["A"]
    assert outcomes["dropped: box holds one stroke, not a character"] == 1


def test_specks_are_not_letters_but_may_be_periods(tmp_path):
    ink = stroke(0, 0) * 3 + stroke(0, 0, 1, 1) * 2
    segments = "".join(segment(k, label) for k, label in enumerate("ABCk."))
    found, outcomes = read(tmp_path, recording(segments, ink))
    assert [label for label, _ in found] == ["A", "B", "C", "."]
    assert outcomes["dropped: ink is a speck"] == 1


def test_announced_texts_are_found_where_they_are_announced(tmp_path):
    def box(label, width):
        return f'.START_BOX\n.COMMENT .SEGMENT TEXT 0-1 ? "{label}"\n' + stroke(0, 0, width)

    ink = box("one", 30) + box("two", 31) + box("cut off here", 32) + box("six", 33)
    labels = ("two", "six", "cut off here", "never")
    segments = "".join(segment("0", label, "TEXT") for label in labels)  # all shifted
    found, outcomes = read(tmp_path, recording(segments, ink, "8"))
    assert [(label, np.ptp(ink[0][:, 0])) for label, ink in found] == [("two", 31), ("six", 33)]
    assert outcomes == {
        "repaired: ink found by the comment that announces it": 2,
        "dropped: ink ends before its label": 1,
        "dropped: text not found in the ink": 1,
    }


def test_several_lines_under_one_label_are_divided(tmp_path):
    def line(top):
        return "".join(stroke(20 * k, top) for k in range(4))

    ink = line(0) + line(100)
    characters = segment("0", "N") + segment("4", "Y") + segment("7", "k")
    files = recording(segment("0-7", "New York", "TEXT"), ink, "8")
    files["data/1b/abc/w.dat"] = ".INCLUDE abc/data/w.dat\n" + characters
    found, outcomes = read(tmp_path / "two", files)
    assert [(label, len(ink)) for label, ink in found[3:]] == [("New", 4), ("York", 4)]
    assert outcomes == {"kept": 3, "repaired: several lines divided": 1}
    # "of" may stand in either line: no single way to divide
    files["data/8/abc/w.dat"] = files["data/8/abc/w.dat"].replace("New York", "New of York")
    _, outcomes = read(tmp_path / "unclear", files)
    assert outcomes == {"kept": 3, "dropped: several lines under one label": 1}


def test_tokenized_labels_get_their_spacing_back(tmp_path):
    ink = "".join(stroke(20 * k, 0) for k in range(8))
    labels = (
        "by tea , then",
        "a comet 's ' tail ' .",
        "since 1 8 7 4 , when",
        "fox , XXX dog",
        "a dog",
    )
    segments = "".join(segment("0-7", label, "TEXT") for label in labels)
    found, outcomes = read(tmp_path, recording(segments, ink, "8"))
    assert [label for label, _ in found] == ["by tea, then", "a comet's 'tail'.", "a dog"]
    assert outcomes["dropped: label lost its spaces or has a word crossed out"] == 2


def pen_downs(*strokes):
    """Components by (left, top, width, height)."""
    return "".join(stroke(*each) for each in strokes)


def test_words_of_category_7_that_repeat_category_6_count_once(tmp_path):
    files = recording(segment("0", "is", "WORD"), pen_downs((0, 0, 30, 20), (50, 0, 30, 20)), "6")
    more = segment("0", "is", "WORD") + segment("1", "it's", "WORD")
    files["data/7/abc/w.dat"] = ".INCLUDE abc/data/w.dat\n" + more
    found, outcomes = read(tmp_path, files)
    assert [label for label, _ in found] == ["is", "it's"]
    assert outcomes == {"kept": 2, "repeated from category 6": 1}


def test_words_that_cannot_be_what_their_label_says_are_dropped(tmp_path):
    ink = pen_downs((0, 0, 3, 3), (0, 0, 40, 90), (0, 0, 30, 20), (400, 0, 30, 20))
    segments = segment("0", ".", "WORD") + segment("1", "interwoven", "WORD")
    segments += segment("2-3", "holes", "WORD") + segment("2", "on", "WORD")
    found, outcomes = read(tmp_path, recording(segments, ink, "7"))
    assert [label for label, _ in found] == ["on"]
    assert outcomes == {
        "dropped: a mark alone, whose size is lost": 1,
        "dropped: word is far too narrow for its label": 1,
        "dropped: ink has a hole: other ink beside it": 1,
        "kept": 1,
    }


def test_contributors_whose_words_lie_elsewhere_or_have_marks_are_known(tmp_path):
    files = recording(segment("0", "o@n@", "WORD"), stroke(0, 0, 30, 20), "6")
    for contributor in ("kai", "lex"):
        for name, text in files.items():
            renamed = {name.replace("abc", contributor): text.replace("abc", contributor)}
            write_tree(tmp_path, renamed)
    found, outcomes = read(tmp_path, {})
    assert [label for label, _ in found] == ["on"]
    assert outcomes == {
        "repaired: marks of lifted pens taken out": 1,
        "dropped: words lie elsewhere than their labels say": 1,
    }


def read_line(folder, body, ink):
    """Count the outcomes of a line of text, beside a character of another writer."""
    files = recording(body, ink, "8")
    files["data/1a/abc/x.dat"] = ".INCLUDE abc/data/x.dat\n" + segment("0", "1")
    files["include/abc/data/x.dat"] = ".WRITER_ID bob\n.COORD X Y\n" + stroke(0, 0)
    arrays = unipen_format.convert(write_tree(folder, files))
    return arrays["count_outcome"][arrays["count_category"] == "8"].tolist()


@pytest.mark.parametrize("drop, outcome", [(0, "kept"), (14, "dropped: several lines")])
def test_rows_of_common_height_are_told_by_the_order_of_writing(drop, outcome, tmp_path):
    first = [(40 * k, 0, 30, 20) for k in range(8)]
    second = [(40 * k, drop, 30, 20) for k in range(4)]  # over or under the first four
    body = segment("0-11", "carried forward", "TEXT")
    counts = read_line(tmp_path, body, pen_downs(*first, *second))
    assert any(name.startswith(outcome) for name in counts)


@pytest.mark.parametrize(
    "label, second, outcome",
    [
        ("Ping Qui", (0, 16), "dropped: several lines"),  # short, and touching
        ("stock price", (60, 16), "dropped: several lines"),  # indented, after a late dot
        ("ETC. IBM", (110, 40), "repaired: several lines"),  # paper lies between
        ("PingQui", (0, 16), "kept"),  # one word is one line
        ("Ping Qui", (130, 14), "kept"),  # it goes down to the right
    ],
)
def test_a_second_row_is_noticed_wherever_it_begins(label, second, outcome, tmp_path):
    first = [(30 * k, 0, 25, 20) for k in range(4)] + [(40, 0, 2, 2)]  # a late dot
    x, y = second
    rest = [(x + 30 * k, y, 25, 20) for k in range(3)]
    counts = read_line(tmp_path, segment("0-7", label, "TEXT"), pen_downs(*first, *rest))
    assert any(name.startswith(outcome) for name in counts), counts


@pytest.mark.parametrize("label, outcome", [("jihad", "dropped"), ("j i h a d", "kept")])
def test_letters_that_stand_apart_need_spaces_in_their_label(label, outcome, tmp_path):
    ink = pen_downs(*[(50 * k, 0, 15, 20) for k in range(5)])
    counts = read_line(tmp_path, segment("0-4", label, "TEXT"), ink)
    assert any(name.startswith(outcome) for name in counts)
