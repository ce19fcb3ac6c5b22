"""Point every badge and set-up cell to another repository: for a fork, once.

`python tools/set_repository.py owner/name` rewrites pyproject.toml, where the address stands, and
every notebook and paper that names it.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYPROJECT = ROOT / "pyproject.toml"
PAPERS = ("README.md", "CONTRIBUTING.md", "CITATION.cff")


def repository() -> str:
    """Give the repository that the kit names itself by, as owner/name."""
    address = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["urls"]["Repository"]
    return address.removeprefix("https://github.com/")


def mentions(text: str, name: str) -> int:
    """Count where a text links to a repository, on GitHub, in Colab or on Binder."""
    return len(re.findall(rf"(?:github\.com|/github|/gh)/{re.escape(name)}(?![\w-])", text))


def main(new: str) -> int:
    """Rewrite the files; return how many changed. Raises `ValueError` for what is no name."""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", new):
        raise ValueError(f"{new!r} is no repository: write owner/name, as in its address.")
    old = repository()
    changed = 0
    papers = [ROOT / name for name in PAPERS if (ROOT / name).is_file()]
    for path in [PYPROJECT, *papers, *sorted((ROOT / "labs").rglob("*.ipynb"))]:
        text = path.read_text("utf-8")
        if mentions(text, old):
            path.write_text(text.replace(f"/{old}", f"/{new}"), "utf-8")
            changed += 1
    return changed


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        print(f"{main(sys.argv[1])} files name {sys.argv[1]} now")
    except ValueError as error:
        sys.exit(str(error))
