"""The kit on the command line, `fsdl-hwr` or `python -m fsdl_hwr`: `read`, `serve`, `board`."""

import argparse
import io
import sys
from collections.abc import Sequence

from fsdl_hwr.experiments import board
from fsdl_hwr.serving import command, serve_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status: 0, 1 if a file could not be read, 2 for misuse."""
    parser = argparse.ArgumentParser(
        prog="fsdl-hwr", description="Handwriting recognition: read pictures of handwriting."
    )
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal may lack the letters of a text
        sys.stdout.reconfigure(errors="backslashreplace")
    commands = parser.add_subparsers(dest="command", required=True)
    command.add_read(commands)
    serve_command.add_serve(commands)
    board.add_board(commands)
    chosen = parser.parse_args(arguments)
    return chosen.run(chosen)


if __name__ == "__main__":
    sys.exit(main())
