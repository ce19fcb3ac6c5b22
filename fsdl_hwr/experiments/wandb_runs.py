"""Weights & Biases beside a run's own record, on request."""

import os
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

WANDB_SERVER = "https://api.wandb.ai"
SECONDS_TO_CONNECT = 3


def start(run, sessions: list[dict], mode: str, project: str) -> tuple:
    """Start W&B without a question; return its run and what our record keeps of it.

    Online, a resumed run goes on in W&B. Offline W&B cannot resume: it gets a new run, of the same
    group, whose configuration names the one before.
    """
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
    started = wandb.init(
        project=project,
        dir=run.folder,
        mode="online" if mode == "online" else "offline",
        id=name,
        name=f"{run.folder.name} {run.id}",
        group=run.id,
        config={**run.config, **link},
        resume="allow" if goes_on else None,
        settings=wandb.Settings(silent=True, console="off"),
    )
    if mode == "online":
        print(f"W&B: {started.url}", flush=True)
    else:
        folder = Path(started.dir).parent
        print(f"W&B: logged offline; `wandb sync {folder}` uploads it.", flush=True)
    return started, {"mode": mode, "id": name}


def _why_offline() -> str:
    """Say why W&B cannot be online; an empty text where it can."""
    server = os.environ.get("WANDB_BASE_URL", WANDB_SERVER)
    if not _logged_in(server):
        return "nobody is logged in"
    answers = []

    def ask():
        try:
            urllib.request.urlopen(server, timeout=SECONDS_TO_CONNECT).close()
        except urllib.error.HTTPError:
            pass  # an answer, whatever it says
        except OSError:
            return
        answers.append(server)

    asking = threading.Thread(target=ask, daemon=True)  # names can take longer than a time-out
    asking.start()
    asking.join(SECONDS_TO_CONNECT)
    return "" if answers else f"{server} does not answer"


def _logged_in(server: str) -> bool:
    """Look for a key where W&B does: in the environment, then in the netrc file."""
    import netrc

    if os.environ.get("WANDB_API_KEY"):
        return True
    host = server.split("://")[-1].split("/")[0]
    path = Path(os.environ.get("NETRC", "~/.netrc")).expanduser()
    try:
        return netrc.netrc(path).authenticators(host) is not None
    except (OSError, netrc.NetrcParseError):
        return False


def table(lines, read: Sequence[str]):
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
