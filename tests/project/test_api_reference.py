"""The API reference is made from the sources, without importing them."""

import ast
from pathlib import Path

import api_reference

ROOT = Path(__file__).parents[2]
SOURCE = '''
"""Two <things> in *one* module."""

class Line:
    """A line."""

    width: int

    def cut(self, at: int) -> "Line":
        """Cut it at `at`."""

def read(images: tuple[int, int] = (28, 28), *, beam_width: int = 3, another="abcdefg", x=(0,)):
    """Read lines, as [1] does.

    Args:
        images: uint8, ink 255 on 0,
            upright.
        beam_width: of a_b.
    """

def _hidden():
    """Not for readers."""
'''


def test_a_module_becomes_a_page(tmp_path):
    package = tmp_path / "kit"
    (package / "checks").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "checks" / "lab_01.py").write_text('"""Answers."""')
    (package / "reader.py").write_text(SOURCE)
    (page,) = api_reference.write_reference(package, tmp_path / "pages")
    text = page.read_text()
    assert text.startswith("# reader\n\nTwo \\<things\\> in *one* module.")
    assert "## Line\n\n```python\nclass Line:\n    width: int\n```\n\nA line." in text
    assert "def cut(self, at: int) -> 'Line'\n```\n\nCut it at `at`." in text
    assert "    images: tuple[int, int]=(28, 28),\n    *,\n    beam_width: int=3,\n" in text
    assert "as \\[1\\] does." in text
    assert "- `images`: uint8, ink 255 on 0,\n  upright.\n- `beam_width`: of a\\_b." in text
    assert "hidden" not in text


def test_every_public_name_of_the_package_is_described(tmp_path):
    pages = api_reference.write_reference(ROOT / "fsdl_hwr", tmp_path)
    text = "\n".join(page.read_text("utf-8") for page in pages)
    for path in (ROOT / "fsdl_hwr").rglob("*.py"):
        if "checks" not in path.parts and not path.name.startswith("_"):
            for node in api_reference.public(ast.parse(path.read_text("utf-8")).body):
                assert f"# {node.name}\n" in text, f"{path.name}: {node.name}"
