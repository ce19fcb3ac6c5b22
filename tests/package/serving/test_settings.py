"""What the process above the workers tells them, by the environment."""

import pytest

from fsdl_hwr.serving.settings import ENVIRONMENT, Settings

pytest.importorskip("fastapi", reason="needs the extra serve")
from fsdl_hwr.serving import app as service  # noqa: E402


def test_settings_come_through_the_environment(monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, Settings(room=3).to_json())
    assert service.from_environment().state.settings == Settings(room=3)
    monkeypatch.setenv(ENVIRONMENT, '{"rooms": 3}')
    with pytest.raises(ValueError, match="unknown settings: rooms"):
        service.from_environment()
