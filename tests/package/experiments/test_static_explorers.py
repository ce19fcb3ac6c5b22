"""An explorer's saved state becomes a page's HTML; what lives by the kernel alone does not."""

import pytest

from fsdl_hwr.experiments import static_explorers
from fsdl_hwr.explorers import widget

EXPLORERS = sorted(path.stem for path in widget.FOLDER.glob("*_explorer.js"))


def saved(name: str) -> dict:
    return {
        "_anywidget_id": f"fsdl_hwr.explorers.{name}",
        "_esm": widget.source(name, "js"),
        "_css": widget.source(name, "css"),
        **{"data": {}, "state": {}, "asked": 0, "answered": 0, "problem": ""},
    }


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_explorer_has_a_page_or_lives_by_the_kernel(name):
    html = static_explorers.static_html("m1", saved(name))
    assert (html is None) == (name in static_explorers.ANSWERED_BY_PYTHON)
    assert html is None or "export default" not in html


def test_a_page_is_shown_to_look_at_and_not_to_correct():
    for editable in (False, True):
        state = saved("page_explorer") | {"fixed": {"editable": editable}}
        assert (static_explorers.static_html("m1", state) is None) == editable


def test_a_widget_of_others_is_left_out():
    assert static_explorers.static_html("m1", {"_model_name": "BoxModel"}) is None


def test_a_script_without_the_usual_end_is_named():
    state = saved("box_explorer") | {"_esm": "function render() {}"}
    with pytest.raises(ValueError, match="box_explorer: its script does not end with"):
        static_explorers.static_html("m1", state)


def test_bytes_of_the_state_go_to_their_place_in_the_page():
    buffers = [{"path": ["data", "image"], "encoding": "base64", "data": "AAE="}]
    html = static_explorers.static_html("m1", saved("ctc_explorer"), buffers)
    assert '"path": ["data", "image"]' in html and '"AAE="' in html
