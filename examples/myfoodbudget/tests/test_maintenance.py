import sqlite3
from pathlib import Path

import pytest

import maintenance


@pytest.fixture
def database(environment, tmp_path, monkeypatch):
    monkeypatch.setattr(maintenance, "BACKUPS", tmp_path)
    return Path(environment["DATABASE_URL"].removeprefix("sqlite:///"))


def run(database, words):
    with sqlite3.connect(database) as connection:
        return connection.execute(words).fetchall()


ROW = "INSERT INTO purchases (household, item, cents, bought_at) VALUES ('anna', 'bread', 1, '2026-01-01')"


def test_what_was_kept_is_put_back(database):
    run(database, ROW)
    maintenance.backup(database)
    run(database, "DELETE FROM purchases")
    maintenance.restore(database)
    assert run(database, "SELECT item FROM purchases") == [("bread",)]


def test_before_the_first_version_there_is_nothing_to_keep(database, capsys):
    database.unlink()
    maintenance.backup(database)
    assert "nothing to keep yet" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="there is no"):
        maintenance.restore(database)


def test_vacuum_gives_space_back(database, capsys):
    with sqlite3.connect(database) as connection:
        connection.executemany(ROW.replace("'anna'", "?"), [("anna",)] * 2000)
    run(database, "DELETE FROM purchases")
    maintenance.vacuum(database)
    before, after = [int(word) for word in capsys.readouterr().out.split() if word.isdigit()]
    assert after < before


def test_a_damaged_backup_never_takes_the_place_of_the_database(database, tmp_path):
    run(database, ROW)
    (tmp_path / maintenance.KEPT).write_bytes(b"no database at all" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        maintenance.restore(database)
    assert run(database, "SELECT item FROM purchases") == [("bread",)]
