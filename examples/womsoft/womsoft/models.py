"""What the service keeps."""

from datetime import datetime

from sqlalchemy import DateTime, String, UniqueConstraint, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Of all tables."""


class Activation(Base):
    """A machine that a licence is used on."""

    __tablename__ = "activations"
    __table_args__ = (UniqueConstraint("licence", "machine"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    licence: Mapped[str] = mapped_column(String(64), index=True)
    machine: Mapped[str] = mapped_column(String(128))
    activated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
