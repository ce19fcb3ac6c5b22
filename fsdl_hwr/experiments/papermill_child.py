"""Papermill in a process of its own, which ends when the one that started it is gone.

Kernels end with their papermill. So nothing goes on in the run folder after a kill, and a second
run in a folder waits until the first has left it.
"""

import functools
import json
import math
import os
import signal
import sys
import threading
import time
from pathlib import Path

from fsdl_hwr import files
from fsdl_hwr.experiments import notebooks

# Papermill's 4 s are too few for a kernel's last outputs if a cell prints much.
SECONDS_FOR_OUTPUT = 60
# Otherwise each kernel warns, in red, that its connection within this machine is not encrypted.
KERNEL_OPTIONS = ["--IPKernelApp.log_level=ERROR"]
SECONDS_TO_LOOK = 0.5
_status = notebooks.INTERRUPTED  # what an interrupt ends this process with


def main() -> None:
    """Run `papermill_child LAB FOLDER REASON LIMITS …`: the rest is papermill's own.

    REASON: a file that gets the error which stopped papermill. LIMITS: JSON of what
    `notebooks.run_notebook` calls minutes, token and keep_finished.
    """
    import click
    from papermill import engines
    from papermill.cli import papermill

    lab, folder, reason = map(Path, sys.argv[1:4])
    limits, options = json.loads(sys.argv[4]), sys.argv[5:]
    executed, _, partial = notebooks.paths(lab, folder)
    client = engines.PapermillNotebookClient
    engines.PapermillNotebookClient = functools.partial(
        client, iopub_timeout=SECONDS_FOR_OUTPUT, extra_arguments=KERNEL_OPTIONS
    )
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    try:
        with files.lock(folder, notebooks.LOCK):
            if limits["keep_finished"] and notebooks.is_finished(lab, folder):
                return  # another sweep did it while this one waited
            notebooks.remove_older(lab, folder)
            watched = limits["minutes"], limits["token"]
            threading.Thread(target=_watch, args=watched, daemon=True).start()
            try:
                papermill([str(lab), str(partial), *options], standalone_mode=False)
            finally:
                notebooks.kill_children(os.getpid())  # a kernel that hangs in its start
            os.replace(partial, executed)
            notebooks.write_report(lab, folder)  # before another run takes the folder
            if not notebooks.is_finished(lab, folder):
                sys.exit(notebooks.NO_RESULTS)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(_status)
    except Exception as error:
        reason.write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
        raise


def _exit_with_parent() -> None:
    """Wait for the end of standard input, which the starting process holds; then stop."""
    while os.read(0, 1):
        pass
    _stop(notebooks.INTERRUPTED)


def _watch(minutes: float, token: str | None) -> None:
    """Stop when the time is up, or when the sweep's caller has taken its token away."""
    end = time.monotonic() + (60 * minutes or math.inf)
    while time.monotonic() < end:
        if token and not os.path.exists(token):
            _stop(notebooks.INTERRUPTED)
        time.sleep(SECONDS_TO_LOOK)
    _stop(notebooks.TOO_LONG)


def _stop(status: int) -> None:
    """Interrupt papermill, which ends its kernel; if that hangs, end both at once."""
    global _status
    _status = status
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(notebooks.SECONDS_TO_STOP)
    notebooks.kill_children(os.getpid())
    os._exit(status)


if __name__ == "__main__":
    main()
