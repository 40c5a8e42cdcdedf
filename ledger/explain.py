"""What the database meant, in one Chinese sentence that says what to do."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from ..obligations.errors import DubanError

NOT_MIGRATED = "账簿还没有建立，或仍是旧版结构。请先运行 duban up，它会建立或升级账簿。"

_FULL = "磁盘已满，这次的内容一条也没有写入账簿。请清理磁盘空间，然后重做这一步。"
_READ_ONLY = "账簿是只读的，这次的内容没有写入。请检查账簿文件及其文件夹的写权限，以及磁盘是否只读。"
_BUSY = "账簿一直被另一个程序占用，这次的内容没有写入。请稍后重试；若仍如此，请关闭占用它的程序。"
_KEPT = "上报、审核、免报、延期、发送记录和留痕只增不改，不能修改或删除。"
_CLASH = "刚刚已有人写入了相同的内容（如代码或名称），这一次没有再写。请刷新后核对。"
DAMAGED = (
    "账簿文件已损坏。请立即停止使用，保留现在的文件，并把最近的备份恢复到一个新的数据目录："
    "duban restore 备份文件 --data 新目录。"
)
_UNREACHABLE = "连不上账簿所在的数据库。请检查数据库是否已启动，以及地址、库名、用户名和口令是否正确。"

_SQLITE = {
    "SQLITE_FULL": _FULL,
    "SQLITE_CANTOPEN": "打不开账簿文件。请检查路径是否正确、文件和文件夹是否存在、是否有读写权限。",
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_CONSTRAINT_UNIQUE": _CLASH,
    "SQLITE_NOTADB": "这个文件不是账簿（不是 SQLite 数据库文件）。请检查指定的路径是否正确。",
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_IOERR": "读写账簿文件时磁盘出错，这次的内容没有写入。请检查磁盘是否正常、网络盘是否断开。",
}
_POSTGRESQL = {
    "53100": _FULL,
    "53200": "数据库服务器内存不足，这次的内容没有写入。请稍后重试，或请管理员检查服务器。",
    "53300": "数据库的连接数已满。请稍后重试，或请管理员调高连接数上限。",
    "25006": _READ_ONLY,
    "42501": "数据库用户没有所需的权限。请管理员给它账簿所在库的读写和建表权限。",
    "55P03": _BUSY,
    "40P01": _BUSY,
    "40001": _BUSY,
    "23505": _CLASH,
    "42P01": NOT_MIGRATED,
    "58030": "数据库服务器的磁盘出错，这次的内容没有写入。请管理员检查服务器。",
}
_GONE = ("08", "57P", "28", "3D")


class BookError(DubanError):
    """The book, the folder of its files or the clock fails just now; the same may be asked again later.

    The sentence is for whoever keeps the book and may name its place; ``said`` is for everybody else.
    """

    said = "系统暂时办不了，请过几分钟再试。"


def explain(wrong: BaseException, book: str = "") -> DubanError | None:
    """Give the sentence for a database error, naming the book if told; none for the program's own faults.

    Takes SQLAlchemy's errors, or the drivers' own. Gives a :class:`BookError` for all but what may never be
    done at all, and what somebody else has just done: there the book is well, and is not named.
    """
    cause = wrong.orig if isinstance(wrong, DBAPIError) else wrong
    said = _sqlite(cause) if isinstance(cause, sqlite3.Error) else _postgresql(cause)
    if said is None:
        return None
    if said == _CLASH:
        return DubanError(said)
    kind = DubanError if said == _KEPT else BookError
    return kind(f"{said}（账簿：{book}）" if book else said)


def _sqlite(wrong: sqlite3.Error) -> str | None:
    # Extended names begin with the plain one: SQLITE_READONLY_DBMOVED, SQLITE_IOERR_WRITE.
    name = getattr(wrong, "sqlite_errorname", "")
    for plain, said in _SQLITE.items():
        if name.startswith(plain):
            return said
    if "no such table" in str(wrong):
        return NOT_MIGRATED
    return _KEPT if "append-only:" in str(wrong) else None


def _postgresql(wrong: BaseException | None) -> str | None:
    if not type(wrong).__module__.startswith("psycopg"):
        return None
    state = getattr(wrong, "sqlstate", None)
    if state is None:
        # libpq reports a connection refused, or lost, without a state.
        return _UNREACHABLE if "OperationalError" in {kind.__name__ for kind in type(wrong).__mro__} else None
    if state.startswith(_GONE):
        return _UNREACHABLE
    return _KEPT if "append-only:" in str(wrong) else _POSTGRESQL.get(state)
