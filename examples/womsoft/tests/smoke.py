"""Asks a running service for all that matters: `python tests/smoke.py http://127.0.0.1:8000`."""

import json
import sys
import uuid
from urllib.request import Request, urlopen


def ask(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = Request(sys.argv[1] + path, data, {"content-type": "application/json"}, method=method)
    with urlopen(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text else None


if __name__ == "__main__":
    licence = f"smoke-{uuid.uuid4()}"
    assert ask("GET", "/health")["status"] == "healthy"
    ask("POST", "/api/v1/activations", {"licence": licence, "machine": "smoke"})
    assert ask("GET", f"/api/v1/licences/{licence}")["machines"] == ["smoke"]
    ask("DELETE", f"/api/v1/licences/{licence}/machines/smoke")
    print(f"{sys.argv[1]}: {ask('GET', '/version')['version']} works")
