"""The disagreements of two annotations, from the top of the page down."""

from dataclasses import replace

from page_examples import bars

from fsdl_hwr.explorers import disagreement_explorer
from fsdl_hwr.labeling import agreement
from fsdl_hwr.layout import crops


def test_each_disagreement_is_listed_with_its_kind():
    page = bars(height=320, rows=(60, 140, 220))
    lines = [replace(line, polygon=crops.outline(line)) for line in page.lines]
    first = replace(page, lines=tuple(lines))
    second = replace(page, lines=(replace(lines[0], transcript="lime 1"), lines[1]))
    found = agreement.compare(first, second)
    items = disagreement_explorer.disagreements(first, second, found)
    assert [(item["kind"], item["first"], item["second"]) for item in items] == [
        ("other letters", "line 1", "lime 1"),
        ("only one has it", "line 3", None),
    ]
    assert disagreement_explorer.disagreements(first, first, agreement.compare(first, first)) == []
