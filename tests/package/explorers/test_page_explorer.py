import json

import pytest
from page_examples import bars

from fsdl_hwr.explorers import page_explorer, widget
from fsdl_hwr.recognizers import page as page_reader
from fsdl_hwr.recognizers.reader import Reading


class Says:
    def readings(self, crops):
        return [Reading("lilt", (0.9, 0.5, 0.9, 1.0)) for _ in crops]


@pytest.fixture
def reading():
    return page_reader.read_page(bars(rows=(50, 100, 150), height=200).image, Says())


def test_a_row_per_line_with_edits_if_the_transcript_is_known(reading):
    rows = page_explorer.line_rows(reading, ["lilt", "list", ""])
    assert [row["edits"] for row in rows] == [0, 1, None]
    assert rows[0]["confidence"] == pytest.approx(0.825)
    assert rows[0]["characters"] == [0.9, 0.5, 0.9, 1.0]
    json.dumps(rows)


def test_the_figure_shows_every_text(reading):
    texts = [text.get_text() for text in page_explorer.draw_reading(reading, "read").axes[1].texts]
    assert len(texts) == 3 and all("lilt" in text for text in texts)


@pytest.mark.skipif(widget.anywidget is None, reason="anywidget is not installed")
def test_the_page_gets_the_same_lines(reading):
    explorer = page_explorer.explore(reading)
    assert explorer.state == {"line": -1} and len(explorer.data["lines"]) == 3
