"""The command `read`, in this process and in a fresh one that has neither Keras nor figures."""

import json
import os
import shutil
import subprocess
import sys

import cv2
import numpy as np
import pytest

from fsdl_hwr import __main__ as command_line
from fsdl_hwr import ink, weights
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import page_xml, strokes
from fsdl_hwr.serving import command, onnx


@pytest.fixture
def picture(tmp_path):
    """A file with one line of writing."""
    writer, rng = strokes.writers("test", 1)[0], np.random.default_rng(0)
    written = [stroke[:, :2] for stroke in writer.write("meet me at noon", rng)]
    page = ink.render(ink.transform(written, [[45, 0, 30], [0, 45, 70]]), 120, 520, 3.0)
    path = tmp_path / "note.png"
    cv2.imwrite(str(path), 230 - page // 4 * 3)
    return path


def test_the_text_goes_to_standard_output(picture, capsys):
    assert command_line.main(["read", str(picture)]) == 0
    assert capsys.readouterr().out == "meet me at noon\n"


def test_a_bad_file_is_one_line_and_does_not_stop_the_others(picture, tmp_path, capsys):
    empty, missing = tmp_path / "empty.jpg", tmp_path / "missing.jpg"
    empty.touch()
    assert command_line.main(["read", str(missing), str(empty), str(picture)]) == 1
    output = capsys.readouterr()
    assert output.out == f"# {picture}\nmeet me at noon\n"
    assert [line.split(": ", 1)[1] for line in output.err.splitlines()] == [
        f"{missing} does not exist.",
        f"{empty} is empty.",
    ]


def test_json_has_lines_boxes_and_confidences(picture, capsys):
    assert command_line.main(["read", "--json", str(picture)]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    (line,) = record["lines"]
    assert record["text"] == line["text"] == "meet me at noon"
    assert len(line["characters"]) == len(line["text"]) and 0 < line["confidence"] <= 1
    assert np.shape(line["corners"]) == (4, 2)


def test_show_writes_the_picture_with_its_reading(picture, tmp_path):
    assert command_line.main(["read", str(picture), "--show", str(tmp_path / "shown")]) == 0
    shown = cv2.imread(str(tmp_path / "shown" / "note_read.png"))
    assert shown.shape == (120, 520, 3)
    assert (shown.max(axis=2).astype(int) - shown.min(axis=2) > 50).any()  # a colored box


def test_reading_needs_neither_keras_nor_figures(picture):
    code = (
        "import sys; from fsdl_hwr.__main__ import main; "
        f"assert main(['read', {str(picture)!r}]) == 0; "
        "print(*{'keras', 'tensorflow', 'matplotlib', 'PIL', 'faker', 'nltk'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "meet me at noon\n\n"


def test_another_file_of_weights_that_is_none_is_refused(picture, tmp_path, capsys):
    other = tmp_path / "other.onnx"
    assert command_line.main(["read", "--weights", str(other), str(picture)]) == 2
    assert "other.onnx" in capsys.readouterr().err


@pytest.fixture
def page(tmp_path):
    """A file with a page of four lines."""
    writer, rng = strokes.writers("test", 1)[0], np.random.default_rng(0)
    ink_of_page = np.zeros((420, 340), np.uint8)
    for row, text in enumerate(("meet me at noon", "by the river", "or write to me", "by Friday")):
        written = [stroke[:, :2] for stroke in writer.write(text, rng)]
        placed = ink.transform(written, [[22, 0, 30], [0, 22, 80 + 80 * row]])
        ink_of_page |= ink.render(placed, 420, 340, 2.0)
    path = tmp_path / "page.png"
    cv2.imwrite(str(path), 230 - ink_of_page // 4 * 3)
    return path


@pytest.mark.parametrize("option", ["--alto", "--page-xml"])
def test_a_page_is_written_as_xml_that_reads_back(page, tmp_path, capsys, option):
    folder = tmp_path / "xml"
    assert command_line.main(["read", option, str(folder), str(page)]) == 0
    text = capsys.readouterr().out.strip()
    found = page_xml.read_page(folder / "page.xml", page)
    assert found.transcript == text and len(found.lines) == 4
    assert [round(line.baseline[:, 1].mean() / 80) for line in found.lines] == [1, 2, 3, 4]


def test_a_page_is_described_and_shown(page, tmp_path, capsys):
    shown = tmp_path / "shown"
    assert command_line.main(["read", "--page", "--json", "--show", str(shown), str(page)]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert record["file"] == str(page) and record["quarter_turns"] == 0
    assert len(record["lines"]) == 4 and (shown / "page_read.png").is_file()


def test_files_of_one_name_do_not_overwrite_each_other(picture, tmp_path, capsys):
    other = tmp_path / "other" / picture.name
    other.parent.mkdir()
    shutil.copy(picture, other)
    shown = tmp_path / "shown"
    assert command_line.main(["read", str(picture), str(other), "--show", str(shown)]) == 0
    assert sorted(p.name for p in shown.iterdir()) == ["note_2_read.png", "note_read.png"]
    xml = tmp_path / "xml"
    assert command_line.main(["read", str(picture), str(other), "--alto", str(xml)]) == 0
    assert sorted(p.name for p in xml.iterdir()) == ["note.xml", "note_2.xml"]


@pytest.mark.parametrize("option", ["--show", "--alto", "--page-xml"])
def test_a_folder_that_cannot_be_is_refused_before_reading(picture, capsys, option):
    assert command_line.main(["read", str(picture), option, str(picture)]) == 2
    output = capsys.readouterr()
    assert output.out == "" and f"{picture} cannot be made" in output.err


def test_what_cannot_be_written_does_not_stop_the_others(picture, tmp_path, capsys):
    shown = tmp_path / "shown"
    (shown / "note_read.png").mkdir(parents=True)
    other = picture.with_name("other.png")
    shutil.copy(picture, other)
    told = ["read", "--json", str(picture), str(other), "--show", str(shown)]
    assert command_line.main(told) == 1
    output = capsys.readouterr()
    (record,) = json.loads(output.out)
    assert record["file"] == str(other) and "note_read.png" in output.err


def test_a_text_that_the_terminal_lacks_is_written_in_other_letters(picture):
    named = picture.with_name("\u017c\u00f3\u0142\u0107.png")
    shutil.copy(picture, named)
    command = [sys.executable, "-m", "fsdl_hwr", "read", str(named), str(picture)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0 and done.stdout.count("meet me at noon") == 2


def test_another_alphabet_is_read_without_the_model_of_english(picture, capsys, monkeypatch):
    reader = onnx.load(weights.ONNX)
    characters = reader.alphabet.characters
    reader.alphabet = Alphabet(characters[1:] + characters[0])
    monkeypatch.setattr(command.onnx, "load", lambda path: reader)
    assert command_line.main(["read", str(picture)]) == 0
    output = capsys.readouterr()
    assert len(output.out) > 5 and "has other characters" in output.err
