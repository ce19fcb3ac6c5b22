"""The kit on the command line: `fsdl-hwr read FILE` or `python -m fsdl_hwr read FILE`; `board`."""

import argparse
import sys
from collections.abc import Sequence

from fsdl_hwr.experiments import board
from fsdl_hwr.serving import command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status: 0, 1 if a file could not be read, 2 for misuse."""
    parser = argparse.ArgumentParser(
        prog="fsdl-hwr", description="Handwriting recognition: read pictures of handwriting."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command.add_read(commands)
    board.add_board(commands)
    chosen = parser.parse_args(arguments)
    return chosen.run(chosen)


if __name__ == "__main__":
    sys.exit(main())
