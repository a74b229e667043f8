"""What the service answers below /api/v1. The documentation of the API is made from what stands here."""

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from womsoft.models import Activation

api = APIRouter(prefix="/api/v1")


def database(request: Request) -> Session:
    """A session for one request, opened and closed by the thread that answers it.

    As a dependency it would be closed by another one: when many requests come at once, all threads wait for a
    connection, and none is left to give one back.
    """
    return Session(request.app.state.engine, expire_on_commit=False)


class Wanted(BaseModel):
    """What is to be activated."""

    licence: str = Field(min_length=1, max_length=64, examples=["WS-2026-0001"])
    machine: str = Field(min_length=1, max_length=128, examples=["laptop-7"])


class Activated(Wanted):
    """An activation that is kept."""

    id: int


class Summary(BaseModel):
    """How much a licence is used."""

    licence: str
    machines: list[str]
    seats: int


@api.post("/activations", status_code=201)
def activate(wanted: Wanted, request: Request) -> Activated:
    """Activates a licence on a machine, once; 409 where it is already, or where no seat is left."""
    with database(request) as db:
        # One request after the other for a licence, so that two never take the last seat both.
        if db.get_bind().dialect.name == "postgresql":
            db.execute(select(func.pg_advisory_xact_lock(func.hashtext(wanted.licence))))
        taken = db.scalar(select(func.count(Activation.id)).where(Activation.licence == wanted.licence))
        if taken >= request.app.state.settings.seats:
            raise HTTPException(409, "no seat is left; deactivate another machine first")
        row = Activation(licence=wanted.licence, machine=wanted.machine)
        db.add(row)
        try:
            db.commit()
        except IntegrityError as error:
            raise HTTPException(409, "this machine is activated already") from error
        return Activated(id=row.id, licence=row.licence, machine=row.machine)


@api.get("/licences/{licence}")
def summary(licence: str, request: Request) -> Summary:
    """The machines of a licence, in the order of their activation."""
    rows = select(Activation.machine).where(Activation.licence == licence).order_by(Activation.id)
    with database(request) as db:
        return Summary(licence=licence, machines=list(db.scalars(rows)), seats=request.app.state.settings.seats)


@api.delete("/licences/{licence}/machines/{machine}", status_code=204)
def deactivate(licence: str, machine: str, request: Request) -> None:
    """Gives the seat of a machine back; 404 where it has none."""
    with database(request) as db:
        row = db.scalar(select(Activation).where(Activation.licence == licence, Activation.machine == machine))
        if row is None:
            raise HTTPException(404, "this machine is not activated")
        db.delete(row)
        db.commit()
