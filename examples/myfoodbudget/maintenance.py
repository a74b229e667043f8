"""Upkeep of the database file: `python maintenance.py backup | restore | vacuum`."""

import os
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

import config

BACKUPS = Path(os.environ.get("BACKUP_FOLDER", "backups"))
KEPT = "before-migration.db"


def check(connection, what):
    (found,) = connection.execute("PRAGMA integrity_check").fetchone()
    if found != "ok":
        raise SystemExit(f"{what} is damaged: {found}")


def copy(source, target):
    """By SQLite's own backup, which is consistent while others write; whole, or not there at all."""
    fresh = target.with_name(f"{target.name}.new")
    fresh.unlink(missing_ok=True)
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as from_, closing(sqlite3.connect(fresh)) as to:
        from_.backup(to)
        check(to, fresh)
    os.replace(fresh, target)


def backup(database):
    if not database.exists():
        print("nothing to keep yet")
        return
    copy(database, BACKUPS / KEPT)
    print(f"kept {database} as {BACKUPS / KEPT}")


def restore(database):
    """For when the application is stopped."""
    if not (BACKUPS / KEPT).exists():
        raise SystemExit(f"there is no {BACKUPS / KEPT}; `python maintenance.py backup` writes it")
    # A transaction that was cut off is taken back first, or its journal would be taken for one of the restored file.
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master")
    database.with_name(f"{database.name}-journal").unlink(missing_ok=True)
    copy(BACKUPS / KEPT, database)
    print(f"put {BACKUPS / KEPT} back as {database}")


def vacuum(database):
    with closing(sqlite3.connect(database, timeout=60, isolation_level=None)) as connection:
        check(connection, database)
        before = database.stat().st_size
        connection.execute("VACUUM")
        connection.execute("PRAGMA optimize")
    print(f"{database}: {before} bytes before, {database.stat().st_size} after")


ACTS = {"backup": backup, "restore": restore, "vacuum": vacuum}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ACTS:
        raise SystemExit(f"usage: python maintenance.py {' | '.join(ACTS)}")
    ACTS[sys.argv[1]](Path(config.load().DATABASE_URL.removeprefix("sqlite:///")))
