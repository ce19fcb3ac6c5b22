"""Make an archive of the kit without solutions: `make student` writes runs/fsdl_hwr-student.zip.

It holds what git tracks but for the answers: labs/solutions/ and those that the tests know, right
or wrong. The commands are the same there; tests that need solutions are skipped, and say so.
"""

import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
ARCHIVE = ROOT / "runs" / "fsdl_hwr-student.zip"
ANSWERS = ("labs/solutions/", "tests/unusual_answers.py", "tests/wrong_answers/")


def for_students(files: Iterable[str]) -> list[str]:
    """Leave out the files that hold answers."""
    return [name for name in files if not name.startswith(ANSWERS)]


def write_archive(root: Path, files: Iterable[str], archive: Path) -> None:
    """Write files of a folder into a zip archive, below a folder `fsdl_hwr/`."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name in files:
            target.write(root / name, f"fsdl_hwr/{name}")


def main() -> None:
    """Write the archive of what is committed or added, and say how large it is."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        sys.exit(f"make student needs a git checkout of the kit: {listed.stderr.strip()}")
    files = for_students(filter(None, listed.stdout.split("\0")))
    write_archive(ROOT, [name for name in files if (ROOT / name).is_file()], ARCHIVE)
    size = ARCHIVE.stat().st_size / 1e6
    print(f"{ARCHIVE.relative_to(ROOT)}: {len(files)} files, {size:.1f} MB, without solutions")


if __name__ == "__main__":
    main()
