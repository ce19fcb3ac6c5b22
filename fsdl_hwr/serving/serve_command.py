"""The command `serve`: the service of `app`, in as many processes as are asked for."""

import argparse
import contextlib
import importlib.util
import os
import socket
import sys
import tempfile
from pathlib import Path

from fsdl_hwr import weights
from fsdl_hwr.language_model import CharacterNgram
from fsdl_hwr.serving import onnx
from fsdl_hwr.serving.monitoring import Reference
from fsdl_hwr.serving.settings import ENVIRONMENT, Settings

NEEDED = ("fastapi", "prometheus_client")  # by the workers alone: this process starts faster
FRONT = Path("runs") / "browser" / "index.html"  # what `make browser` builds
BACKLOG = 256  # connections that may wait to be accepted
CONNECTIONS = 256  # that a worker holds at once


def add_serve(commands) -> None:
    """Add the command `serve` to the subparsers of an `argparse` parser."""
    parser = commands.add_parser(
        "serve",
        help="read pictures over HTTP",
        description="POST a picture to /read (a line) or /page; needs the extra `serve`.",
        epilog="It listens to this computer alone. Put a proxy with TLS and passwords before it "
        "if others shall reach it: fsdl_hwr/serving/README.md.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes; one per core")
    parser.add_argument("--weights", metavar="FILE", default=str(weights.ONNX), help=".onnx")
    parser.add_argument("--candidate", metavar="FILE", default="", help="another, to be tried")
    parser.add_argument("--share", type=float, default=0.1, help="of lines that it reads too")
    parser.add_argument("--canary", action="store_true", help="answer those with the candidate")
    parser.add_argument("--reference", metavar="FILE", default="", help="watch for drift from it")
    parser.add_argument("--front", metavar="FILE", default=str(FRONT), help="the page at /")
    parser.add_argument("--room", type=int, default=8, help="requests in a worker, then 503")
    parser.add_argument(
        "--name", action="append", default=[], help="a host name by which it may be called"
    )
    parser.set_defaults(run=serve)


def serve(arguments: argparse.Namespace) -> int:
    """Serve until a signal comes; return the exit status, 2 if it cannot start."""
    try:
        import uvicorn

        for package in NEEDED:
            if importlib.util.find_spec(package) is None:
                raise ImportError(f"No module named {package!r}")
        _check(arguments)  # or every worker would die of it, again and again
    except ImportError as error:
        missing = f"{error}: python -m pip install 'fsdl-hwr[serve]'"
        print(f"fsdl-hwr: {missing}", file=sys.stderr)
        return 2
    except (FileNotFoundError, ValueError) as error:
        print(f"fsdl-hwr: {error}", file=sys.stderr)
        return 2
    settings = Settings(
        weights=str(Path(arguments.weights).absolute()),
        candidate=arguments.candidate,
        share=arguments.share,
        canary=arguments.canary,
        reference=arguments.reference,
        front=arguments.front,
        room=arguments.room,
        hosts=(arguments.host, f"[{arguments.host}]", *Settings.hosts, *arguments.name),
    )
    os.environ[ENVIRONMENT] = settings.to_json()
    with tempfile.TemporaryDirectory(prefix="fsdl_hwr_counts_") as folder:
        if arguments.workers > 1:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        _run(
            uvicorn.Config(
                "fsdl_hwr.serving.app:from_environment",
                factory=True,
                host=arguments.host,
                port=arguments.port,
                workers=arguments.workers,
                backlog=BACKLOG,
                limit_concurrency=CONNECTIONS,
                timeout_keep_alive=5,
                timeout_graceful_shutdown=5,
                server_header=False,
                access_log=False,
            )
        )
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Raise `FileNotFoundError` or `ValueError` for files with which no worker could start."""
    reader = onnx.load(arguments.weights, threads=1)
    if arguments.candidate:
        onnx.load(arguments.candidate, threads=1)
    if arguments.reference:
        Reference.load(arguments.reference)
        if CharacterNgram.load(weights.NGRAM).alphabet != reader.alphabet:
            raise ValueError(
                f"{arguments.weights} has other characters than the model of English, by which "
                "drift is noticed: serve it without --reference."
            )


def _run(config) -> None:
    """Run one worker here, or several above one socket, as `uvicorn.run` does.

    That socket says that answers are sent at once. asyncio says so only where a socket names its
    protocol, and uvicorn's does not: an answer of two parts would wait 40 ms for the first to be
    acknowledged.
    """
    import uvicorn
    from uvicorn.main import STARTUP_FAILURE
    from uvicorn.supervisors import Multiprocess

    if config.workers > 1:
        listening = config.bind_socket()
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Multiprocess(config, sockets=[listening]).run()
        return
    server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)
