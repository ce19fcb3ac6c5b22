"""Runs the gate's tests on copies of the package, one after another, in one process.

Run as a script, and never imported: it imports the package anew from every folder that it is
given, so that NumPy, OpenCV and Keras are imported once for all. It writes a line of JSON per
folder: {"folder": ..., "findings": {test: what it says, "" if it passes}}.
"""

import importlib
import json
import sys

PACKAGE = "fsdl_hwr"


def forget_package() -> None:
    """Drop the package's modules, so that the next import reads other files."""
    for name in [n for n in sys.modules if n.split(".")[0] == PACKAGE]:
        del sys.modules[name]
    importlib.invalidate_caches()


def main(kinds: str, *folders: str) -> None:
    """Test the package in each folder; a package that cannot be imported fails in one word."""
    sys.path[0] = ""  # in place of this script's folder
    sys.dont_write_bytecode = True
    for folder in folders:
        sys.path[0] = folder
        forget_package()
        try:
            suite = importlib.import_module(f"{PACKAGE}.gate.suite")
            findings = suite.run(tuple(kinds.split(",")))
        except Exception as error:
            findings = {"import": f"{type(error).__name__}: {error}"}
        print(json.dumps({"folder": folder, "findings": findings}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
