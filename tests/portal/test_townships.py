"""Two townships in one book: each sees its own on every page, and nothing of the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from duban.ledger import copying, integrations, invitations
from duban.ledger.below import scope_at
from duban.ledger.book import Book
from duban.ledger.scope import FREE
from duban.ledger.tables import Account, Base, Invitation, PlanHome, PlanRevision, PlanYear, Unit
from duban.obligations.words import Role
from support.campaign import day
from support.desk import Desk
from support.full_site import PAGES, TOWN, furnished

# What is about the whole book, or says more to whoever sees all of it.
WHOLE = {
    *("/drafts", "/drafts/{draft}", "/drafts/{draft}?open=d1", "/drafts/{draft}?show=open"),
    *("/running", "/journal", "/journal/1", "/verify", "/accounts", "/accounts/1", "/integrations", "/below"),
}
OTHERS = [(who, path) for who, path in PAGES if who]


@dataclass
class County:
    """A book of two townships: the first, where everything is, and the second with people alone."""

    desk: Desk
    numbers: dict[str, str]
    before: dict[tuple[str, str], str]
    first: dict[str, TestClient]
    second: dict[str, TestClient]
    titles: list[str]


def plain(page: str) -> str:
    """Give what a page says, without who has looked, and without the keys that each form has anew."""
    said = page[page.index("<main") : page.index("</main>")]
    said = re.sub(r"(、?(all|jia)office（03-30 周四 09:00）)+", "…", said)
    said = re.sub(r"(all|jia)office|与(示例镇综治岗|第3村)联系", "…", said)
    return re.sub(r'(?<=value=")[\w-]{20,}', "…", said)


class Forms(HTMLParser):
    """Every form that a page offers, filled in as a person might: by address, the fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self._at = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a form or one of its fields."""
        said = dict(attrs)
        name, value = said.get("name") or "", said.get("value") or ""
        if tag == "form":
            self._at = said.get("action") or "" if said.get("method") == "post" else ""
            self.found.setdefault(self._at, {})
        elif not self._at:
            return
        elif tag == "select":
            self._select = name
        elif tag == "option":
            self.found[self._at][self._select] = self.found[self._at].get(self._select) or value
        elif name and tag in ("input", "button", "textarea") and said.get("type") != "file":
            filled = {"date": "2023-04-05", "datetime-local": "2023-04-05T10:00", "number": "1"}
            self.found[self._at].setdefault(name, value or filled.get(said.get("type") or "", "情况属实"))


def sums(book: Book) -> dict[str, copying.Sum]:
    """Give the sum of every table."""
    with book.read() as session:
        return {name: copying.sum_of(copying.lines(session, name)) for name in copying.tables()}


def seen(book: Book, root: str) -> dict[str, list[str]]:
    """Give all rows that the subtree below a unit has."""
    with book.read() as session:
        scope = scope_at(session, session.scalars(select(Unit.id).where(Unit.code == root)).one())
    with book.read(scope) as session:
        return {
            mapper.class_.__tablename__: sorted(
                repr(row)
                for row in session.execute(
                    select(*(getattr(mapper.class_, one.key) for one in mapper.column_attrs))
                )
            )
            for mapper in Base.registry.mappers
            if mapper.class_.__tablename__ not in FREE
        }


def _people(desk: Desk, root: str) -> dict[str, TestClient]:
    found = {str(role): desk.signed_in(role, f"{root}{role}") for role in Role}
    with desk.book.write() as session:
        unit_id = session.scalars(select(Unit.id).where(Unit.code == root)).one()
        session.execute(update(Account).where(Account.name.startswith(root)).values(unit_id=unit_id))
    return found


@pytest.fixture(scope="module")
def county(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("townships")
    (folder / "book.db").write_bytes(sqlite_template.read_bytes())
    book = Book.open(f"sqlite:///{folder / 'book.db'}")
    desk, numbers = furnished(book, folder)
    whole = {str(role): desk.signed_in(role, f"all{role}") for role in Role}
    with book.write() as session:
        root = Unit(code="jia", name="甲镇", kind="镇")
        session.add(root)
        session.flush()
        session.execute(update(Unit).where(Unit.id != root.id).values(parent_id=root.id))
    before = {(who, path): plain(whole[who].get(path.format(**numbers)).text) for who, path in OTHERS}
    with book.write() as session:
        session.add(Unit(code="yi", name="乙镇", kind="镇"))
        for slug in session.scalars(select(PlanYear.slug).distinct()).all():
            session.add(PlanHome(slug=slug, unit_id=root.id))
        titles = list(session.scalars(select(PlanRevision.title)))
    yield County(desk, numbers, before, _people(desk, "jia"), _people(desk, "yi"), titles)
    book.close()


@pytest.mark.parametrize(("who", "path"), [one for one in OTHERS if one[1] not in WHOLE])
def test_an_office_sees_its_own_as_before(county: County, who: str, path: str) -> None:
    answer = county.first[who].get(path.format(**county.numbers))
    assert answer.status_code == 200
    assert plain(answer.text) == county.before[who, path]


@pytest.mark.parametrize(("who", "path"), OTHERS)
def test_an_office_sees_nothing_of_another_township(county: County, who: str, path: str) -> None:
    answer = county.second[who].get(path.format(**county.numbers))
    assert answer.status_code in (200, 303, 403, 404, 422)
    for unit in TOWN.units:
        assert unit.name not in answer.text
    for title in county.titles:
        assert title not in answer.text


def test_no_form_of_one_township_does_anything_for_another(county: County) -> None:
    forms = Forms()
    for who, path in OTHERS:
        forms.feed(county.first[who].get(path.format(**county.numbers)).text)
    own = ("/me", "/sign-out", "/verify", "/below")
    there = {at: said for at, said in forms.found.items() if at and not at.startswith(own)}
    # What names nothing that is there makes something new, in the township of whoever sends it.
    aimed = {at: said for at, said in there.items() if re.search(r"/[0-9]+(/|$)", at)}
    assert len(aimed) > 60
    before = sums(county.desk.book)
    for at, said in aimed.items():
        for person in county.second.values():
            assert person.post(at, data=said).status_code in (403, 404, 422), at
    assert sums(county.desk.book) == before

    rows = seen(county.desk.book, "jia")
    assert sum(map(len, rows.values())) > 500
    for at, said in there.items():
        for person in county.second.values():
            person.post(at, data=said)
    assert seen(county.desk.book, "jia") == rows


API = (
    *(
        "/obligations",
        "/rounds",
        "/units",
        "/findings",
        "/sheets",
        "/messages",
        "/plans",
        "/overdue",
        "/rates",
    ),
    *("/obligations/{owed}", "/rounds/{round}", "/rounds/{round}/obligations", "/findings/1", "/sheets/1"),
)
ACTS = (
    "accept",
    "return",
    "exempt",
    "extend",
    "extension",
    "acknowledge",
    "submissions",
    "remarks",
    "transfer",
)


def test_a_program_of_one_township_gets_nothing_of_another(county: County) -> None:
    with county.desk.book.write() as session:
        root = session.scalars(select(Unit.id).where(Unit.code == "yi")).one()
        integrations.make(session, "乙镇平台", Role.OFFICE, "program-of-yi", day("03-30 09:00"), "王", root)
    program = county.desk.stranger()
    program.headers["authorization"] = "Bearer program-of-yi"
    for path in API:
        answer = program.get(f"/api/v1{path.format(**county.numbers)}")
        assert answer.status_code == (404 if re.search("[0-9]", path.format(**county.numbers)) else 200)
        assert not any(unit.name in answer.text for unit in TOWN.units)
        assert not any(title in answer.text for title in county.titles)
    for whole in ("/journal", "/verify", "/metrics"):
        assert program.get(f"/api/v1{whole}").status_code == 403
    rows = seen(county.desk.book, "jia")
    for act in ACTS:
        said = {"reason": "情况属实", "text": "情况属实", "note": "无异常", "values": {"shuliang": 3}}
        key = {"idempotency-key": f"key-{act}"}
        answer = program.post(f"/api/v1/obligations/{county.numbers['owed']}/{act}", json=said, headers=key)
        assert answer.status_code in (404, 422), act
    assert seen(county.desk.book, "jia") == rows


def test_from_above_one_looks_into_a_township_and_does_nothing_there(county: County) -> None:
    with county.desk.book.write() as session:
        county_ = Unit(code="xian", name="某县", kind="县")
        session.add(county_)
        session.flush()
        session.execute(update(Unit).where(Unit.kind == "镇").values(parent_id=county_.id))
        jia, yi = (session.scalars(select(Unit.id).where(Unit.code == code)).one() for code in ("jia", "yi"))
    above = _people(county.desk, "xian")["office"]
    assert "每月检查" not in above.get("/overdue").text
    assert "甲镇" in above.get("/below").text
    assert above.post(f"/below/{yi}").status_code == 409  # it has no plans
    assert above.post(f"/below/{jia}").headers["location"] == "/today"
    assert "正在查看甲镇，只能查看，不能办理" in above.get("/overdue").text
    assert "每月检查" in above.get("/overdue").text
    owed = county.numbers["owed"]
    assert above.get(f"/obligations/{owed}").status_code == 200
    assert above.post(f"/obligations/{owed}/accept").status_code == 403
    assert above.get("/units").status_code == 403
    assert above.get("/me").status_code == 200
    assert above.post("/below/leave").headers["location"] == "/below"
    assert above.get(f"/obligations/{owed}").status_code == 404
    # Whoever sees one township has nothing to look into.
    assert county.second["office"].post(f"/below/{jia}").status_code == 409
    assert county.second["office"].get(f"/below?at={jia}").status_code == 404


def test_a_unit_is_told_whom_to_ask_in_its_own_township(county: County) -> None:
    with county.desk.book.write() as session:
        session.execute(update(PlanHome).values(office_phone="0519-1234"))
    page = county.desk.stranger().get(f"/l/{county.numbers['village']}").text
    assert "0519-1234" in page
    assert "0550-1234567" not in page


def test_an_administrator_of_a_township_lets_in_people_of_that_township_alone(county: County) -> None:
    administrator = county.second["administrator"]
    with county.desk.book.read() as session:
        own = session.scalars(select(Account.id).where(Account.name == "yioffice")).one()
        theirs = session.scalars(select(Account.id).where(Account.name == "jiaoffice")).one()
    assert administrator.post("/accounts/invitations", data={"role": "office"}).status_code == 200
    assert (
        administrator.post("/accounts/invitations", data={"role": "office", "under": "jia"}).status_code
        == 422
    )
    assert administrator.post(f"/accounts/{own}/scope", data={"under": "甲镇"}).status_code == 409
    assert administrator.post(f"/accounts/{own}/scope", data={"under": ""}).status_code == 303
    assert administrator.post(f"/accounts/{theirs}/scope", data={"under": ""}).status_code == 404
    with county.desk.book.write() as session:
        theirs = invitations.invite(session, Role.OFFICE, "of-all", day("03-30 09:00"), "王").id
    assert administrator.post(f"/accounts/invitations/{theirs}/revoke").status_code == 303
    assert administrator.get("/accounts").text.count("/revoke") == 1  # its own
    with county.desk.book.read() as session:
        assert session.get_one(Invitation, theirs).expires_at > day("03-31 09:00")
        yi = session.scalars(select(Unit.id).where(Unit.code == "yi")).one()
        newest = select(Invitation.unit_id).where(Invitation.id != theirs)
        assert session.scalars(newest.order_by(Invitation.id.desc())).first() == yi
        assert session.scalars(select(Account.unit_id).where(Account.id == own)).one() == yi


DOWNLOADS = (
    *("/overdue.xlsx", "/findings.xlsx", "/findings/template.xlsx", "/rates.xlsx", "/units/template.xlsx"),
    *("/papers/binder.zip?plan=jiancha&year=2023", "/papers/bulletin.docx?plan=jiancha&year=2023&quarter=1"),
    *("/papers/summary.docx?plan=jiancha&year=2023", "/papers/ledgers/findings.xlsx?plan=jiancha&year=2023"),
    *("/rounds/{round}/notice.docx", "/rounds/{round}/answers.xlsx", "/rounds/{round}/workbook.xlsx"),
    *("/sheets/1.docx", "/meetings/{meeting}.ics", "/meetings/{meeting}/minutes.docx"),
    *("/meetings/{meeting}/notice.docx", "/inspections/1/draw.json", "/lookbacks/1/draw.json"),
)


@pytest.mark.parametrize("path", DOWNLOADS)
def test_what_one_township_takes_away_the_other_does_not_get(county: County, path: str) -> None:
    address = path.format(**county.numbers)
    assert county.first["office"].get(address).status_code < 500
    answer = county.second["office"].get(address)
    assert answer.status_code in (200, 303, 403, 404, 409, 422)
    if "{" in path or "/1" in path or "plan=" in path:
        assert answer.status_code != 200


def test_every_form_of_a_township_works_for_its_own(county: County) -> None:
    forms = Forms()
    for who, path in OTHERS:
        forms.feed(county.first[who].get(path.format(**county.numbers)).text)
    for at, said in forms.found.items():
        if at and not at.startswith(("/me", "/sign-out", "/below", "/accounts")):
            for person in county.first.values():
                assert person.post(at, data=said).status_code < 500, at
