"""The kit sends nothing anywhere by itself: a run without a network does not even ask for one."""

import socket
import threading

import pytest
from paths import TESTS
from tiny_lab import make_lab

from fsdl_hwr import experiments

pytestmark = pytest.mark.notebook

# Of every Python process of a run: writes down each host that it asks for or connects to.
WATCH = """
import socket

def note(host):
    if host not in ("127.0.0.1", "localhost", "::1", None, "", b""):
        with open({log!r}, "a") as file:
            print(host, file=file)
        raise OSError("the network is cut")

def watched(original):
    def connect(self, address):
        if isinstance(address, tuple):
            note(address[0])
        return original(self, address)
    return connect

ask = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **named: note(host) or ask(host, *rest, **named)
socket.socket.connect = watched(socket.socket.connect)
socket.socket.connect_ex = watched(socket.socket.connect_ex)
"""
PARAMETERS = """\
tests: str = ""  # where the small recognizer is
run_folder: str = ""  # where the run goes
"""
RUN = """\
import sys
sys.path.insert(0, tests)
import small
from fsdl_hwr import experiments
from fsdl_hwr.datasets import lines
from fsdl_hwr.experiments import tracking
from fsdl_hwr.explorers import collapse_explorer
experiments.set_up()
sixteen = lines.make_lines(small.MAKER, small.TEXTS, 0)
reader = small.tiny()
run = tracking.start(run_folder, {}, wandb_mode="offline")
reader.fit(sixteen, sixteen, epochs=1, folder=run_folder, callbacks=run.callbacks(reader, sixteen))
experiments.write_results(run_folder, "tiny", {}, {"read": len(reader.read(sixteen))})
run.finish()
"""


@pytest.fixture
def proxy():
    """A proxy that takes down who asks it: programs that are not Python ask one, too."""
    server = socket.create_server(("127.0.0.1", 0))
    asked = []

    def listen():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:  # closed
                return
            asked.append(connection.recv(1000))
            connection.close()

    threading.Thread(target=listen, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
    server.close()


def test_a_training_with_its_record_and_report_tries_no_connection(tmp_path, proxy):
    address, asked = proxy
    log = tmp_path / "asked.txt"
    (tmp_path / "sitecustomize.py").write_text(WATCH.format(log=str(log)))
    names = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    environment = {"PYTHONPATH": str(tmp_path), **dict.fromkeys(names, address)}
    lab = make_lab(tmp_path, RUN, parameters=PARAMETERS)
    told = {"tests": str(TESTS)}
    folder = experiments.run_notebook(lab, told, tmp_path / "run", environment)
    assert (folder / "tiny.html").is_file() and list(folder.glob("wandb/offline-run-*"))
    assert not log.exists(), log.read_text()
    assert asked == []


def test_the_watch_sees_a_connection(tmp_path, proxy):
    address, asked = proxy
    (tmp_path / "sitecustomize.py").write_text(WATCH.format(log=str(tmp_path / "asked.txt")))
    code = (
        "import urllib.request as u\ntry: u.urlopen('http://example.org')\nexcept OSError: pass\n"
    )
    code += "open(run_folder + '/results.json', 'w').write('{}')"
    environment = {"PYTHONPATH": str(tmp_path)}
    lab = make_lab(tmp_path, code, parameters=PARAMETERS)
    experiments.run_notebook(lab, {}, tmp_path / "run", environment)
    assert (tmp_path / "asked.txt").read_text().split() == ["example.org"]
    environment |= {"http_proxy": address}
    experiments.run_notebook(lab, {}, tmp_path / "run", environment)
    assert len(asked) == 1
