"""Activations of licences."""

import sqlalchemy as sa
from alembic import op

revision = "1f6c27a9d0b4"
down_revision = None


def upgrade():
    op.create_table(
        "activations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("licence", sa.String(64), nullable=False),
        sa.Column("machine", sa.String(128), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.UniqueConstraint("licence", "machine"),
    )
    op.create_index("ix_activations_licence", "activations", ["licence"])


def downgrade():
    op.drop_table("activations")
