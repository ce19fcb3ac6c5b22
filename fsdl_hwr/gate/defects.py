"""Planted defects: faults as data, and a copy of the package that has one of them."""

import difflib
import importlib
import os
import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

PACKAGE = Path(__file__).parents[1]
TABLE = Path(__file__).with_name("defects.toml")
UNSEEN = shutil.ignore_patterns("__pycache__", "*.keras", "*.npz")  # by the gate's tests


@dataclass(frozen=True)
class Defect:
    """A fault as a change of one place in the package.

    name: in words. origin: where it was seen. module: the file that it changes, below the package.
    before, after: what stands there once, and what takes its place. test: the test that names it.
    says: words of that test's message. lesson: what the fault costs.
    """

    name: str
    origin: str
    module: str
    before: str
    after: str
    test: str
    says: str
    lesson: str

    def source(self) -> str:
        """Return the module's source with the defect in it.

        Raises `ValueError` if what it replaces does not stand there exactly once.
        """
        sound = (PACKAGE / self.module).read_text(encoding="utf-8")
        if (count := sound.count(self.before)) != 1:
            raise ValueError(
                f"{self.name!r} replaces what stands {count} times in {self.module}: "
                f"{self.before!r}. Bring defects.toml up to date with the package."
            )
        return sound.replace(self.before, self.after)

    def diff(self) -> str:
        """Return what the defect changes, as a unified diff without its heading."""
        sound = (PACKAGE / self.module).read_text(encoding="utf-8").splitlines()
        lines = difflib.unified_diff(sound, self.source().splitlines(), lineterm="", n=1)
        return "\n".join(list(lines)[2:])

    def loaded(self) -> ModuleType:
        """Run the changed module by itself, beside the sound one: what it imports stays sound."""
        name = "fsdl_hwr." + self.module.removesuffix(".py").replace("/", ".")
        sound = importlib.import_module(name)
        module = ModuleType(name)
        module.__file__ = sound.__file__
        exec(compile(self.source(), f"{self.module} ({self.name})", "exec"), vars(module))
        return module


@cache
def load() -> tuple[Defect, ...]:
    """Read the defects that the kit has, in the order of its table."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return tuple(Defect(**row) for row in table["defect"])


def named(name: str) -> Defect:
    """Return the defect of a name. Raises `ValueError` if there is none."""
    for defect in load():
        if defect.name == name:
            return defect
    raise ValueError(f"There is no defect {name!r}: choose one of {[d.name for d in load()]}.")


def copy_package(folder: str | os.PathLike, planted: Sequence[Defect] = ()) -> Path:
    """Copy the package into a folder, with defects planted in the copy; returns the folder."""
    folder = Path(folder)
    shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=UNSEEN)
    for defect in planted:
        (folder / PACKAGE.name / defect.module).write_text(defect.source(), encoding="utf-8")
    return folder
