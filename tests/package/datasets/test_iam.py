"""Tests of the IAM reader: made-up lines in the layout of the database's own files."""

# long: one format, whose files are all made up here
import html
import io
import re
import tarfile
import zipfile

import cv2
import numpy as np
import pytest

from fsdl_hwr.alphabet import DEFAULT_CHARACTERS, Alphabet
from fsdl_hwr.datasets import downloads, iam, sources, strokes
from fsdl_hwr.datasets.line_makers import PenLineMaker, RuledHand
from fsdl_hwr.datasets.splits import SPLITS
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.recognizers.reader import LineReader

# form: (writer, lines); a01-000u and a01-003 are by one writer
FORMS = {
    "a01-000u": ("000", ["A MOVE to stop Mr. Gaitskell", "nominating any more Labour"]),
    "a01-003": ("000", ["life Peers"]),
    "b02-001x": ("101", ['He said: "No & yes."', "Griffiths # of Manchester"]),
    "c03-007a": ("202", ["is to be made at a meeting"]),
    "d04-012": ("303", ["Sir Roy's United Party (1961)", "It was over"]),
}
TRAIN, VALIDATION_1, VALIDATION_2, TEST = (
    ["a01-000u-00", "a01-000u-01", "a01-003-00"],
    ["b02-001x-00", "b02-001x-01"],
    ["c03-007a-00"],
    ["d04-012-00", "d04-012-01"],
)
LISTS = {
    "trainset.txt": TRAIN,
    "validationset1.txt": VALIDATION_1,
    "validationset2.txt": VALIDATION_2,
    "testset.txt": TEST,
}
TASK = "largeWriterIndependentTextLineRecognitionTask"


def png(image):
    return cv2.imencode(".png", image)[1].tobytes()


def page(text, seed=0, height=60):
    """A line as IAM has it: dark ink on light paper of one gray, with paper around it."""
    hand = RuledHand(strokes.Writer.from_seed(seed))
    maker = PenLineMaker([hand], LineGeometry(height, 40 * height))
    ink = maker(text, np.random.default_rng(seed))
    ink = ink[:, : np.flatnonzero(ink.any(axis=0))[-1] + 1]
    return np.pad(235 - (ink * (200 / 255)).astype(np.uint8), (7, 11), constant_values=235)


@pytest.fixture(scope="session")
def pictures():
    """The images of all lines, drawn once: their PNG by line id."""
    texts = [(f"{f}-{k:02}", t) for f, (_, own) in FORMS.items() for k, t in enumerate(own)]
    return {line: png(page(text, seed)) for seed, (line, text) in enumerate(texts)}


def tokens(text):
    """Cut a text as lines.txt does, with punctuation and endings as tokens of their own."""
    return "|".join(re.findall(r"Mr\.|'s|\w+|[^\w\s]", text))


def form_xml(form, writer, texts, erroneous=()):
    """One form; IAM escapes its texts twice."""
    rows = "".join(
        f'<line id="{form}-{k:02}" segmentation="{"err" if k in erroneous else "ok"}" '
        f'text="{html.escape(html.escape(text, quote=True))}" threshold="154">'
        f'<word id="{form}-{k:02}-00" tag="AT" text="A"><cmp x="1" y="2" width="3" height="4"/>'
        "</word></line>"
        for k, text in enumerate(texts)
    )
    return (
        '<?xml version="1.0" encoding="iso-8859-1"?>\n<!DOCTYPE form SYSTEM "form-metadata.dtd">\n'
        f'<form created="1999-04-01" id="{form}" writer-id="{writer}"><machine-printed-part>'
        f'<machine-print-line text="Sentence Database"/></machine-printed-part>'
        f"<handwritten-part>{rows}</handwritten-part></form>"
    ).encode("iso-8859-1")


