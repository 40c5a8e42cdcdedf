"""A drafted plan as the office settles it: what was proposed, what was decided of each, and the plan of it.

``proposing`` makes proposals of what ``drafting`` found, ``settling`` puts the office's decisions on them,
``dates`` tries out which days a duty gives, and ``composing`` writes the plan. Pure, as all of ``calendar``.
"""
