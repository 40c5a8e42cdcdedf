"""Rehearses a year before it is adopted: what its rounds will ask, of whom, and when. Pure, like its inputs.

The rounds, cues and slots are those of :mod:`..expansion`, :mod:`..cues`, :mod:`..slots` and
:mod:`..sittings`, which the flows go by; nothing is dated here a second time. ``owing`` says who owes each
round, ``burden`` what that is in each week, ``crowding`` which days are bad, ``alike`` which duties ask the
same, ``reminding`` what reaches each person, ``unsure`` what a notice of days off may move; ``rehearsal`` is
all of it.
"""
