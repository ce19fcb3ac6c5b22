# long: what a recognizer promises, one promise per test
import shutil
import warnings
import zipfile

import cv2
import keras
import numpy as np
import pytest
from keras import layers
from small import ALPHABET, GEOMETRY, MAKER, TEXTS, WIDTH, padding_cannot_matter, shapes, tiny

from fsdl_hwr import ctc, networks
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.datasets import lines
from fsdl_hwr.ink import LineGeometry
from fsdl_hwr.networks.layers import rescaled
from fsdl_hwr.recognizers import line
from fsdl_hwr.recognizers.line import Recognizer


@pytest.fixture(scope="module")
def sixteen():
    return lines.make_lines(MAKER, TEXTS, 0)


@pytest.fixture(scope="module")
def trained(sixteen, tmp_path_factory):
    """A recognizer that knows sixteen short lines by heart, at about this size; and its history."""
    rng = np.random.default_rng(0)
    images = np.tile(sixteen.images, (12, 1, 1))
    for image in images:
        scale, shift = rng.uniform(0.9, 1.1), rng.uniform(-2, 2)  # of paper as it is scanned
        matrix = np.array([[scale, 0, shift], [0, scale, 14 * (1 - scale)]])
        image[:] = cv2.warpAffine(image, matrix, image.shape[::-1])
    tiled = lines.Lines(images, sixteen.transcripts * 12, lines.ink_widths(images))
    reader = tiny(dropout=0.0)
    folder = tmp_path_factory.mktemp("trained")
    history = reader.fit(tiled, sixteen, epochs=6, folder=folder, batch_size=8, learning_rate=0.01)
    return reader, history, folder


# Training


def test_sixteen_lines_are_learned_by_heart(trained, sixteen):
    reader, history, folder = trained
    assert history.keys() == {"loss", "val_loss", "val_cer", "seconds"}
    assert [len(values) for values in history.values()] == [6] * 4
    assert history["loss"][-1] < 0.2 * history["loss"][0]
    assert min(history["val_cer"]) < 0.05
    wrong = sum(a != b for a, b in zip(reader.read(sixteen), TEXTS, strict=True))
    assert wrong <= 1
    assert sorted(path.name for path in folder.iterdir()) == ["best.keras", "last.keras"]


def quick(features=4):
    """A recognizer that trains in no time, with dropout and running means as the large have."""
    keras.utils.set_random_seed(0)
    image = keras.Input((28, None), dtype="uint8")
    x = layers.Conv2D(features, (28, 8), 8)(rescaled(image))  # (1, frames, features)
    x = layers.Reshape((-1, features))(x)  # (frames, features)
    x = layers.Dropout(0.2)(layers.BatchNormalization()(x))
    return Recognizer(keras.Model(image, layers.Dense(5)(x), name="quick"), ALPHABET, GEOMETRY)


class Killed(Exception):
    pass


class Kill(keras.callbacks.Callback):
    """Stands for a kill in the middle of the second epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self.epoch, batch) == (1, 2):
            raise Killed


class Poison(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.set_weights([np.full_like(w, np.nan) for w in self.model.get_weights()])


SEED = 0


def long_and_short():
    """Long lines, but for one batch of short ones."""
    return lines.make_lines(MAKER, ["xoxz", "o zx", "zxoo", "zz o"] * 4 + ["o", "x"], 0)


def corrected(made):
    """The same images, the first of which is said to show another text."""
    return lines.Lines(made.images, ("xoxo", *made.transcripts[1:]), made.ink_widths)


def fit(folder, reader=None, training=None, validation=None, **options):
    """Train a new recognizer for two epochs."""
    training = long_and_short() if training is None else training
    reader = reader or quick()
    options = {"epochs": 2, "batch_size": 2, "seed": SEED, "folder": folder} | options
    return reader, reader.fit(training, training if validation is None else validation, **options)


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The run folder of a run that was killed in its second epoch."""
    folder = tmp_path_factory.mktemp("killed") / "run"
    with pytest.raises(Killed):
        fit(folder, callbacks=[Kill()])
    return folder


def copied(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "run")


