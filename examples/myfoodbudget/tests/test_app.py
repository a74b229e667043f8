from alembic import command
from alembic.config import Config as Alembic


def buys(client, item, cents):
    return client.post("/api/purchases", json={"item": item, "cents": cents})


def test_purchases_are_those_of_the_household_that_the_session_remembers(app):
    anna, ben = app.test_client(), app.test_client()
    for client, name in [(anna, "anna"), (ben, "ben")]:
        assert client.put("/api/session", json={"household": name}).status_code == 200
    assert buys(anna, "bread", 349).status_code == 201
    assert buys(ben, "milk", 119).status_code == 201
    found = anna.get("/api/purchases").get_json()
    assert [one["item"] for one in found["purchases"]] == ["bread"]
    assert found["cents"] == 349
    assert app.test_client().get("/api/summary").get_json() == {"purchases": 2, "cents": 468}


def test_a_session_outlives_the_process(app):
    from app_factory import create_app

    client = app.test_client()
    client.put("/api/session", json={"household": "anna"})
    cookie = client.get_cookie("session").value
    newer = create_app().test_client()
    newer.set_cookie("session", cookie)
    assert newer.get("/").get_json()["household"] == "anna"


def test_what_is_wrong_with_a_purchase_is_said(app):
    client = app.test_client()
    assert buys(client, "bread", 349).status_code == 401
    assert client.get("/api/purchases").status_code == 401
    assert client.put("/api/session", json={}).status_code == 400
    client.put("/api/session", json={"household": "anna"})
    for item, cents in [("", 1), ("bread", -1), ("bread", "1")]:
        assert buys(client, item, cents).status_code == 400


def test_health_looks_at_the_database(app):
    client = app.test_client()
    assert client.get("/health").get_json()["database"] == "available"
    command.downgrade(Alembic("alembic.ini"), "base")
    assert client.get("/health").status_code == 503


def test_the_version_is_that_of_the_image_and_answers_have_security_headers(app):
    answer = app.test_client().get("/version")
    assert answer.get_json() == {"version": "1.2.3"}
    assert answer.headers["X-Frame-Options"] == "DENY"
