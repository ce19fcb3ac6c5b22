"""The page that reads without a server, in Chromium with the network cut."""

import build_browser
import numpy as np
import pytest
from paths import RUNS

from fsdl_hwr import weights
from fsdl_hwr.datasets import canvas_ink
from fsdl_hwr.datasets.lines import Lines, ink_widths
from fsdl_hwr.serving import onnx

TEXTS = ["meet me at noon", "12 May", "Anna Weber", "thank you", "two eggs", "a red house"]
LINES = 200  # for the long test
LARGEST = 10_000_000  # bytes of the one file
LOADS, READS = 15_000, 1_000  # ms, on a machine that does something else beside
READ_INK = "async (ink) => handwriting.readImage(handwriting.lineImage(ink))"
DRAW_INK = "(ink) => Array.from(handwriting.lineImage(ink).pixels)"
READ_IMAGE = """async ([height, width, text]) => {
  const pixels = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const image = { height, width, pixels };
  const { text: said } = await handwriting.readImage(image);
  const { frames, values } = await handwriting.logits(image);
  return [said, frames, Array.from(values)];
}"""


@pytest.fixture(scope="module")
def page_file():
    try:
        return build_browser.build(weights.ONNX, RUNS / "browser")
    except build_browser.NoRuntime as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def page(page_file, _lab):
    """The page opened from disk, offline; what it asks for, and its errors, are in `.seen`."""
    context = _lab.browser.new_context(offline=True)
    page = context.new_page()
    page.seen = []
    page.on("request", lambda request: page.seen.append(request.url))
    page.on("console", lambda message: page.seen.append(message.text))
    page.on("pageerror", lambda error: page.seen.append(str(error)))
    page.goto(page_file.as_uri())
    page.wait_for_selector("body[data-ready]", timeout=60_000)
    yield page
    context.close()


@pytest.fixture(scope="module")
def reader():
    return onnx.load(weights.ONNX)


def parity(page, reader, samples):
    """Read samples in the page and here: texts of ink, of its image, and largest difference."""
    import base64

    texts, differences, same_images = [], [], []
    for sample in samples:
        image = canvas_ink.line_image(sample.ink, reader.geometry)[None]
        lines = Lines(image, ("",), ink_widths(image))
        logits = reader.logits(lines)[0]
        own = page.evaluate(READ_INK, canvas_ink.to_lists(sample.ink))
        sent = base64.b64encode(image.tobytes()).decode("ascii")
        said, frames, values = page.evaluate(READ_IMAGE, [*image.shape[1:], sent])
        found = np.reshape(values, (-1, logits.shape[1]))[:frames]
        differences.append(float(np.abs(found - logits[:frames]).max()))
        same_images.append(said == reader.read(lines)[0])
        texts.append((own["text"], reader.read(lines)[0]))
    return texts, same_images, max(differences)


def test_it_is_one_small_file_that_asks_for_nothing(page, page_file):
    assert page_file.stat().st_size <= LARGEST
    assert [url for url in page.seen if not url.startswith(("blob:", "data:"))] == [
        page_file.as_uri()
    ]
    assert int(page.evaluate("document.body.dataset.ready")) < LOADS


def test_a_pen_writes_and_the_page_reads(page, reader):
    sample = canvas_ink.embedded_samples("line", TEXTS[:1], 1)[0]
    paper = page.locator(".fsdl-paper")
    box = paper.bounding_box()
    scale = box["width"] / canvas_ink.SIZES["line"][0]
    for stroke in sample.ink:
        places = [(box["x"] + x * scale, box["y"] + y * scale) for x, y, _ in stroke.tolist()]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)
        page.mouse.up()
    page.wait_for_function("document.querySelector('output').textContent.length > 8")
    expected = reader.read_lines(canvas_ink.line_image(sample.ink, reader.geometry))[0]
    page.wait_for_function(f"document.querySelector('output').textContent == {expected!r}")
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("document.querySelector('output').textContent == ''")


def test_the_page_reads_what_python_reads(page, reader):
    samples = canvas_ink.embedded_samples("line", TEXTS, 0)
    texts, same_images, difference = parity(page, reader, samples)
    assert all(same_images)
    assert difference < 1e-3
    assert all(own == other for own, other in texts)


def test_the_page_draws_what_python_draws(page, reader):
    """Pixel for pixel: the page repeats OpenCV's lines, distances, areas, and Python's rounding."""
    for sample in canvas_ink.embedded_samples("line", TEXTS, 2):
        expected = canvas_ink.line_image(sample.ink, reader.geometry)
        drawn = page.evaluate(DRAW_INK, canvas_ink.to_lists(sample.ink))
        found = np.array(drawn, np.uint8).reshape(expected.shape)
        differing = (found != expected).sum()  # floats of other widths may round otherwise
        assert differing <= 20 < (expected > 0).sum(), sample.label


def test_a_line_takes_a_moment(page, reader):
    ink = canvas_ink.to_lists(canvas_ink.embedded_samples("line", TEXTS[:1], 0)[0].ink)
    milliseconds = page.evaluate(
        f"async (ink) => {{ const read = {READ_INK}; await read(ink); const began = "
        "performance.now(); for (let k = 0; k < 10; k++) await read(ink); "
        "return (performance.now() - began) / 10; }",
        ink,
    )
    print(f"a line: {milliseconds:.0f} ms")
    assert milliseconds < READS


@pytest.mark.long
def test_two_hundred_lines_are_read_alike(page, reader):
    from fsdl_hwr.datasets import sources

    texts = sources.sentences("faker", "test", alphabet=reader.alphabet, num=LINES, max_length=22)
    samples = canvas_ink.embedded_samples("line", texts.texts[:LINES], 0)
    read, same_images, difference = parity(page, reader, samples)
    print(f"logits differ by {difference:.1e}; images {np.mean(same_images):.1%}")
    print(f"inks read alike: {np.mean([own == other for own, other in read]):.1%}")
    assert all(same_images) and difference < 1e-3
    assert np.mean([own == other for own, other in read]) >= 0.99
