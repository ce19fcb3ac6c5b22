"""A real JupyterLab in headless Chromium, for tests of the explorers and for their pictures.

    with jupyter_page.lab(folder) as lab:
        notebook = lab.open(["from fsdl_hwr.explorers import collapse_explorer as c; c.explore()"])
        notebook.run_all()
        notebook.explorer("Collapse player").screenshot(path="collapse.png")

A key or a click is heard at once by the page, and later by the kernel, which answers later still:
whatever the other side must have noticed is waited for, never read once. `evaluate` is for what
no page can change. Each wait ends with an error that says what was awaited and what was last seen.
"""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat

SCREENSHOTS = Path(__file__).parents[1] / "runs" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
START_SECONDS = 180
WAIT_SECONDS = 90  # for the slowest step on a busy machine, the first page
RUN_SECONDS = 900  # for all cells of a notebook

# JupyterLab's own complaints, which no explorer causes.
NOISE = re.compile(
    r"favicon"  # none is served at some addresses
    r"|/lab/api/(news|update|extensions)"  # answered from the internet, which tests do without
    r"|/lsp/"  # no language servers are installed
    r"|badge"  # the pictures at a lab's top, which are on the internet
)
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},  # every cell in the page
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}


class Lab:
    """A server and a browser."""

    def __init__(self, address: str, folder: Path, browser):
        self.address, self.folder, self.browser = address, folder, browser
        self.notebooks = []

    def open(self, notebook: list[str] | Path) -> "Notebook":
        """Open a notebook of code cells, or a copy of a file, with a kernel of its own."""
        name = f"notebook_{len(self.notebooks)}.ipynb"
        if isinstance(notebook, Path):
            shutil.copy(notebook, self.folder / name)
        else:
            made = nbformat.v4.new_notebook(
                cells=[nbformat.v4.new_code_cell(source) for source in notebook],
                metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            )
            nbformat.write(made, self.folder / name)
        opened = Notebook(self.browser, f"{self.address}/lab/tree/{name}?reset")
        self.notebooks.append(opened)
        return opened


