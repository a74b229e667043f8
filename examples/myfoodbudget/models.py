"""What the application keeps."""

from datetime import datetime, timezone

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Purchase(Base):
    __tablename__ = "purchases"

    id: Mapped[int] = mapped_column(primary_key=True)
    household: Mapped[str] = mapped_column(String(80), index=True)
    item: Mapped[str] = mapped_column(String(200))
    cents: Mapped[int]
    bought_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(timezone.utc))

    def as_json(self):
        return {"id": self.id, "item": self.item, "cents": self.cents, "boughtAt": self.bought_at.isoformat()}
