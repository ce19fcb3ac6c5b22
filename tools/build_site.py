"""Build the site of executed labs: `make site`, which executes the labs first.

Reads runs/site/<lab>/<lab>.ipynb, lays out README, labs, exercises, guides and an API reference as
Sphinx' sources in runs/site/source, and writes runs/site/html. Fails on any warning of Sphinx, on a
link within the site that leads nowhere, and on a page that would fetch something from elsewhere.
"""

import html
import re
import runpy
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import api_reference  # beside this script
import nbformat

from fsdl_hwr.experiments import reports

ROOT = Path(__file__).parents[1]
SITE = ROOT / "runs" / "site"
SPHINX = ROOT / ".site" / "bin" / "python"  # its own environment
REPOSITORY = runpy.run_path(str(ROOT / "tools" / "set_repository.py"))["repository"]()
SOURCE, NEW, PAGES = SITE / "source", SITE / "new", SITE / "html"
LINK = re.compile(r"(?<=\]\()(?!https?:|#|mailto:)([^)]+)(?=\))")
CONTENTS = """
```{{toctree}}
:hidden:
:caption: {caption}

{pages}
```
"""


def lay_out() -> None:
    """Write Sphinx' sources: everything at the path that it has in the repository."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.copytree(ROOT / "assets", SOURCE / "assets", ignore=shutil.ignore_patterns("*.py"))
    labs = sorted((ROOT / "labs").glob("*.ipynb"))
    exercises = sorted((ROOT / "labs" / "exercises").glob("*.ipynb"))
    one_run = ROOT / "labs" / "experiments" / "one_run.ipynb"
    pages = [ROOT / "docs" / f"{name}.md" for name in ("using", "results", "teaching", "design")]
    pages.append(ROOT / "CONTRIBUTING.md")
    listed = {"Labs": labs, "Exercises": exercises, "More": [*pages, one_run]}
    sources = {path: SITE / path.stem / path.name for path in labs}  # the executed ones
    targets = {path.relative_to(ROOT) for paths in listed.values() for path in paths}
    for path in (*labs, *exercises, one_run):
        notebook = nbformat.read(sources.get(path, path), as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = linked(cell.source, path, targets)
        nbformat.write(for_a_page(notebook), _made(SOURCE / path.relative_to(ROOT)))
    for path in pages:
        text = linked(path.read_text("utf-8"), path, targets)
        _made(SOURCE / path.relative_to(ROOT)).write_text(text, "utf-8")
    front = linked((ROOT / "README.md").read_text("utf-8"), ROOT / "README.md", targets)
    reference = api_reference.write_reference(ROOT / "fsdl_hwr", SOURCE / "reference")
    listed["Reference"] = [ROOT / path.relative_to(SOURCE) for path in reference]
    for caption, paths in listed.items():
        names = "\n".join(str(path.relative_to(ROOT).with_suffix("")) for path in paths)
        front += CONTENTS.format(caption=caption, pages=names)
    (SOURCE / "index.md").write_text(front, "utf-8")


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def linked(text: str, page: Path, targets: set[Path]) -> str:
    """Turn badges into words, and links to files that are no pages to the repository."""

    def lead(match):
        address, fragment = urldefrag(match[1])
        path = (page.parent / unquote(address)).resolve().relative_to(ROOT)
        if path in targets or path.parts[0] == "assets":
            return match[1]
        if not (ROOT / path).exists():
            raise FileNotFoundError(f"{page.relative_to(ROOT)} links to {match[1]}, which is not.")
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        place = f"{path}{fragment and '#' + fragment}"
        return f"https://github.com/{REPOSITORY}/{kind}/main/{place}"

    return LINK.sub(lead, reports.BADGE.sub(r"[\1]", text))


def for_a_page(notebook):
    """Leave out what only a kernel or a terminal understands; describe the figures."""
    notebook = reports.with_formulas(reports.with_static_explorers(notebook))
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    notebook.cells = [
        cell
        for cell in notebook.cells
        if "injected-parameters" not in cell.metadata.get("tags", [])
    ]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                _described(output) for output in cell.outputs if output.get("name") != "stderr"
            ]
    return notebook


def _described(output):
    """Give a figure its alternative text, which myst-nb would drop."""
    data = output.get("data", {})
    if "image/png" in data:
        alt = html.escape(output.metadata.get("image/png", {}).get("alt", ""))
        image = data.pop("image/png").replace("\n", "")
        data["text/html"] = f'<img src="data:image/png;base64,{image}" alt="{alt}">'
    return output


class _Page(HTMLParser):
    """Collects where a page can be entered, where it leads, and what it needs to be shown."""

    def __init__(self, path: Path):
        super().__init__()
        self.names, self.links, self.needs = set(), [], []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.names |= {found.get("id"), found.get("name")}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag in ("img", "script", "iframe", "source") and found.get("src"):
            self.needs.append(found["src"])
        if tag == "link" and found.get("rel") in ("stylesheet", "icon", "preload"):
            self.needs.append(found["href"])


def broken_links(folder: Path) -> list[str]:
    """List links within a folder of pages that lead nowhere, and what comes from elsewhere."""
    pages = {path.resolve(): _Page(path) for path in sorted(folder.rglob("*.html"))}
    problems = []
    for path, page in pages.items():
        name = path.relative_to(folder.resolve())
        for address in page.needs:
            if urlsplit(address).scheme not in ("", "data") or address.startswith("//"):
                problems.append(f"{name} would fetch {address}")
        for address in [*page.links, *page.needs]:
            if urlsplit(address).scheme or address.startswith("//"):
                continue
            parts = urlsplit(address)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            place = unquote(parts.fragment)
            if not target.exists():
                problems.append(f"{name} leads to {address}, which is not there")
            elif place and target in pages and place not in pages[target].names:
                problems.append(f"{name} leads to {address}, which has no such place")
    return problems


def main() -> int:
    """Build, check, and say where the site is."""
    lay_out()
    shutil.rmtree(NEW, ignore_errors=True)
    command = [SPHINX, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", ROOT / "docs"]
    command += ["-d", SITE / "doctrees", SOURCE, NEW]
    if status := subprocess.run(command).returncode:
        return status
    if problems := broken_links(NEW):
        print("\n".join(problems), file=sys.stderr)
        return 1
    shutil.rmtree(PAGES, ignore_errors=True)
    NEW.rename(PAGES)
    print(f"{(PAGES / 'index.html').relative_to(ROOT)}: {len(list(PAGES.rglob('*.html')))} pages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
