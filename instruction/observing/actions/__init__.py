"""Writes of observations: what is written, sharing and locking it, and what others answer."""

from instruction.observing.actions.answering import acknowledge, answer_unlock, ask_unlock, may_answer, reply
from instruction.observing.actions.saving import (
    KINDS,
    Closed,
    NotYours,
    Refused,
    Saved,
    Sent,
    is_open,
    save_record,
    start_record,
)
from instruction.observing.actions.sharing import (
    discard_draft,
    lock_old,
    lock_record,
    open_record,
    share_record,
)

__all__ = [
    "KINDS",
    "Closed",
    "NotYours",
    "Refused",
    "Saved",
    "Sent",
    "acknowledge",
    "answer_unlock",
    "ask_unlock",
    "discard_draft",
    "is_open",
    "lock_old",
    "lock_record",
    "may_answer",
    "open_record",
    "reply",
    "save_record",
    "share_record",
    "start_record",
]