def official(pictures, erroneous=("d04-012-01",)):
    """All files by their path in the unpacked database."""
    files = {}
    rows = ["#--- lines.txt ---#", "# format: a01-000u-00 ok 154 19 408 746 1661 89 A|MOVE|to"]
    forms = ["# form writer sentences prt lines ..."]
    for form, (writer, texts) in FORMS.items():
        bad = [k for k in range(len(texts)) if f"{form}-{k:02}" in erroneous]
        files[f"xml/{form}.xml"] = form_xml(form, writer, texts, bad)
        forms.append(f"{form} {writer} 2 prt 7 5 52 36")
        for k, text in enumerate(texts):
            line = f"{form}-{k:02}"
            result = "err" if k in bad else "ok"
            rows.append(f"{line} {result} 154 19 408 746 1661 89 {tokens(text)}")
            files[f"lines/{form[:3]}/{form}/{line}.png"] = pictures[line]
    files["ascii/lines.txt"] = "\n".join(rows).encode()
    files["ascii/forms.txt"] = "\n".join(forms).encode()
    files |= {f"splits/{name}": "\n".join(ids).encode() for name, ids in LISTS.items()}
    return files


@pytest.fixture
def files(pictures):
    return official(pictures)


@pytest.fixture
def places(tmp_path, monkeypatch):
    """An empty `iam` in an empty data folder, and an empty cache."""
    folder = tmp_path / "raw" / "iam"
    folder.mkdir(parents=True)
    monkeypatch.setenv("FSDL_HWR_DATA", str(tmp_path / "raw"))
    monkeypatch.setenv("FSDL_HWR_CACHE", str(tmp_path / "cache"))
    return folder, tmp_path / "cache"


def write(folder, files):
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def without(files, *parts):
    return {name: data for name, data in files.items() if not any(part in name for part in parts)}


