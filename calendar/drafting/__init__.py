"""Drafts a plan from the text of a document: rules only, no model, no clock, no network, no files.

A document's text goes through pure steps, each a module: ``text`` (widths, broken lines, page furniture),
``structure`` (title, issuer, number, date, clauses), ``times`` and ``years`` (when), ``actors`` (who),
``matters`` (what, and to whom), ``duties`` (what is owed, how sure, and by which rules), ``questions`` and
``writing`` (a plan in YAML, in which whatever the document does not say is marked 待定).
"""
