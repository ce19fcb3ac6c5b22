"""Two annotations of a page: what agrees, what was cut otherwise, what changed."""

from dataclasses import replace

import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr.datasets import page_xml
from fsdl_hwr.datasets.pages import Page
from fsdl_hwr.labeling import agreement, simulated
from fsdl_hwr.layout import crops


@pytest.fixture
def page():
    page = bars(height=320, rows=(60, 140, 220))
    words = ("one two three four", "five six", "seven eight nine ten")
    lines = [replace(line, transcript=text, polygon=crops.outline(line))
             for line, text in zip(page.lines, words, strict=True)]  # fmt: skip
    return replace(page, lines=tuple(lines))


def with_lines(page: Page, lines) -> Page:
    return replace(page, lines=tuple(lines))


def test_a_page_agrees_with_itself(page):
    found = agreement.compare(page, page)
    assert found.pairs == ((0, 0), (1, 1), (2, 2))
    assert found.score.f1 == 1 and found.cer.value == 0


def test_a_split_a_miss_and_a_typo_are_told_apart(page):
    halves = simulated.halves(page.lines[0])
    halves = [replace(half, polygon=crops.outline(half)) for half in halves]
    typo = replace(page.lines[1], transcript="five sax")
    found = agreement.compare(page, with_lines(page, [*halves, typo]), threshold=0.7)
    assert found.pairs == ((1, 2),)
    assert found.split_first == (0,) and found.only_first == (2,)
    assert found.split_second == (0, 1) and found.only_second == ()
    assert found.cer.value == pytest.approx(1 / 8)
    assert found.score.f1 == pytest.approx(1 / 3)


def test_pages_of_other_sizes_are_refused_and_empty_ones_agree_on_nothing(page):
    with pytest.raises(ValueError, match="not one page"):
        agreement.compare(page, bars())
    found = agreement.compare(page, with_lines(page, []))
    assert found.pairs == () and found.cer is None and found.only_first == (0, 1, 2)


def test_a_second_annotator_has_habits_that_a_seed_decides(page):
    one, two = (simulated.second_annotation(page, 3, typos=1, split=1) for _ in range(2))
    assert [line.transcript for line in one.lines] == [line.transcript for line in two.lines]
    assert len(one.lines) == 5  # two of the three lines are long enough to be split
    found = agreement.compare(page, simulated.second_annotation(page, 3, typos=1, split=0))
    assert found.score.f1 == 1 and found.cer.value > 0


def test_changes_of_a_version_are_named(page):
    moved = page.lines[1].moved([[1, 0, 0], [0, 1, 3]])
    reworded = replace(page.lines[0], transcript="one two three")
    found = agreement.changes(page, with_lines(page, [reworded, moved]))
    assert found.reworded == (("one two three four", "one two three"),)
    assert [line.transcript for line in found.moved] == ["five six"]
    assert [line.transcript for line in found.removed] == ["seven eight nine ten"]
    assert "- seven eight nine ten" in str(found)
    assert not agreement.changes(page, page)
    assert str(agreement.changes(page, page)) == "no change"
    within = with_lines(page, [line.moved([[1, 0, 0.6], [0, 1, 0]]) for line in page.lines])
    assert not agreement.changes(page, within)


def test_two_people_agree_on_letters_and_not_on_lines(real_data):
    for name in ("SC0033B_s4_b01_f14_i087", "SC0033B_s4_b01_f14_i093"):
        file = real_data / "pages" / f"{name}.xml"
        if not file.is_file():
            pytest.skip("needs the letters of 1905")
        first = page_xml.read_page(file)
        second = page_xml.read_page(file.parent / "second_annotator" / file.name,
                                    file.with_suffix(".jpg"))  # fmt: skip
        found = agreement.compare(first, second)
        assert found.score.f1 == pytest.approx(2 / 3, abs=0.02)
        assert 0.02 < found.cer.value < 0.06
    assert np.isfinite(found.cer.value)