def test_a_killed_run_goes_on_as_if_nothing_had_happened(killed, tmp_path, capsys):
    straight, history = fit(tmp_path / "straight")
    folder = copied(killed, tmp_path)
    capsys.readouterr()
    resumed, resumed_history = fit(folder)
    assert "1 of 2 epochs are done" in capsys.readouterr().out
    for name in ("loss", "val_loss", "val_cer"):
        np.testing.assert_allclose(resumed_history[name], history[name], rtol=1e-4)
    for a, b in zip(resumed.network.get_weights(), straight.network.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)
    _, again = fit(folder)  # a run that is done is not trained again
    assert again == resumed_history


@pytest.mark.usefixtures("eagerly")
@pytest.mark.parametrize(
    "change",
    [
        {"learning_rate": 1e-4},
        {"seed": 1},
        {"epochs": 3},
        {"training": lines.make_lines(MAKER, ["xoxz", "o zx", "zxoo"] * 6, 5)},
        {"reader": quick(features=5)},
        {"training": corrected(long_and_short()), "validation": long_and_short()},
        {"validation": corrected(long_and_short())},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_run_does_not_go_on_with_other_settings(change, killed, tmp_path):
    with pytest.raises(ValueError, match="other settings.*another run folder, or start again"):
        fit(copied(killed, tmp_path), **change)


@pytest.mark.usefixtures("eagerly")
def test_nan_stops_with_advice_and_keeps_the_last_epoch(killed, tmp_path):
    folder = copied(killed, tmp_path)
    before = (folder / "last.keras").read_bytes()
    with pytest.raises(FloatingPointError, match="learning rate ten times lower"):
        fit(folder, callbacks=[Poison()])
    assert (folder / "last.keras").read_bytes() == before
    assert len(list(folder.iterdir())) == 2


def test_what_cannot_be_trained_is_said_before_training(tmp_path, sixteen, monkeypatch):
    reader = padding_cannot_matter()
    with pytest.raises(ValueError, match="epochs=0"):
        reader.fit(sixteen, sixteen, epochs=0, folder=tmp_path)
    narrow = lines.Lines(sixteen.images[:, :, :80], sixteen.transcripts, sixteen.ink_widths)
    with pytest.raises(ValueError, match=r"\(28, 80\).*\(28, 160\)"):
        reader.fit(narrow, sixteen, epochs=1, folder=tmp_path)
    crowded = lines.Lines(sixteen.images[:2], ("o", "xooz"), np.array([28, 30], np.int32))
    with pytest.raises(ValueError, match="Line 1, 'xooz', has 4 frames and needs 5"):
        reader.fit(crowded, sixteen, epochs=1, folder=tmp_path)
    foreign = lines.Lines(sixteen.images[:1], ("ä",), sixteen.ink_widths[:1])
    with pytest.raises(ValueError, match="'ä' at position 0.*alphabet"):
        reader.fit(sixteen, foreign, epochs=1, folder=tmp_path)
    late = ("o",) * 300 + ("ä",)  # beyond the lines that are looked at
    stream = lines.LineStream(lambda text, rng: sixteen.images[0], late, 8, seed=0)
    with pytest.raises(ValueError, match="'ä' at position 0.*alphabet"):
        reader.fit(stream, sixteen, epochs=1, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(PermissionError, match="another run folder"):
        reader.fit(sixteen, sixteen, epochs=1, folder=tmp_path / "file" / "run")


# Batches


def batches_of(source, batch_size=4, seed=0):
    return line.LineBatches(padding_cannot_matter(), source, batch_size, seed)


def epoch_of(batches, epoch):
    batches.epoch = epoch
    return [batches[k] for k in range(batches.num_batches)]


def texts_of(batch):
    return [ALPHABET.decode(target[2:]) for target in batch[1]]


@pytest.mark.usefixtures("eagerly")
def test_a_shortcut_trains_beside_the_output_that_reads(sixteen, tmp_path):
    recognizer = tiny(shortcut=True)
    side = recognizer.network.get_layer("shortcut").kernel
    before = keras.ops.convert_to_numpy(side)
    fitted = {"epochs": 1, "folder": tmp_path, "batch_size": 8}
    history = recognizer.fit(sixteen, sixteen, **fitted)
    assert not np.allclose(before, keras.ops.convert_to_numpy(side))
    assert recognizer.logits(sixteen).shape == (16, 20, 5)
    again = tiny(shortcut=True).fit(sixteen, sixteen, **fitted)  # resumed: nothing is left to do
    assert again["loss"] == history["loss"]
    read = Recognizer.load(tmp_path / "best.keras").read(sixteen)
    assert read == recognizer.read(sixteen)


def test_a_narrowed_recognizer_writes_fewer_characters_with_the_same_logits(trained, sixteen):
    reader, *_ = trained
    characters = reader.alphabet.characters[2:6]
    narrow = reader.narrowed(Alphabet(characters))
    kept = [0, *reader.alphabet.encode(characters)]
    expected = reader.logits(sixteen)[..., kept]
    assert narrow.logits(sixteen) == pytest.approx(expected, abs=1e-5)
    assert set("".join(narrow.read(sixteen))) <= set(characters)
    before = reader.network.get_weights()
    narrow.network.set_weights([0 * weight for weight in narrow.network.get_weights()])
    assert all(map(np.array_equal, before, reader.network.get_weights()))


def test_a_narrowed_recognizer_knows_no_new_characters(trained):
    with pytest.raises(ValueError, match="É"):
        trained[0].narrowed(Alphabet("AÉ"))


@pytest.mark.slow
def test_half_of_the_bits_train_too(sixteen, tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        reader = tiny(dropout=0.0)
    finally:
        keras.config.set_dtype_policy("float32")
    assert reader.network.get_layer("logits").compute_dtype == "float32"  # CTC needs all bits
    assert any(layer.compute_dtype == "bfloat16" for layer in reader.network.layers)
    history = reader.fit(
        sixteen[np.tile(np.arange(16), 6)], sixteen, epochs=3, folder=tmp_path, learning_rate=0.01
    )
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    again = Recognizer.load(reader.save(tmp_path / "half.keras"))
    assert again.read(sixteen) == reader.read(sixteen)


def test_the_learning_rate_falls_unless_told_to_stay():
    rates = {}
    for optimizer in ("adamw", "constant", "rmsprop"):
        recognizer = tiny()
        recognizer.compile(200, 1e-2, optimizer)
        chosen = recognizer.network.optimizer
        rates[optimizer] = []
        for step in (0, 20, 200):  # it warms up for a tenth of them
            chosen.iterations.assign(step)
            rates[optimizer].append(float(keras.ops.convert_to_numpy(chosen.learning_rate)))
    assert rates["adamw"][1] > 0.8e-2 and rates["adamw"][2] < 1e-5
    assert rates["constant"][0] < 1e-3 < rates["constant"][1]  # it warms up too
    assert rates["constant"][1:] == pytest.approx([1e-2, 1e-2])
    assert rates["rmsprop"] == pytest.approx([1e-2] * 3)


@pytest.mark.usefixtures("eagerly")
def test_validation_lines_too_dense_to_be_written_are_errors_like_others(sixteen, tmp_path):
    dense = lines.Lines(sixteen.images, ("xx" * 20,) + sixteen.transcripts[1:], sixteen.ink_widths)
    history = tiny().fit(sixteen, dense, epochs=1, folder=tmp_path, batch_size=8)
    assert np.isfinite(history["val_loss"]).all()
    with pytest.raises(ValueError, match="frames"):
        tiny().fit(dense, sixteen, epochs=1, folder=tmp_path / "other", batch_size=8)


def test_an_epoch_covers_every_line_once(sixteen):
    many = sixteen[np.tile(np.arange(16), 3)]  # twelve batches: more than one group
    batches = batches_of(many)
    epochs = [[texts_of(batch) for batch in epoch_of(batches, epoch)] for epoch in (0, 1)]
    for texts in epochs:
        assert sorted(sum(texts, [])) == sorted(TEXTS * 3)
    assert epochs[0] != epochs[1]
    again = [texts_of(batch) for batch in epoch_of(batches_of(many), 1)]
    assert again == epochs[1]
    other = [texts_of(batch) for batch in epoch_of(batches_of(many, seed=1), 1)]
    assert other != epochs[1]


def test_batches_hold_what_the_loss_needs_and_no_more_paper(sixteen, monkeypatch):
    monkeypatch.setattr(Recognizer, "trim_frames", 4)  # on JAX too
    batches = batches_of(sixteen)
    widths = set()
    for images, targets in epoch_of(batches, 0):
        assert images.dtype == np.uint8 and images.shape[:2] == (4, 28)
        assert targets.dtype == np.int32 and targets.shape == (4, 2 + 20)
        for image, target in zip(images, targets, strict=True):
            ink = lines.ink_widths(image[None])[0]
            assert target[0] == -(-ink // 8) <= images.shape[2] // 8
        widths.add(images.shape[2])
    assert widths == {64, 96, 128}  # multiples of four frames


def test_a_stream_gives_equal_batches_for_equal_epochs():
    stream = lines.LineStream(MAKER, TEXTS, 40, seed=7)
    first, second = batches_of(stream), batches_of(stream)
    expected = epoch_of(first, 3)
    second.epoch = 3
    for k in (9, 0, 4):  # in any order
        np.testing.assert_array_equal(second[k][0], expected[k][0])
        np.testing.assert_array_equal(second[k][1], expected[k][1])
    assert any(
        texts_of(a) != texts_of(b) for a, b in zip(expected, epoch_of(first, 4), strict=True)
    )


def test_keras_never_takes_one_batchs_width_for_all(sixteen, monkeypatch):
    monkeypatch.setattr(Recognizer, "trim_frames", 4)
    long = lines.make_lines(MAKER, ["xoxz", "o zx", "zxoo", "zz o"] * 4 + ["o", "x"], 0)
    real = epoch_of(batches_of(long, batch_size=2, seed=SEED), 0)
    assert real[0][0].shape == real[1][0].shape  # the runs above begin so
    assert len({images.shape for images, _ in real}) == 2
    examples = batches_of(long, batch_size=2)
    assert examples[0][0].shape != examples[1][0].shape
    for example, batch in zip((examples[0], examples[1]), real[:2], strict=True):
        assert [a.dtype for a in example] == [a.dtype for a in batch]
    alone = batches_of(sixteen[:4])  # a single batch is never trimmed: there is but one example
    assert epoch_of(alone, 0)[0][0].shape == (4, 28, WIDTH)


# Geometry


@pytest.mark.parametrize("step, width", [(4, 64), (16, 128)])
def test_reading_does_not_depend_on_the_paper_that_is_trimmed(sixteen, step, width, monkeypatch):
    monkeypatch.setattr(Recognizer, "trim_frames", step)
    reader = padding_cannot_matter()
    trimmed = reader.trim(sixteen.images[:3], sixteen.ink_widths[:3])
    assert trimmed.shape == (3, 28, width)
    logits = reader.logits(sixteen, batch_size=5)
    assert logits.shape == (16, 20, 5)
    whole = reader.network.predict_on_batch(sixteen.images)
    frames = reader.frames(sixteen.ink_widths)
    for k, n in enumerate(frames):
        np.testing.assert_allclose(logits[k, :n], whole[k, :n], atol=1e-5)
    assert reader.read(sixteen) == [
        ALPHABET.decode(path) for path in ctc.greedy_decode(whole, frames)
    ]


def test_frames_end_with_the_ink():
    reader = padding_cannot_matter()
    assert reader.frames(np.array([0, 1, 8, 9, 160])).tolist() == [1, 1, 1, 2, 20]
    windows = Recognizer(networks.line_lstm_ctc(lstm_size=2, num_classes=5), ALPHABET)
    assert (windows.num_frames, windows.frame_width) == (189, 5)
    images = np.zeros((1, 28, 952), np.uint8)
    assert windows.trim(images, np.array([5])) is images  # of fixed width


def test_geometry_that_does_not_fit():
    for width in (100, 12, 42):
        with pytest.raises(ValueError, match=f"{width} px.*frames of 8 px"):
            padding_or_not = networks.line_crnn((28, None), 5, filters=(2, 2, 2), lstm_size=2)
            Recognizer(padding_or_not, ALPHABET, LineGeometry(28, width))
    with pytest.raises(ValueError, match="7 outputs; the alphabet needs 5.*num_classes"):
        padding_cannot_matter(num_classes=7)


# Reading


def read(reader, images):
    """Read, and fail on a warning; of ours alone where another backend warns of its own."""
    tensorflow = keras.backend.backend() == "tensorflow"
    with warnings.catch_warnings():
        warnings.simplefilter("error", Warning if tensorflow else UserWarning)
        return reader.read_lines(images)


def test_lines_of_its_own_geometry(trained, sixteen):
    reader = trained[0]
    assert (
        read(reader, sixteen.images) == read(reader, list(sixteen.images)) == reader.read(sixteen)
    )
    assert read(reader, sixteen.images[3]) == reader.read(sixteen[3:4])  # one image alone
    assert reader.read_lines([]) == []


def test_other_paper_and_other_sizes(trained, sixteen):
    reader = trained[0]
    line, text = sixteen.images[14], reader.read(sixteen[14:15])[0]
    assert text == "o zx"
    paper = (200 - line * 0.6).astype(np.uint8)  # gray ink on light gray paper
    large = cv2.resize(line, None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
    framed = np.pad(255 - large, ((40, 90), (70, 20)), constant_values=255)
    small = cv2.resize(line[:, :120], (90, 21), interpolation=cv2.INTER_AREA)
    images = [line, 255 - line, paper, line[:, :120], large, framed, small, line[:, :, None]]
    assert read(reader, images) == [text] * len(images)
    x, y, width, height = cv2.boundingRect(line)
    ink = line[y : y + height, x : x + width]  # 24 px high where it was scaled
    expected = cv2.resize(ink, (round(ink.shape[1] * 24 / len(ink)), 24))
    for image in (large, framed, small):
        fitted = reader.fit_image(image)
        assert fitted.shape == line.shape and not fitted[[0, 1, -2, -1]].any()
        found = fitted[2:-2, 2 : 2 + expected.shape[1]]
        assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.9
        assert abs(int(lines.ink_widths(fitted[None])[0]) - 2 - expected.shape[1]) <= 3


@pytest.mark.parametrize("value", [0, 128, 200, 255])
@pytest.mark.parametrize("size", [(28, WIDTH), (90, 700)])
def test_blank_paper_reads_as_nothing(value, size, trained, rng):
    paper = np.full(size, value, np.uint8)
    noise = rng.integers(0, 8, size, np.uint8)  # paper is never quite even
    assert read(trained[0], [paper, np.where(paper > 8, paper - noise, noise)]) == ["", ""]


def test_color_is_turned_to_gray_and_said(trained, sixteen):
    reader = trained[0]
    text = reader.read(sixteen[14:15])
    colored = np.stack([255 - sixteen.images[14]] * 3, axis=-1)
    opaque = np.concatenate([colored, np.full((28, WIDTH, 1), 255, np.uint8)], axis=-1)
    ink = np.stack([*[np.zeros((28, WIDTH), np.uint8)] * 3, sixteen.images[14]], axis=-1)
    for images in ([colored], colored, [opaque], [ink]):  # `ink` is black on nothing
        with pytest.warns(UserWarning, match="Image 0 is colored"):
            assert reader.read_lines(images) == text


def test_long_lines_are_squeezed_and_said(trained):
    line = np.tile(shapes().images[0], (1, 9))  # 252 px
    with pytest.warns(UserWarning, match="Image 1 is 2.. px wide.*squeezed to the 160 px"):
        texts = trained[0].read_lines([line[:, :56], line])
    assert texts[0] == "oo" and isinstance(texts[1], str)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # as narrow as lines of the training
        trained[0].read_lines([line[:, :220]])


@pytest.mark.parametrize(
    "image, error, message",
    [
        (np.zeros((0, 30), np.uint8), ValueError, r"Image 1 is empty.*\(0, 30\)"),
        (np.zeros((28, 30), np.float32), TypeError, "Image 1 has type float32.*astype"),
        (np.zeros((28, 30), bool), TypeError, "Image 1 has type bool"),
        (np.zeros((28, 30, 2), np.uint8), ValueError, r"Image 1 has shape \(28, 30, 2\)"),
        (np.zeros(30, np.uint8), ValueError, r"Image 1 has shape \(30,\)"),
        (np.broadcast_to(np.uint8(0), (10_000, 10_000)), ValueError, "100,000,000 pixels"),
        (np.broadcast_to(np.uint8(0), (10_000, 10_000, 3)), ValueError, "100,000,000 pixels"),
    ],
)
def test_what_is_no_image_of_a_line(image, error, message):
    reader = padding_cannot_matter()
    with pytest.raises(error, match=message):
        reader.read_lines([np.zeros((28, 30), np.uint8), image])
    if image.ndim == 2:
        with pytest.raises(error):
            reader.read_lines(image)


# Files


def test_what_is_saved_reads_the_same(trained, sixteen, tmp_path):
    reader = trained[0]
    path = reader.save(tmp_path / "new" / "reader.keras")
    assert [file.name for file in path.parent.iterdir()] == ["reader.keras"]
    loaded = Recognizer.load(path)
    assert loaded.alphabet == ALPHABET and loaded.geometry == GEOMETRY and loaded.trims
    np.testing.assert_allclose(loaded.logits(sixteen), reader.logits(sixteen), atol=1e-5)
    assert loaded.read(sixteen) == reader.read(sixteen)


def test_windows_alphabet_and_width_are_saved(tmp_path, sixteen):
    network = networks.line_lstm_ctc((28, WIDTH), num_classes=4, lstm_size=2)
    reader = Recognizer(network, Alphabet("жшщ"))
    loaded = Recognizer.load(reader.save(tmp_path / "windows.keras"))
    assert loaded.alphabet.characters == "жшщ"
    assert (loaded.geometry, loaded.num_frames, loaded.trims) == (GEOMETRY, 30, False)
    np.testing.assert_allclose(loaded.logits(sixteen[:2]), reader.logits(sixteen[:2]), atol=1e-5)


def test_files_that_are_no_recognizer(tmp_path):
    with pytest.raises(FileNotFoundError, match="no recognizer at.*lab 03"):
        Recognizer.load(tmp_path / "none.keras")
    path = tmp_path / "text.keras"
    path.write_text("<html>not found</html>")
    with pytest.raises(ValueError, match="text.keras is not a recognizer's file"):
        Recognizer.load(path)
    reader = padding_cannot_matter()
    reader.network.save(path := tmp_path / "plain.keras")  # Keras' own: no alphabet
    with pytest.raises(ValueError, match="plain.keras is not a recognizer's file"):
        Recognizer.load(path)
    whole = reader.save(tmp_path / "whole.keras")
    path = tmp_path / "cut.keras"
    path.write_bytes(whole.read_bytes()[:-100])
    with pytest.raises(ValueError, match="cut.keras is not a recognizer's file"):
        Recognizer.load(path)
    path = tmp_path / "flipped.keras"
    with zipfile.ZipFile(whole) as archive:
        place = archive.getinfo("model.weights.h5").header_offset + 500
    data = bytearray(whole.read_bytes())
    data[place : place + 300] = bytes(300)
    path.write_bytes(data)
    with pytest.raises(ValueError, match="flipped.keras is damaged"):
        Recognizer.load(path)


def test_a_file_of_a_newer_keras_says_so(tmp_path):
    whole, newer = padding_cannot_matter().save(tmp_path / "whole.keras"), tmp_path / "newer.keras"
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(newer, "w") as changed:
        for name in archive.namelist():
            text = archive.read(name)
            if name == "config.json":
                text = text.replace(b'"seed": null', b'"seed": null, "unheard_of": 1')
            if name == line.KERAS_METADATA:
                text = b'{"keras_version": "99.0"}'
            changed.writestr(name, text)
    with pytest.raises(ValueError, match=f"by Keras 99.0, and Keras {keras.__version__} cannot"):
        Recognizer.load(newer)


def test_a_file_is_whole_or_absent(tmp_path, monkeypatch):
    reader = padding_cannot_matter()
    with pytest.raises(ValueError, match="must end in .keras"):
        reader.save(tmp_path / "reader.h5")
    assert list(tmp_path.iterdir()) == []
    path = reader.save(tmp_path / "reader.keras")
    before = path.read_bytes()

    def full(*_):
        raise OSError("No space left on device")

    for module, name in ((line.os, "replace"), (line.zipfile.ZipFile, "writestr")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, full)
            with pytest.raises(OSError, match="No space left"):
                reader.save(path)
        assert path.read_bytes() == before
        assert [file.name for file in tmp_path.iterdir()] == ["reader.keras"]
    with pytest.raises(OSError):
        reader.save(path / "below_a_file.keras")
