"""The statements that fill a book with what units and office did, by whole sets; both databases know them.

What happened to an obligation is drawn from its round and its unit: of a thousand that have fallen due
``:missing`` were never answered, 5 went back, 5 wait, 5 are exempt, 30 came late and the others in time. Of
those that are not due yet some four tenths are still owed.
"""
# ruff: noqa: S608 - the statements are put together from what stands here

from __future__ import annotations

DRAW = "(a.number * 7919 + o.unit_id * 104729) % 1000"
PAST = """
    INSERT INTO obligations (round_id, unit_id, due_at, state, nil)
    SELECT r.id, p.unit_id, r.due_at, 'owed', false
    FROM rounds r JOIN bench_owed p ON p.number = r.id % 1000 ORDER BY r.id, p.unit_id
"""
_STATES = f"""
    UPDATE obligations AS o SET
        state = CASE
            WHEN a.passed AND {DRAW} < :missing THEN 'owed'
            WHEN a.passed AND {DRAW} < :missing + 5 THEN 'returned'
            WHEN a.passed AND {DRAW} < :missing + 10 AND NOT a.past THEN 'submitted'
            WHEN a.passed AND {DRAW} < :missing + 15 THEN 'exempt'
            WHEN a.passed OR {DRAW} > 699 THEN 'accepted'
            WHEN {DRAW} > 429 THEN 'submitted' WHEN {DRAW} > 399 THEN 'returned' ELSE 'owed' END,
        credited_at = CASE WHEN {DRAW} < :missing + 15 OR (NOT a.passed AND {DRAW} < 430) THEN NULL
            WHEN {DRAW} < :missing + 45 THEN a.late ELSE a.in_time END,
        nil = {DRAW} % 5 = 0
    FROM bench_rounds a WHERE a.round_id = o.round_id
"""
_WAITING = """
    UPDATE obligations AS o SET credited_at = a.in_time
    FROM bench_rounds a
    WHERE a.round_id = o.round_id AND o.state = 'submitted' AND o.credited_at IS NULL
"""
_PLAIN = """
    UPDATE obligations SET nil = false WHERE nil AND state IN ('owed', 'exempt')
"""
_SUBMISSIONS = """
    INSERT INTO submissions (obligation_id, key, version, received_at, nil, answers, note, via, by, sha256)
    SELECT o.id, 'b-' || o.id, 1, COALESCE(o.credited_at, a.in_time), o.nil,
        CASE WHEN o.nil THEN '{}' ELSE a.body END, '', 'link', u.name || ' 王文书', 'b'
    FROM obligations o JOIN bench_rounds a ON a.round_id = o.round_id JOIN units u ON u.id = o.unit_id
    WHERE o.state IN ('submitted', 'accepted', 'returned') ORDER BY o.id
"""
_VERDICTS = """
    INSERT INTO verdicts (submission_id, verdict, at, by, reason, material)
    SELECT s.id, CASE o.state WHEN 'returned' THEN 'returned' ELSE 'accepted' END, s.received_at, '王文书',
        CASE o.state WHEN 'returned' THEN '数据前后不一致，请核实后重新报送' ELSE '' END, o.state = 'returned'
    FROM submissions s JOIN obligations o ON o.id = s.obligation_id
    WHERE o.state IN ('accepted', 'returned') ORDER BY s.id
"""
_EXEMPTIONS = """
    INSERT INTO exemptions (obligation_id, at, by, reason)
    SELECT o.id, a.in_time, '赵镇长', '单位当月撤并'
    FROM obligations o JOIN bench_rounds a ON a.round_id = o.round_id WHERE o.state = 'exempt'
"""
_EXTENSIONS = f"""
    INSERT INTO extensions (
        obligation_id, asked_at, asked_by, reason, until, decided_at, by, granted, answer
    )
    SELECT o.id, a.in_time, '王文书', '集中防汛，人手不足', a.late, a.late, '王文书', false, '请按期报送'
    FROM obligations o JOIN bench_rounds a ON a.round_id = o.round_id WHERE {DRAW} < 10 AND a.passed
"""
_CALLS = f"""
    INSERT INTO remarks (obligation_id, at, kind, by, text, whom, reached)
    SELECT o.id, a.late, 'call', '王文书', '已电话催报，答应当天补上', '王文书 13900000000', true
    FROM obligations o JOIN bench_rounds a ON a.round_id = o.round_id WHERE {DRAW} < 30 AND a.passed
"""
_CUES = """
    UPDATE cues SET state = 'fired', fired_at = at WHERE state <> 'fired' AND at < :now
"""
_BODY = "王文书同志：您单位今日新增一项任务，请于期限内报送检查情况和台账。依据：工作方案三、（一）。" * 2
_MESSAGES = f"""
    INSERT INTO messages (
        key, contact_id, send_on, urgent, not_before, state, attempts, sent_at, subject, body, answer
    )
    SELECT 'h-' || o.id || '-' || c.id, c.id, date(r.opens_at), false, r.opens_at, 'sent', 1, r.opens_at,
        '今日新增1项', '{_BODY}', 'HTTP 200'
    FROM obligations o JOIN rounds r ON r.id = o.round_id JOIN contacts c ON c.unit_id = o.unit_id
    ORDER BY r.opens_at, o.id
"""
_NOTICES = """
    INSERT INTO notices (cue_id, obligation_id, contact_id, message_id, state, created_at)
    SELECT q.id, o.id, c.id, m.id, 'sent', m.not_before
    FROM obligations o JOIN contacts c ON c.unit_id = o.unit_id
    JOIN messages m ON m.key = 'h-' || o.id || '-' || c.id
    JOIN (SELECT round_id, min(id) AS id FROM cues GROUP BY round_id) q ON q.round_id = o.round_id
    ORDER BY o.id
"""
_ATTEMPTS = """
    INSERT INTO attempts (message_id, at, ok, permanent, answer)
    SELECT id, sent_at, true, false, answer FROM messages WHERE state = 'sent'
"""
_ENTRIES = """
    INSERT INTO journal (seq, at, actor, action, subject, detail, previous, hash)
    SELECT h.seq + row_number() OVER (ORDER BY s.id), s.received_at, s.by, 'submission.received',
        'obligation/' || s.obligation_id, '{"nil": false, "obligation": ' || s.obligation_id
        || ', "sha256": "b", "submission": ' || s.id || ', "version": 1, "via": "link"}', 'b', 'b'
    FROM submissions s CROSS JOIN journal_head h
"""
_JUDGED = """
    INSERT INTO journal (seq, at, actor, action, subject, detail, previous, hash)
    SELECT (SELECT max(seq) FROM journal) + row_number() OVER (ORDER BY v.id), v.at, v.by,
        'submission.' || v.verdict, 'obligation/' || s.obligation_id,
        '{"obligation": ' || s.obligation_id || ', "submission": ' || s.id || '}', 'b', 'b'
    FROM verdicts v JOIN submissions s ON s.id = v.submission_id
"""
_HEAD = """
    UPDATE journal_head SET seq = (SELECT max(seq) FROM journal), hash = 'b', at = :now
"""
# What the program has put into the outbox makes way for what was sent in the course of the year.
FILLING = (
    *("DELETE FROM notices", "DELETE FROM messages", _CUES),
    *(_STATES, _WAITING, _PLAIN, _SUBMISSIONS, _VERDICTS, _EXEMPTIONS, _EXTENSIONS, _CALLS),
    *(_MESSAGES, _NOTICES, _ATTEMPTS, _ENTRIES, _JUDGED, _HEAD),
)
