"""Copy the labs to `work/`, where a student works in them; `make lab` begins with it.

Git ignores `work/`, so updating the kit never touches an answer, and an answer never dirties the
checkout. A copy that has been worked in is kept: a newer version of the lab is laid beside it under
a new name (`03_line_recognizer_2.ipynb`). Only a copy that nobody has changed is replaced, and a
copy that was deleted is made again.
"""

import hashlib
import json
import os
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LABS, WORK = ROOT / "labs", ROOT / "work"
RECORD = ".copied.json"  # in the copy: the checksum that each notebook had when it was copied
WITHOUT = {"solutions", "params"}  # folders of labs/ that are not for a student's hand


def copy_labs(labs: Path, work: Path) -> list[str]:
    """Bring a copy of the labs up to date, and return one message per notebook that is new.

    Raises `FileExistsError` if there is a file where the copy should be.
    """
    if work.exists() and not work.is_dir():
        raise FileExistsError(f"{work} is a file; the labs are copied to a folder of that name.")
    record = _read_record(work / RECORD)
    messages = []
    for lab in sorted(labs.rglob("*.ipynb")):
        name = lab.relative_to(labs)
        if not WITHOUT & set(name.parts) and ".ipynb_checkpoints" not in name.parts:
            messages += _copy_lab(lab.read_bytes(), work, name, record)
    _write(work / RECORD, json.dumps(record, indent=2).encode(), replace=True)
    return messages


def _copy_lab(content: bytes, work: Path, name: Path, record: dict[str, str]) -> list[str]:
    """Put one lab into the copy, unless this version of it has been there before."""
    new = _checksum(content)
    copies = _copies(work, name)
    first = work / name
    for copy in copies:
        now = _checksum(copy.read_bytes())
        if now == new:  # from another `make lab`, or a record that was lost
            record[_key(copy, work)] = new
    if first.is_file() and new in _versions(record, name):
        return []
    for copy in copies:
        if record.get(_key(copy, work)) == _checksum(copy.read_bytes()):  # nobody changed it
            _write(copy, content, replace=True)
            record[_key(copy, work)] = new
            return [f"{copy} is up to date: it had not been changed"]
    target = _write_beside(first, content)
    record[_key(target, work)] = new
    if target == first:
        return [f"{target} is new"]
    return [f"{first} is yours and stays; the newer version is {target}"]


def _copies(work: Path, name: Path) -> list[Path]:
    """List the copies of a lab: under its own name, and under numbered ones."""
    pattern = re.compile(rf"{re.escape(name.stem)}(_\d+)?{re.escape(name.suffix)}")
    return sorted(path for path in (work / name).parent.glob("*") if pattern.fullmatch(path.name))


def _versions(record: dict[str, str], name: Path) -> set[str]:
    """Return the checksums of the versions of a lab that have been copied so far."""
    pattern = re.compile(rf"{re.escape(name.with_suffix('').as_posix())}(_\d+)?\.ipynb")
    return {checksum for key, checksum in record.items() if pattern.fullmatch(key)}


def _write_beside(first: Path, content: bytes) -> Path:
    """Write a file under its own name or the next free number, never over another one."""
    number = 1
    while True:
        target = first if number == 1 else first.with_stem(f"{first.stem}_{number}")
        try:
            _write(target, content)
            return target
        except FileExistsError:
            if target.read_bytes() == content:  # another `make lab` was quicker
                return target
            number += 1


def _write(path: Path, content: bytes, replace: bool = False) -> None:
    """Write a file atomically. Raises `FileExistsError` if it is there and may not be replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".copying-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        if replace:
            os.replace(temporary, path)
        else:
            os.link(temporary, path)  # refuses an existing name, also one made this moment
    finally:
        Path(temporary).unlink(missing_ok=True)


def _read_record(path: Path) -> dict[str, str]:
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):  # none yet, or damaged: then every copy counts as changed
        return {}
    return record if isinstance(record, dict) else {}


def _key(copy: Path, work: Path) -> str:
    return copy.relative_to(work).as_posix()


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    try:
        first = not WORK.exists()
        messages = copy_labs(LABS, WORK)
        if first:
            print(f"{len(messages)} notebooks are copied to {WORK}: begin with lab 00")
        else:
            print("\n".join(messages) or f"{WORK} has every lab in its newest version")
    except OSError as error:
        sys.exit(f"The labs cannot be copied: {error}")
