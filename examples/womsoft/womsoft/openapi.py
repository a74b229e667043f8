"""Writes the documentation of the API: `python -m womsoft.openapi docs/openapi.json`."""

import json
import sys
from pathlib import Path

from womsoft.app import create_app
from womsoft.settings import Settings


def render() -> str:
    """The same for every version of the service, so that it changes with the API alone."""
    app = create_app(Settings(database_url="sqlite://", version="1", seats=1))
    return json.dumps(app.openapi(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(), encoding="utf-8")