class Notebook:
    """One notebook in a page of its own."""

    def __init__(self, browser, address: str):
        self.context = browser.new_context(viewport={"width": 1400, "height": 1000})
        self.page = self.context.new_page()
        self.page.set_default_timeout(1000 * WAIT_SECONDS)
        self.errors = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(f"{error}\n{error.stack}"))
        self.page.goto(address)
        self.page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext")
        self._ask("(panel) => panel.context.ready.then(() => panel.sessionContext.ready)")
        self.page.wait_for_function(
            "jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
        )

    def _note(self, message) -> None:
        where = message.location.get("url", "")
        if message.type == "error" and not NOISE.search(f"{message.text} {where}"):
            self.errors.append(f"{message.text} ({where})")

    def _ask(self, function: str, argument=None, seconds: float = WAIT_SECONDS):
        """Call a JavaScript function (panel, argument) in the page and wait for what it returns."""
        call = """([argument, seconds, late]) => Promise.race([
            (FUNCTION)(jupyterapp.shell.currentWidget, argument),
            new Promise((_, reject) => setTimeout(() => reject(new Error(late)), 1000 * seconds)),
        ])""".replace("FUNCTION", function)
        late = f"No answer in {seconds:.0f} s: {argument or function}"
        return self.page.evaluate(call, [argument, seconds, late])

    def run_all(self) -> None:
        """Run every cell, and wait until the last has run."""
        run = "() => jupyterapp.commands.execute('notebook:run-all-cells')"
        self._ask(run, seconds=RUN_SECONDS)
        assert not self.cell_errors(), self.cell_errors()

    def cell_errors(self) -> list[str]:
        return self._ask(
            """(panel) => panel.content.widgets.flatMap((cell) =>
                 (cell.model.sharedModel.toJSON().outputs ?? [])
                   .filter((output) => output.output_type === "error")
                   .map((output) => `${output.ename}: ${output.evalue}`))"""
        )

    def explorer(self, label: str):
        """Locate an explorer by its label, once it stands in the page and is scrolled to."""
        found = self.page.get_by_role("group", name=label, exact=True)
        found.wait_for()
        found.scroll_into_view_if_needed()
        return found

    def evaluate(self, expression: str):
        """Evaluate an expression in the kernel, which no page can change; it must fit into JSON."""
        reply = self._ask(
            """(panel, expression) => panel.sessionContext.session.kernel.requestExecute({
                 code: "", silent: true, store_history: false,
                 user_expressions: {value: `__import__("json").dumps(${expression})`},
               }).done.then((reply) => reply.content.user_expressions.value)""",
            expression,
        )
        if reply["status"] != "ok":
            raise AssertionError(f"{expression}: {reply['ename']}: {reply['evalue']}")
        return json.loads(eval(reply["data"]["text/plain"], {}))  # the kernel's repr of a text

    def wait_until(self, what: str, read, accept, seconds: float = WAIT_SECONDS):
        """Read again and again until the value is accepted, and return it."""
        end = time.monotonic() + seconds
        while not accept(value := read()):
            if time.monotonic() > end:
                raise AssertionError(f"Waited {seconds:.0f} s for {what}; last seen: {value!r}.")
            self.page.wait_for_timeout(50)
        return value

    def wait_for(self, expression: str, value, seconds: float = WAIT_SECONDS) -> None:
        """Wait until an expression in the kernel has a value: the page may hold changes back."""
        what = f"{expression} to be {value!r} in the kernel"
        self.wait_until(what, lambda: self.evaluate(expression), lambda v: v == value, seconds)

    def shows(self, element, text: str) -> str:
        """Wait until an element of the page holds a text; return all that it holds."""
        what = f"the page to say {text!r}"
        return self.wait_until(what, element.text_content, lambda content: text in content)

    def gone(self, elements) -> None:
        """Wait until the page has none of these elements."""
        self.wait_until("an element to go", elements.count, lambda count: count == 0)

    def has(self, element, name: str, value: str) -> None:
        """Wait until an element of the page has a value as an attribute."""
        what = f"the attribute {name} to be {value!r}"
        self.wait_until(what, lambda: element.get_attribute(name), lambda v: v == value)

    def focused(self, element) -> None:
        """Wait until an element of the page has the focus."""
        script = "e => e === document.activeElement"
        self.wait_until("the focus", lambda: element.evaluate(script), bool)

    def answered(self, explorer) -> None:
        """Wait until Python has answered all that an explorer has asked so far."""
        self.has(explorer, "aria-busy", "false")

    def theme(self, name: str) -> None:
        """Switch to the theme "light" or "dark"."""
        theme = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[name]
        self._ask("(panel, theme) => jupyterapp.commands.execute('apputils:change-theme', {theme})",
                  theme)  # fmt: skip
        light = "true" if name == "light" else "false"
        self.page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def screenshot(self, name: str, of=None) -> None:
        """Take pictures of an explorer (or of the window) in both themes, to be looked at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for theme in ("dark", "light"):
            self.theme(theme)
            (of or self.page).screenshot(path=SCREENSHOTS / f"{name}-{theme}.png")

    def check(self) -> None:
        """Assert that no cell failed and that the browser's console holds no error."""
        assert not self.cell_errors(), self.cell_errors()
        assert not self.errors, "\n".join(self.errors)

    def close(self) -> None:
        self._ask("(panel) => panel.sessionContext.shutdown()")
        self.context.close()


def browser() -> str | None:
    """Return the path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextlib.contextmanager
def lab(folder: Path) -> Iterator[Lab]:
    """Start a JupyterLab that keeps all that is its own in a folder, and a browser beside it."""
    from playwright.sync_api import sync_playwright

    notebooks = folder / "notebooks"
    notebooks.mkdir()
    server, address = _start_server(folder, notebooks)
    try:
        with sync_playwright() as playwright:
            opened = playwright.chromium.launch(
                executable_path=browser(), args=["--no-sandbox", "--disable-gpu"]
            )
            yield Lab(address, notebooks, opened)
            opened.close()
    finally:
        server.terminate()  # it ends its kernels
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _start_server(folder: Path, notebooks: Path) -> tuple[subprocess.Popen, str]:
    """Start JupyterLab on a free port with settings of its own, and wait until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "config"
    overrides = config / "labconfig" / "default_setting_overrides.json"
    overrides.parent.mkdir(parents=True)
    overrides.write_text(json.dumps(SETTINGS))
    own = {
        "JUPYTER_CONFIG_DIR": config,
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "IPYTHONDIR": folder / "ipython",
        "JUPYTER_PATH": Path(sys.prefix, "share", "jupyter"),
        "JUPYTERLAB_SETTINGS_DIR": folder / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
    }
    log = folder / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
            + [f"--port={port}", "--ServerApp.port_retries=0", "--expose-app-in-browser"]
            + ["--IdentityProvider.token=", f"--ServerApp.root_dir={notebooks}"]
            + ["--LabApp.extension_manager=readonly"],
            env={**os.environ, **{name: str(path) for name, path in own.items()}},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{address}/api/status", timeout=5).close()
            return server, address
        except OSError:
            if server.poll() is not None or time.monotonic() > end:
                server.kill()
                raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}") from None
            time.sleep(0.2)
