"""The requests that the application answers."""

from flask import Blueprint, current_app, request, session
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models import Purchase

routes = Blueprint("routes", __name__)


def database():
    return Session(current_app.extensions["database"])


@routes.get("/health")
def health():
    """Good while the database file can be read and written; a write that is taken back shows the latter."""
    try:
        with current_app.extensions["database"].connect() as connection:
            connection.execute(text("UPDATE purchases SET cents = cents WHERE id = 0"))
            connection.rollback()
    except SQLAlchemyError as error:
        current_app.logger.error("health: %s", error)
        return {"status": "unhealthy", "database": "unavailable"}, 503
    return {"status": "healthy", "database": "available"}


@routes.get("/version")
def version():
    return {"version": current_app.config["APP_VERSION"]}


@routes.get("/")
def overview():
    return {"application": "MyFoodBudget", "household": session.get("household")}


@routes.put("/api/session")
def enter():
    """Remembers the household of this browser until SESSION_LIFETIME_MINUTES have passed without a request."""
    household = (request.get_json(silent=True) or {}).get("household")
    if not isinstance(household, str) or not 0 < len(household) <= 80:
        return {"error": "household is missing; write its name, of at most 80 characters"}, 400
    session.permanent = True
    session["household"] = household
    return {"household": household}


@routes.get("/api/purchases")
def purchases():
    if "household" not in session:
        return {"error": "no household yet; PUT /api/session names one"}, 401
    with database() as db:
        mine = select(Purchase).where(Purchase.household == session["household"]).order_by(Purchase.id)
        rows = db.scalars(mine).all()
        return {"purchases": [row.as_json() for row in rows], "cents": sum(row.cents for row in rows)}


@routes.post("/api/purchases")
def buy():
    if "household" not in session:
        return {"error": "no household yet; PUT /api/session names one"}, 401
    given = request.get_json(silent=True) or {}
    item, cents = given.get("item"), given.get("cents")
    if not isinstance(item, str) or not 0 < len(item) <= 200:
        return {"error": "item is missing; write what was bought, in at most 200 characters"}, 400
    if not isinstance(cents, int) or not 0 <= cents <= 10_000_000:
        return {"error": "cents is not a price; write whole cents, like 249"}, 400
    with database() as db:
        row = Purchase(household=session["household"], item=item, cents=cents)
        db.add(row)
        db.commit()
        return row.as_json(), 201


@routes.get("/api/summary")
def summary():
    with database() as db:
        count, cents = db.execute(select(func.count(Purchase.id), func.coalesce(func.sum(Purchase.cents), 0))).one()
        return {"purchases": count, "cents": cents}
