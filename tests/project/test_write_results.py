"""The page of results is made of records alone, and says what each is."""

import json

import write_results
from paths import ROOT

EXPECTED = {"validation CER": {"value": 0.04188, "low": 0.02, "high": 0.1}}
LAB = {"versions": {"keras": "3.15.1"}, "expected": EXPECTED}
SHIPPED = {"canvas": {"items": 100, "greedy": [0.05, 0.04, 0.06], "ngram": [0.03, 0.02, 0.04]}}


def test_measured_stands_beside_promised():
    text = write_results.page({"03_lines": LAB}, SHIPPED, [])
    assert "### 03_lines\n\n| what | measured | promised |\n" in text
    assert "| validation CER | 0.0419 | 0.02 to 0.1 |\n" in text
    assert "| canvas | 100 | 5.0% (4.0 to 6.0) | 3.0% (2.0 to 4.0) |\n" in text


def test_recorded_runs_name_their_command():
    recorded = [json.loads(p.read_text("utf-8")) for p in write_results.RECORDED.glob("*.json")]
    text = write_results.page({"03_lines": LAB}, SHIPPED, recorded)
    for run in recorded:
        assert run["title"] in text and f"`{run['command']}`" in text
        words = run["command"].split()
        named = [part.split("=")[-1] for part in words if part.endswith((".yaml", ".py", ".ipynb"))]
        assert named and all((ROOT / name).is_file() for name in named), run["command"]


def test_the_page_is_there_and_has_every_lab():
    text = write_results.PAGE.read_text("utf-8")
    for lab in ("02_single_character", "03_line_recognizer"):
        assert f"### {lab}" in text
