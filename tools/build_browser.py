"""Build the page that reads in the browser, without a server: `make browser`.

Writes runs/browser/index.html, one file that opens by a double click and asks nothing of anybody,
and runs/browser/site/, the same in parts for a static host, which caches them. ONNX Runtime Web
comes from npm, in the version and with the checksum below; it is kept in runs/browser/.
"""

import argparse
import base64
import gzip
import hashlib
import json
import shutil
import string
import subprocess
import sys
import tarfile
from pathlib import Path

from fsdl_hwr import files, weights
from fsdl_hwr.serving import onnx

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "fsdl_hwr" / "serving" / "browser"
SHARED = ROOT / "fsdl_hwr" / "explorers"
OUTPUT = ROOT / "runs" / "browser"
VERSION = "1.30.0"
PACKAGE = f"onnxruntime-web-{VERSION}.tgz"
SHA512 = (  # npm view onnxruntime-web@1.30.0 dist.integrity
    "q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
)
PARTS = {  # of the page: a file of the package, or the recognizer
    "runtime.mjs": "package/dist/ort.wasm.bundle.min.mjs",
    "runtime.wasm": "package/dist/ort-wasm-simd-threaded.wasm",
}
# What the page may do: run its own scripts and the runtime. In one file it may ask for nothing.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:; connect-src $connect"
)


class NoRuntime(Exception):
    """ONNX Runtime Web cannot be had here; the text says why, and what to do."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, default=weights.ONNX, help="an .onnx file")
    parser.add_argument("--folder", type=Path, default=OUTPUT, help="where the page goes")
    arguments = parser.parse_args()
    try:
        page = build(arguments.weights, arguments.folder)
    except (NoRuntime, FileNotFoundError, ImportError, ValueError) as error:
        print(f"build_browser: {error}", file=sys.stderr)
        return 1
    print(f"{page}: {page.stat().st_size / 1e6:.1f} MB; {page.parent / 'site'} for a static host")
    return 0


def build(network: Path, folder: Path) -> Path:
    """Build the page around a recognizer's `.onnx` file; returns the one file that holds all.

    Raises `NoRuntime`, `ValueError` for a recognizer of another layout than the page's, and what
    `onnx.load` raises.
    """
    reader = onnx.load(network)
    if not reader.geometry.deviations:
        raise ValueError(f"{network} was trained on lines of a layout that the page cannot make.")
    parts = runtime(folder) | {"reader.onnx": network.read_bytes()}
    told = {**reader.describe(), "trims": reader.trims}
    site = folder / "site"
    site.mkdir(parents=True, exist_ok=True)
    for name, data in parts.items():
        with files.write_atomically(site / name) as partial:
            partial.write_bytes(data)
    version = hashlib.sha256(parts["reader.onnx"]).hexdigest()[:12]
    for path, embedded in ((folder / "index.html", parts), (site / "index.html", {})):
        text = page(told, version, embedded)
        with files.write_atomically(path) as partial:
            partial.write_text(text, encoding="utf-8")
    return folder / "index.html"


def page(told: dict, version: str, parts: dict[str, bytes]) -> str:
    """Return the page's HTML, with its parts in it, or beside it if none are given."""
    script = [SHARED / "explorers.js"] + [SOURCES / f"{n}.js" for n in ("layout", "reader", "page")]
    style = [SHARED / "explorers.css", SHARED / "canvas_explorer.css", SOURCES / "page.css"]
    packed = {name: base64.b64encode(gzip.compress(data, 9, mtime=0)).decode("ascii")
              for name, data in parts.items()}  # fmt: skip
    template = string.Template((SOURCES / "index.html").read_text("utf-8"))
    return template.substitute(
        policy=POLICY.replace("$connect", "'none'" if parts else "'self'"),
        style="\n".join(path.read_text("utf-8") for path in style),
        script="\n".join(path.read_text("utf-8") for path in script),
        recognizer=json.dumps(told).replace("<", "\\u003c"),
        parts="\n".join(
            f'<script type="text/plain" id="{name}">{text}</script>'
            for name, text in packed.items()
        ),
        version=version,
        runtime=VERSION,
    )


def runtime(folder: Path) -> dict[str, bytes]:
    """Return the runtime's files by their names in the page, fetched from npm if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    package = folder / PACKAGE
    if not package.is_file():
        fetch(folder)
    found = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode("ascii")
    if found != SHA512:
        package.unlink()
        raise NoRuntime(f"{PACKAGE} is not what was published: its SHA-512 is {found}. Try again.")
    with tarfile.open(package) as archive:
        opened = {name: archive.extractfile(member) for name, member in PARTS.items()}
        return {name: file.read() for name, file in opened.items() if file}


def fetch(folder: Path) -> None:
    """Let npm download the package, 33 MB; nothing of it is installed or run."""
    npm = shutil.which("npm")
    if npm is None:
        raise NoRuntime(f"npm is missing, which brings ONNX Runtime Web: install Node.js, or put "
                        f"{PACKAGE} into {folder}.")  # fmt: skip
    command = [npm, "pack", "--silent", "--ignore-scripts", f"onnxruntime-web@{VERSION}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode or not (folder / PACKAGE).is_file():
        raise NoRuntime(
            f"npm could not fetch onnxruntime-web {VERSION}: {done.stderr.strip()[-300:]}"
        )


if __name__ == "__main__":
    sys.exit(main())
