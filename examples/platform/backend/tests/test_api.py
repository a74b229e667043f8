from app import main


def test_a_note_is_kept_once_and_announced(client):
    listener = main.cache.pubsub(ignore_subscribe_messages=True)
    listener.subscribe(main.CHANNEL)
    listener.get_message(timeout=1)
    assert client.post("/api/v1/notes", json={"text": "buy milk"}).status_code == 201
    assert client.post("/api/v1/notes", json={"text": "buy milk"}).status_code == 409
    assert [note["text"] for note in client.get("/api/v1/notes").json()] == ["buy milk"]
    assert "buy milk" in listener.get_message(timeout=1)["data"]


def test_a_new_note_is_in_the_list_at_once_though_that_is_cached(client):
    client.post("/api/v1/notes", json={"text": "one"})
    client.get("/api/v1/notes")
    client.post("/api/v1/notes", json={"text": "two"})
    assert len(client.get("/api/v1/notes").json()) == 2


def test_a_note_needs_a_text(client):
    assert client.post("/api/v1/notes", json={"text": ""}).status_code == 422


def test_health_looks_at_the_database_and_the_cache(client, monkeypatch):
    assert client.get("/api/health").json() == {"status": "ok", "schema": "1f0a6c2e7b41"}

    class Gone:
        def ping(self):
            raise main.redis.ConnectionError("gone")

    monkeypatch.setattr(main, "cache", Gone())
    assert client.get("/api/health").status_code == 500


def test_the_version_is_the_one_of_the_image(client):
    assert client.get("/api/v1/version").json() == {"version": main.VERSION, "commit": main.COMMIT}
