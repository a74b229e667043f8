"""Asks the API beside it for what only a secret opens: `python -m project_manager.smoke`."""

import hashlib
import hmac
from urllib.request import Request, urlopen

from project_manager.settings import load

if __name__ == "__main__":
    body = b'{"zen": "Keep it logically awesome."}'
    signature = hmac.new(load().github_webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/json",
        "x-github-event": "ping",
        "x-github-delivery": "smoke",
        "x-hub-signature-256": f"sha256={signature}",
    }
    with urlopen(Request("http://127.0.0.1:8000/webhook/github", body, headers), timeout=10) as answer:
        print("webhook:", answer.read().decode())
