"""Conditions over states, spelled as the partial indexes are.

A bound parameter would hide the word from the planner, and the index would not be used.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, literal_column

from .tables import Message, Obligation

MISSING: ColumnElement[bool] = Obligation.state.in_([literal_column("'owed'"), literal_column("'returned'")])
QUEUED: ColumnElement[bool] = Message.state == literal_column("'queued'")
SENDING: ColumnElement[bool] = Message.state == literal_column("'sending'")
SETTLED = ("submitted", "accepted", "exempt")  # what is not missing