def write_tar(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def write_archives(folder, files):
    """The archives as the database gives them: images and xml without their folder's name."""
    for kind in ("lines", "xml", "ascii"):
        own = {n.removeprefix(f"{kind}/"): d for n, d in files.items() if n.startswith(f"{kind}/")}
        write_tar(folder / f"{kind}.tgz", own)
    with zipfile.ZipFile(folder / f"{TASK}.zip", "w") as archive:
        archive.writestr("__MACOSX/._trainset.txt", "not a list")
        for name, data in files.items():
            if name.startswith("splits/"):
                archive.writestr(f"{TASK}/{name.removeprefix('splits/')}", data)


def text_of(line):
    return FORMS[line.rpartition("-")[0]][1][int(line[-2:])]


def natural_width(data, height):
    """Width of a line's ink, margins included, where nothing squeezes it."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    ink = iam.paper.crop(iam.rows.line(iam.paper.extract_ink(image)))
    return round(ink.shape[1] * (height - 4) / ink.shape[0]) + 4


def conversions(cache):
    return sorted(path.name for path in (cache / "iam").glob("*.npz"))


def test_splits_are_the_lists_with_both_validation_sets_together(places, files):
    write(places[0], files)
    wanted = [TRAIN, VALIDATION_1 + VALIDATION_2, TEST]
    for split, ids in zip(SPLITS, wanted, strict=True):
        found = iam.lines(split)
        assert found.transcripts == [text_of(line) for line in ids]
        names = [found.writer_names[w] for w in found.writers]
        assert names == [FORMS[line.rpartition("-")[0]][0] for line in ids]
        assert found.writers.dtype == np.int32
        assert len(found) == len(found.images) == len(ids)


def test_no_writer_is_in_two_splits(places, files):
    write(places[0], files)
    writers = [set(iam.lines(split).writers.tolist()) for split in SPLITS]
    assert all(writers)
    assert len(set.union(*writers)) == sum(map(len, writers)) == 4


def test_images_are_what_a_recognizer_makes_of_the_same_picture(places, files, pictures):
    """What is trained on looks like what is read: ink 255 on 0, from the left edge on."""
    write(places[0], files)
    for height, width in ((28, 952), (48, 1632)):
        found = iam.lines("train", height=height, width=width)
        assert found.images.shape == (3, height, width) and found.images.dtype == np.uint8
        reader = LineReader(
            None, Alphabet(), LineGeometry(height, width), num_frames=1, frame_width=8, trims=True
        )
        for image, line in zip(found.images, TRAIN, strict=True):
            raw = cv2.imdecode(np.frombuffer(pictures[line], np.uint8), cv2.IMREAD_GRAYSCALE)
            np.testing.assert_array_equal(image, reader.fit_image(raw))
            assert image.max() > 200 and np.median(image) == 0
            assert not image[:2].any() and not image[-2:].any() and not image[:, :2].any()
            columns = np.flatnonzero(image.any(axis=0))
            assert abs(columns[-1] + 3 - natural_width(pictures[line], height)) <= 1
        assert not [note for note in found.notes if "squeezed" in note]


@pytest.mark.parametrize("keep_folders", [False, True])
def test_archives_give_what_the_unpacked_folder_gives(places, files, tmp_path, keep_folders):
    folder, _ = places
    write(folder, files)
    unpacked = [iam.lines(split) for split in SPLITS]
    for path in sorted(folder.iterdir()):
        path.rename(tmp_path / path.name)
    if keep_folders:  # everything in one archive of the reader's own
        write_tar(folder / "IAM.tar.gz", {f"IAM/{name}": data for name, data in files.items()})
    else:
        write_archives(folder, files)
    for split, before in zip(SPLITS, unpacked, strict=True):
        found = iam.lines(split)
        np.testing.assert_array_equal(found.images, before.images)
        np.testing.assert_array_equal(found.writers, before.writers)
        assert (found.transcripts, found.writer_names) == (before.transcripts, before.writer_names)
        assert found.notes == before.notes


def test_unpacked_images_beside_their_archive_are_read_once(places, files, monkeypatch):
    folder, _ = places
    write(folder, files)
    write_archives(folder, files)
    (folder / "lines.tgz").rename(folder / "a.tgz")  # folders come first by whatever name
    (folder / "formsA-D.tgz").write_bytes(b"pages are not needed, so nobody opens this")
    opened = []
    read = downloads.read_archive
    monkeypatch.setattr(
        downloads,
        "read_archive",
        lambda path, wanted: opened.append(path.name) or read(path, wanted),
    )
    assert len(iam.lines("test")) == 2
    assert opened.count("a.tgz") == 1  # for lists and transcripts, which it might hold
    assert "formsA-D.tgz" not in opened


def test_the_cache_folder_may_hold_the_copy(places, files, monkeypatch):
    _, cache = places
    monkeypatch.delenv("FSDL_HWR_DATA")
    write(cache / "iam", files)
    assert len(iam.lines("test")) == 2
    assert len(iam.lines("train")) == 3
    assert len(conversions(cache)) == 1  # which is no part of its own source


def test_xml_is_read_with_entities_escaped_once_or_twice(places, files):
    data = files["xml/b02-001x.xml"]
    assert b"&amp;quot;No &amp;amp; yes." in data
    once = data.replace(b"&amp;quot;", b"&quot;").replace(b"&amp;amp;", b"&amp;")
    for number, own in enumerate((data, once)):
        write(places[0], files | {"xml/b02-001x.xml": own})
        assert iam.lines("validation").transcripts[0] == 'He said: "No & yes."', number


def test_without_xml_tokens_are_joined_and_the_notes_say_so(places, files):
    write(places[0], without(files, "xml/"))
    found = iam.lines("validation")
    assert found.transcripts == [text_of(line) for line in VALIDATION_1 + VALIDATION_2]
    assert [found.writer_names[w] for w in found.writers] == ["101", "101", "202"]  # forms.txt
    assert "3 lines have no xml: their tokens in lines.txt were joined by rules." in found.notes
    assert iam.lines("test").transcripts[0] == "Sir Roy's United Party (1961)"


@pytest.mark.parametrize(
    "tokens, text",
    [
        ("A|MOVE|to|stop|Mr.|Gaitskell|from", "A MOVE to stop Mr. Gaitskell from"),
        ("Peers|,|he|'s|here|;|is|n't|he|?", "Peers, he's here; isn't he?"),
        ("he|said|:|\"|No|,|\"|and|'|Yes|!|'|to|it", "he said: \"No,\" and 'Yes!' to it"),
        ("(|a|'|b|'|)|c", "(a 'b') c"),
        ("M Ps|went|...", "M Ps went..."),  # a few tokens have a space inside
    ],
)
def test_tokens_are_joined_as_people_write_them(tokens, text):
    assert iam._join_tokens(tokens.split("|")) == text


def test_lines_of_xml_that_lacks_some_come_from_lines_txt(places, files):
    write(places[0], without(files, "xml/b02-001x"))
    found = iam.lines("validation")
    assert found.transcripts[1] == "Griffiths # of Manchester"
    assert "2 lines have no xml: their tokens in lines.txt were joined by rules." in found.notes


def test_lines_segmented_with_errors_are_kept_and_counted(places, files):
    note = "1 lines have their words segmented with errors (err): kept."
    xml, table = "xml/d04-012.xml", "ascii/lines.txt"
    silent = {
        xml: files[xml].replace(b'"err"', b'"ok"'),
        table: files[table].replace(b"err", b"ok"),
    }
    for own in (files, files | {xml: silent[xml]}, files | {table: silent[table]}):
        write(places[0], own)
        assert len(iam.lines("test")) == 2 and note in iam.lines("test").notes
        assert note not in iam.lines("test", characters=DEFAULT_CHARACTERS.replace("w", "")).notes
        assert note not in iam.lines("train").notes
    write(places[0], files | silent)
    assert note not in iam.lines("test").notes


def test_xml_alone_is_enough_for_transcripts_and_writers(places, files):
    write(places[0], without(files, "ascii/"))
    found = iam.lines("validation")
    assert [found.writer_names[w] for w in found.writers] == ["101", "101", "202"]
    assert found.transcripts[0] == 'He said: "No & yes."'


def test_crossed_out_words_are_counted(places, files):
    note = "1 lines have a # for a word that was crossed out: kept."
    write(places[0], files)
    assert note in iam.lines("validation").notes
    assert note not in iam.lines("train").notes
    assert note not in iam.lines("validation", characters=DEFAULT_CHARACTERS.replace("#", "")).notes


def test_characters_outside_the_alphabet_leave_their_lines_out(places, files, pictures):
    write(places[0], files)
    everything = iam.lines("test")
    found = iam.lines("test", characters=DEFAULT_CHARACTERS.replace("(", ""))
    assert found.transcripts == ["It was over"]
    np.testing.assert_array_equal(found.images, everything.images[1:])
    np.testing.assert_array_equal(found.writers, everything.writers[1:])
    assert "1 lines have a character outside the alphabet ((): left out." in found.notes
    with pytest.raises(ValueError, match="nothing left of 2 lines .*characters"):
        iam.lines("test", characters="xyz")


def test_a_line_without_ink_is_left_out_and_counted(places, files):
    write(
        places[0],
        files | {"lines/d04/d04-012/d04-012-01.png": png(np.full((60, 300), 240, np.uint8))},
    )
    found = iam.lines("test")
    assert found.transcripts == ["Sir Roy's United Party (1961)"]
    assert "1 lines show no ink: left out." in found.notes


def test_lines_that_are_too_wide_are_squeezed_and_counted(places, files, pictures):
    write(places[0], files)
    widths = [natural_width(pictures[line], 28) for line in TRAIN]
    width = sorted(widths)[1]  # the widest of three is wider, and the middle one just fits
    found = iam.lines("train", width=width)
    assert f"1 lines were squeezed to {width} px." in found.notes
    extents = [np.flatnonzero(image.any(axis=0))[-1] + 3 for image in found.images]
    assert max(extents) <= width
    assert extents[int(np.argmax(widths))] >= width - 2


@pytest.mark.parametrize("geometry", [{"height": 4}, {"width": 3}])
def test_impossible_geometry_is_refused_before_files_are_read(geometry):
    with pytest.raises(ValueError, match="no room for ink within margins"):
        iam.lines("train", **geometry)


def test_without_lists_lines_are_split_by_writer(places, files):
    write(places[0], without(files, "splits/"))
    found = [iam.lines(split) for split in SPLITS]
    writers = [set(lines.writers.tolist()) for lines in found]
    assert all(writers) and len(set.union(*writers)) == sum(map(len, writers)) == 4
    texts = sorted(text for lines in found for text in lines.transcripts)
    assert texts == sorted(text for _, own in FORMS.values() for text in own)
    assert all("cannot be compared with published ones" in lines.notes[0] for lines in found)


def test_lists_without_writers_are_used_and_the_notes_say_so(places, files):
    write(places[0], without(files, "xml/", "forms.txt"))
    found = iam.lines("train")
    assert found.writers.tolist() == [-1, -1, -1] and found.writer_names == ()
    assert "3 lines have no known writer." in found.notes


def test_neither_lists_nor_writers_cannot_be_split(places, files):
    write(places[0], without(files, "splits/", "xml/", "forms.txt"))
    with pytest.raises(FileNotFoundError, match="cannot be split.*xml.tgz"):
        iam.lines("train")


@pytest.mark.parametrize("line", [TRAIN[0], VALIDATION_1[1]])
def test_a_line_in_two_splits_is_refused(places, files, line):
    write(places[0], files | {"splits/testset.txt": "\n".join([*TEST, line]).encode()})
    with pytest.raises(ValueError, match=f"1 lines are in two splits, the first is {line}"):
        iam.lines("train")


def test_a_writer_in_two_splits_is_refused(places, files):
    moved = {"splits/trainset.txt": "\n".join(TRAIN[:2]), "splits/testset.txt": TRAIN[2]}
    write(places[0], files | {name: text.encode() for name, text in moved.items()})
    with pytest.raises(ValueError, match="1 writers are in two splits, the first is 000"):
        iam.lines("train")


def test_one_line_in_both_validation_sets_counts_once(places, files):
    both = "\n".join([*VALIDATION_2, VALIDATION_1[0]]).encode()
    write(places[0], files | {"splits/validationset2.txt": both})
    assert len(iam.lines("validation")) == 3


def test_the_second_load_reads_the_conversion(places, files, monkeypatch):
    folder, cache = places
    write(folder, files)
    first = iam.lines("test")
    monkeypatch.setattr(iam, "_convert", None)  # whoever converts again, fails
    second = iam.lines("test")
    np.testing.assert_array_equal(first.images, second.images)
    assert (first.transcripts, first.notes) == (second.transcripts, second.notes)
    assert len(iam.lines("train")) == 3
    (name,) = conversions(cache)
    assert "-28x952-v1" in name


def test_a_damaged_conversion_is_made_anew(places, files, capsys):
    folder, cache = places
    write(folder, files)
    first = iam.lines("test")
    path = cache / "iam" / conversions(cache)[0]
    path.write_bytes(path.read_bytes()[:1000])
    second = iam.lines("test")
    np.testing.assert_array_equal(first.images, second.images)
    assert f"{path} is damaged" in capsys.readouterr().out


def test_geometries_and_changed_sources_get_their_own_conversion(places, files):
    folder, cache = places
    write(folder, files)
    iam.lines("test")
    iam.lines("test", height=32, width=1088)
    iam.lines("test", width=900)
    assert len(conversions(cache)) == 3
    changed = files["xml/d04-012.xml"].replace(b"It was over", b"It was over soon")
    write(folder, {"xml/d04-012.xml": changed})
    assert iam.lines("test").transcripts[1] == "It was over soon"
    assert len(conversions(cache)) == 4
    names = ("splits/validationset1.txt", "splits/testset.txt")  # exchanged: the same size in all
    write(folder, {names[0]: files[names[1]], names[1]: files[names[0]]})
    assert iam.lines("test").transcripts == [text_of(line) for line in VALIDATION_1]


def test_the_source_is_only_read(places, files):
    folder, _ = places
    write(folder, files)
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    iam.lines("train")
    assert sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*")) == before


def test_without_a_copy_the_error_says_where_to_register_and_what_to_copy(places):
    folder, cache = places
    with pytest.raises(FileNotFoundError) as error:
        iam.lines("train")
    for part in (folder, cache / "iam", "University of Bern", "FSDL_HWR_DATA", iam.PAGE):
        assert str(part) in str(error.value)
    for name in ("lines.tgz", "xml.tgz", "ascii.tgz", f"{TASK}.zip"):
        assert name in str(error.value)


def test_an_unknown_split_is_refused():
    with pytest.raises(ValueError, match="Unknown split 'validation2'"):
        iam.lines("validation2")


def test_missing_images_are_counted_and_named(places, files):
    write(places[0], without(files, "a01-000u-01.png", "d04-012-00.png"))
    message = r"lacks 2 of 8 images of lines, the first is a01-000u-01\.png: copy IAM's lines\.tgz"
    with pytest.raises(FileNotFoundError, match=message):
        iam.lines("validation")
    assert conversions(places[1]) == []


@pytest.mark.parametrize("row", [b"", b"d04-012-01 ok 154 19 408 746 1661 89 |"])
def test_missing_transcripts_are_counted_and_named(places, files, row):
    changed = {
        "ascii/lines.txt": re.sub(rb"d04-012-01 .*", row, files["ascii/lines.txt"]),
        "xml/d04-012.xml": form_xml("d04-012", "303", [*FORMS["d04-012"][1][:1], " "]),
    }
    write(places[0], files | changed)
    with pytest.raises(ValueError, match="1 of 8 lines .*no transcript, the first is d04-012-01"):
        iam.lines("train")


def test_images_alone_ask_for_transcripts(places, files):
    write(places[0], without(files, "xml/", "ascii/"))
    with pytest.raises(FileNotFoundError, match="no transcripts: copy IAM's xml.tgz"):
        iam.lines("train")


def test_a_missing_list_is_named(places, files):
    write(places[0], without(files, "validationset2"))
    with pytest.raises(FileNotFoundError, match=r"lacks validationset2\.txt: copy all lists"):
        iam.lines("train")


def test_an_empty_split_is_refused(places, files):
    write(places[0], files | {"splits/testset.txt": b""})
    assert len(iam.lines("train")) == 3
    with pytest.raises(ValueError, match="test split has nothing left of 0 lines"):
        iam.lines("test")


@pytest.mark.parametrize("data", [b"", b"no image"])
def test_a_damaged_image_is_named(places, files, data):
    write(places[0], files | {"lines/a01/a01-003/a01-003-00.png": data})
    with pytest.raises(ValueError, match=r"a01-003-00\.png is damaged"):
        iam.lines("train")


def test_a_damaged_archive_is_named(places, files):
    folder, cache = places
    write_archives(folder, files)
    data = (folder / "lines.tgz").read_bytes()
    (folder / "lines.tgz").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match=r"lines\.tgz is damaged"):
        iam.lines("train")
    assert conversions(cache) == []


def test_damaged_xml_is_named(places, files):
    write(places[0], files | {"xml/a01-003.xml": files["xml/a01-003.xml"][:-20]})
    with pytest.raises(ValueError, match=r"a01-003\.xml is damaged"):
        iam.lines("train")


def test_a_cut_row_of_lines_txt_is_named(places, files):
    write(places[0], files | {"ascii/lines.txt": b"# comment\n\na01-000u-00 ok 154 19 408\n"})
    with pytest.raises(ValueError, match=r"lines\.txt, line 3 has 5 fields of 9"):
        iam.lines("train")


def test_two_files_of_one_name_that_differ_are_refused(places, files):
    write(places[0], files | {"task/testset.txt": b"d04-012-01"})
    with pytest.raises(ValueError, match=r"splits/testset\.txt and .*task/testset\.txt differ"):
        iam.lines("train")


def test_its_lines_train_and_are_measured_as_other_lines_are(places, files):
    write(places[0], files)
    size = {"height": 28, "width": 952}
    held = sources.held_out_lines("iam", "validation", 2, Alphabet(), 0, **size)
    everything = sources.held_out_lines("iam", "validation", 0, Alphabet(), 0, **size)
    assert set(everything.transcripts) == {text_of(line) for line in VALIDATION_1 + VALIDATION_2}
    assert held.transcripts == everything.transcripts[:2] and held.images.shape == (2, 28, 952)
    training = sources.training_lines("iam", 100, Alphabet(), 0, frame_width=4, **size)
    assert set(training.transcripts) == {text_of(line) for line in TRAIN}
    # Frames so wide that only the shortest text has enough of them are too wide for the others.
    wide = sources.training_lines("iam", 100, Alphabet(), 0, frame_width=20, **size)
    assert len(wide) < len(training)
