"""Weights & Biases beside a run's own record, on request."""

import base64
import contextlib
import http.client
import importlib.util
import json
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

WANDB_SERVER = "https://api.wandb.ai"
SECONDS_TO_CONNECT = 3
SECONDS_TO_START = 30  # for W&B's own first questions, after it has answered ours
MAX_ANSWER = 1_000_000  # bytes


def start(run, sessions: list[dict], mode: str, project: str) -> tuple:
    """Start W&B without a question; return its run and what our record keeps of it.

    Online, a resumed run goes on in W&B. Offline W&B cannot resume: it gets a new run, of the same
    group, whose configuration names the one before.

    Args:
        run: the `tracking.Run` that is logged.
        sessions: what the record has kept of earlier starts.
        mode: 'online' or 'offline'.
        project: W&B's name for a group of runs.
    """
    # W&B would ask for its host of crash reports, offline too.
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    import wandb

    if mode == "online" and (reason := _why_offline()):
        print(f"W&B: {reason}, so this run is logged offline.", flush=True)
        mode = "offline"  # at once: after an attempt that failed, W&B fails offline too
    before = [s["wandb"] for s in sessions if s["wandb"]]
    goes_on = bool(before) and mode == before[-1]["mode"] == "online"
    name = f"{run.id}-{len(before) + 1}" if before else run.id
    if goes_on:
        name = before[-1]["id"]
    link = {"resumed_from": before[-1]["id"]} if before and not goes_on else {}
    if wandb.run:  # of a notebook that starts its second run
        wandb.run.finish()
    options = {"project": project, "dir": run.folder, "id": name, "group": run.id}
    options |= {"name": f"{run.folder.name} {run.id}", "config": {**run.config, **link}}
    started, mode = _init(options, mode, resume="allow" if goes_on else None)
    if started is None:
        return None, None
    if mode == "online":
        print(f"W&B: {started.url}", flush=True)
    else:
        folder = Path(started.dir).parent
        print(f"W&B: logged offline; `wandb sync {folder}` uploads it.", flush=True)
    return started, {"mode": mode, "id": name}


def check_installed() -> None:
    """Raise `ModuleNotFoundError` that says what to do if there is no W&B."""
    if importlib.util.find_spec("wandb") is None:
        raise ModuleNotFoundError(
            "Weights & Biases is not installed: pip install wandb, or set wandb_mode='disabled'; "
            "the run's own record is written in any case.",
            name="wandb",
        )


def _init(options: dict[str, Any], mode: Any, resume: Any) -> tuple:
    """Start W&B; if its server breaks off, offline; if that fails too, not at all."""
    import wandb

    options["settings"] = wandb.Settings(silent=True, console="off", init_timeout=SECONDS_TO_START)
    try:
        return wandb.init(**options, mode=mode, resume=resume), mode
    except Exception as error:  # whatever it is, no run dies of its log
        print(f"W&B failed ({_first_line(error)}).", flush=True)
    if mode == "online":
        with contextlib.suppress(Exception):
            wandb.teardown()  # what has failed once would fail offline too
        with contextlib.suppress(Exception):
            return wandb.init(**options, mode="offline"), "offline"
    print("This run is logged in its own record alone.", flush=True)
    return None, mode


def _why_offline() -> str:
    """Return why W&B cannot be online; an empty text if it can."""
    server = os.environ.get("WANDB_BASE_URL", WANDB_SERVER)
    if not (key := _key(server)):
        return "nobody is logged in"
    reasons = [f"{server} does not answer"]

    def ask():
        reasons[0] = _refusal(server, key)

    asking = threading.Thread(target=ask, daemon=True)  # names can take longer than a time-out
    asking.start()
    asking.join(SECONDS_TO_CONNECT)
    return reasons[0]


def _refusal(server: str, key: str) -> str:
    """Ask who is logged in, as W&B does first; say why the answer will not do, or nothing."""
    token = base64.b64encode(f"api:{key}".encode()).decode()
    request = urllib.request.Request(
        f"{server.rstrip('/')}/graphql",
        data=json.dumps({"query": "query Viewer { viewer { id } }"}).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Basic {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_TO_CONNECT) as answer:
            answered = json.loads(answer.read(MAX_ANSWER))
        viewer = answered["data"]["viewer"]
    except urllib.error.HTTPError as error:
        return f"{server} refuses ({error.code} {error.reason})"
    except (ValueError, KeyError, TypeError):
        return f"{server} answers with something else (a sign-in page of the network?)"
    except (OSError, http.client.HTTPException):
        return f"{server} does not answer"
    return "" if viewer else f"{server} does not know the key"


def _key(server: str) -> str:
    """Look for a key where W&B does: in the environment, then in the netrc file; "" without one."""
    import netrc

    if key := os.environ.get("WANDB_API_KEY"):
        return key
    host = server.split("://")[-1].split("/")[0]
    path = Path(os.environ.get("NETRC", "~/.netrc")).expanduser()
    try:
        login = netrc.netrc(path).authenticators(host)
    except (OSError, netrc.NetrcParseError):
        return ""
    return login[2] or "" if login else ""


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def table(lines, read: Sequence[str]):
    """Make a W&B table of line images with what they say and what was read."""
    import wandb

    pairs = zip(lines.images, lines.transcripts, read, strict=True)
    rows = [[wandb.Image(image), text, prediction] for image, text, prediction in pairs]
    return wandb.Table(columns=["image", "transcript", "prediction"], data=rows)


def callback(run):
    """Make W&B's own callback, or, since that wants TensorFlow, one that does its work."""
    import keras

    if keras.backend.backend() == "tensorflow":
        from wandb.integration.keras import WandbMetricsLogger

        return WandbMetricsLogger()

    def log(epoch, logs):
        named = {f"epoch/{name}": value for name, value in logs.items()}
        run.wandb.log({"epoch/epoch": epoch, **named})

    return keras.callbacks.LambdaCallback(on_epoch_end=log)
