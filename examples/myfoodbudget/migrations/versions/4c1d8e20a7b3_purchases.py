"""Purchases of a household."""

import sqlalchemy as sa
from alembic import op

revision = "4c1d8e20a7b3"
down_revision = None


def upgrade():
    op.create_table(
        "purchases",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("household", sa.String(80), nullable=False),
        sa.Column("item", sa.String(200), nullable=False),
        sa.Column("cents", sa.Integer, nullable=False),
        sa.Column("bought_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_purchases_household", "purchases", ["household"])


def downgrade():
    op.drop_table("purchases")
