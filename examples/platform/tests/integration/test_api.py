"""The parts together: BACKEND, SERVER and FRONTEND name where each answers. Needs Python alone."""

import json
import os
import re
import threading
import unittest
import urllib.error
import urllib.request
import uuid

BACKEND, SERVER, FRONTEND = (os.environ[name] for name in ("BACKEND", "SERVER", "FRONTEND"))


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


class Platform(unittest.TestCase):
    def setUp(self):
        self.text = f"integration {uuid.uuid4()}"

    def texts(self):
        return [note["text"] for note in json.loads(ask(f"{BACKEND}/api/v1/notes"))]

    def test_backend_and_database(self):
        ask(f"{BACKEND}/api/v1/notes", {"text": self.text})
        self.assertEqual(self.texts().count(self.text), 1)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            ask(f"{BACKEND}/api/v1/notes", {"text": self.text})
        self.assertEqual(refused.exception.code, 409)

    def test_backend_and_redis(self):
        """What is added reaches those who listen, and the list that is cached."""
        heard = []

        def listen():
            with urllib.request.urlopen(f"{SERVER}/live/notes", timeout=30) as stream:
                for line in stream:
                    if b": listening" in line:
                        listening.set()
                    if line.startswith(b"data: ") and self.text in line.decode():
                        heard.append(json.loads(line[6:])["text"])
                        return

        listening = threading.Event()
        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        self.assertTrue(listening.wait(10))
        self.texts()
        ask(f"{BACKEND}/api/v1/notes", {"text": self.text})
        self.assertIn(self.text, self.texts())
        listener.join(10)
        self.assertEqual(heard, [self.text])

    def test_frontend_and_backend(self):
        """The page's modules are there, and ask for paths that the backend has."""
        page = ask(f"{FRONTEND}/")
        modules = re.findall(r'"(/assets/[^"]+\.js)"', page)
        code = "".join(ask(FRONTEND + path) for path in modules)
        self.assertIn("/api/v1/notes", code)
        self.assertEqual(json.loads(ask(f"{BACKEND}/api/health"))["status"], "ok")

    def test_all_are_of_one_version(self):
        backend = json.loads(ask(f"{BACKEND}/api/v1/version"))["version"]
        server = json.loads(ask(f"{SERVER}/live/health"))["version"]
        frontend = json.loads(ask(f"{FRONTEND}/version.json"))["version"]
        self.assertEqual({backend, server, frontend}, {backend})


if __name__ == "__main__":
    unittest.main()
