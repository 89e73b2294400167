"""Cards of all four kinds, built byte by byte and read back; odd fields reported; rubbish survived."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.device.events import CardKind, IdentityCard, Sex
from services.device.domain import id_numbers
from services.device.domain.codes import COUNTRIES, ETHNICITIES
from services.device.domain.decoding import CardNotUnderstood, decode
from services.device.domain.encoding import encode
from services.device.domain.layouts import LAYOUTS, OPTIONAL
from services.device.domain.made_up import MadeUpCards
from services.device.notices import FIELDS, NOTICES, PROBLEMS

TODAY = date(2026, 11, 22)
RESIDENT = "32010219900307001"
PERMIT = "81000019851231002"

resident = MadeUpCards(7).texts(CardKind.RESIDENT) | {
    "id_number": RESIDENT + id_numbers.check_digit(RESIDENT),
    "birth_date": "19900307",
    "sex": "1",
}


def block(*places: tuple[int, str]) -> bytes:
    """A block put together from byte offsets, independent of the layouts under test."""
    raw = bytearray(" " * 128, "utf-16-le")
    for offset, text in places:
        piece = text.encode("utf-16-le")
        raw[offset : offset + len(piece)] = piece
    return bytes(raw)


def decode_or_refusal(raw: bytes, newest_address: bytes = b"") -> tuple[IdentityCard | None, str]:
    try:
        return decode(raw, TODAY, newest_address), ""
    except CardNotUnderstood as error:
        return None, error.code


def problems(card: IdentityCard) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in card.problems}


def test_a_citizens_card_is_read_from_its_offsets() -> None:
    number = RESIDENT + id_numbers.check_digit(RESIDENT)
    card = decode(
        block(
            (0, "测试甲"), (30, "1"), (32, "01"), (36, "19900307"), (52, "示例省样本市测试路1号"), (122, number),
            (158, "样本市公安局"), (188, "20200101"), (204, "20400101"),
        ),
        TODAY,
    )  # fmt: skip

    assert card == IdentityCard(
        kind=CardKind.RESIDENT, name="测试甲", sex=Sex.MALE, ethnic_code="01", ethnicity="汉",
        birth_date=date(1990, 3, 7), address="示例省样本市测试路1号", id_number=number,
        issuing_authority="样本市公安局", valid_from=date(2020, 1, 1), valid_until=date(2040, 1, 1),
    )  # fmt: skip


def test_a_residence_permit_is_read_from_its_offsets() -> None:
    number = PERMIT + id_numbers.check_digit(PERMIT)
    card = decode(
        block(
            (0, "测试乙"), (30, "2"), (36, "19851231"), (52, "示例省样本市测试路2号"), (122, number),
            (158, "样本市公安局"), (188, "20220101"), (204, "20270101"), (220, "H12345678"), (238, "02"), (248, "J"),
        ),
        TODAY,
    )  # fmt: skip

    assert card == IdentityCard(
        kind=CardKind.HONG_KONG_MACAO_TAIWAN_PERMIT, name="测试乙", sex=Sex.FEMALE,
        birth_date=date(1985, 12, 31), address="示例省样本市测试路2号", id_number=number,
        issuing_authority="样本市公安局", valid_from=date(2022, 1, 1), valid_until=date(2027, 1, 1),
        travel_permit_number="H12345678", issue_count="02",
    )  # fmt: skip


def test_a_foreign_permanent_resident_card_of_2017_is_read_from_its_offsets() -> None:
    card = decode(
        block(
            (0, "SPECIMEN, KIM"), (120, "2"), (122, "NZL320085123101"), (152, "NZL"), (158, "金样本"),
            (188, "20180101"), (204, "20280101"), (220, "19851231"), (236, "01"), (240, "3201"), (248, "I"),
        ),
        TODAY,
    )  # fmt: skip

    assert card == IdentityCard(
        kind=CardKind.FOREIGN_PERMANENT_RESIDENT_2017, english_name="SPECIMEN, KIM", name="金样本",
        sex=Sex.FEMALE, id_number="NZL320085123101", nationality="NZL", birth_date=date(1985, 12, 31),
        valid_from=date(2018, 1, 1), valid_until=date(2028, 1, 1), card_version="01", accepting_office_code="3201",
    )  # fmt: skip


def test_a_foreign_permanent_resident_card_of_2023_joins_a_long_english_name() -> None:
    first_17 = "93255419851231002"
    number = first_17 + id_numbers.check_digit(first_17)
    name = "SPECIMENOVSKAYA-EXAMPLE, KIM ALEXANDRA ROBINA"
    card = decode(
        block(
            (0, "金样本"), (30, "2"), (32, "00"), (36, "19851231"), (52, name[:35]), (122, number),
            (188, "20240101"), (204, "20340101"), (220, name[35:]), (242, "NZL"), (248, "Y"), (250, "123"),
        ),
        TODAY,
    )  # fmt: skip

    assert card == IdentityCard(
        kind=CardKind.FOREIGN_PERMANENT_RESIDENT_2023, name="金样本", english_name=name, sex=Sex.FEMALE,
        issue_count="00", id_number=number, nationality="NZL", birth_date=date(1985, 12, 31),
        valid_from=date(2024, 1, 1), valid_until=date(2034, 1, 1), earlier_number_link="123",
    )  # fmt: skip


@given(kind=st.sampled_from(CardKind), seed=st.integers())
def test_every_made_up_card_is_read_back_without_a_problem(kind: CardKind, seed: int) -> None:
    cards = MadeUpCards(seed)
    texts = cards.texts(kind)

    card = decode(encode(kind, texts), TODAY)

    assert card.problems == ()
    assert card.kind is kind
    assert card.birth_date is not None
    assert f"{card.birth_date:%Y%m%d}" == texts["birth_date"]
    for field in set(texts) - {"sex", "birth_date", "valid_from", "valid_until"}:
        assert getattr(card, field) == texts[field]


@given(
    kind=st.sampled_from(CardKind),
    name=st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=15),
)
def test_any_chinese_name_that_fits_the_card_is_read_back(kind: CardKind, name: str) -> None:
    texts = MadeUpCards(1).texts(kind) | {"name": name}

    assert decode(encode(kind, texts), TODAY).name == name


@given(st.binary(min_size=256, max_size=256), st.binary(max_size=300))
def test_no_block_of_bytes_breaks_the_decoder(raw: bytes, newest_address: bytes) -> None:
    card, refusal = decode_or_refusal(raw, newest_address)

    if card is None:
        assert refusal in NOTICES
    else:
        assert card.model_dump_json()
        assert {problem.code for problem in card.problems} <= set(PROBLEMS)


@given(kind=st.sampled_from(CardKind), field=st.data())
def test_a_field_of_rubbish_never_hides_the_others(kind: CardKind, field: st.DataObject) -> None:
    place = field.draw(st.sampled_from([p for p in LAYOUTS[kind] if p.field not in {"id_number", "english_name"}]))
    raw = bytearray(encode(kind, MadeUpCards(3).texts(kind) | {"name": "测试"}))
    whole = decode(bytes(raw), TODAY)
    raw[place.offset : place.offset + place.length] = field.draw(
        st.binary(min_size=place.length, max_size=place.length)
    )
    card, refusal = decode_or_refusal(bytes(raw))
    if card is None:
        assert (place.field, refusal) == ("name", "card_blank")
    else:
        # One field of the chip shows as several in the contract.
        shown = {"ethnic_code": {"ethnicity"}, "valid_until": {"never_expires"}}.get(place.field, set())
        untouched = set(FIELDS) - {place.field} - shown
        assert {f: getattr(card, f) for f in untouched} == {f: getattr(whole, f) for f in untouched}


@pytest.mark.parametrize("length", [0, 255, 257])
def test_a_block_of_another_length_is_unreadable(length: int) -> None:
    with pytest.raises(CardNotUnderstood, match="card_unreadable"):
        decode(b" " * length, TODAY)


def test_a_kind_of_card_that_nobody_knows_is_not_guessed_at() -> None:
    raw = bytearray(encode(CardKind.RESIDENT, resident))
    raw[248:250] = "Z".encode("utf-16-le")

    with pytest.raises(CardNotUnderstood, match="card_kind_unknown"):
        decode(bytes(raw), TODAY)


def test_an_empty_card_names_nobody() -> None:
    with pytest.raises(CardNotUnderstood, match="card_blank"):
        decode(block(), TODAY)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sex": "7"}, ("sex", "unknown_code")),
        ({"sex": "2"}, ("sex", "disagrees_with_id_number")),
        ({"ethnic_code": "77"}, ("ethnic_code", "unknown_code")),
        ({"birth_date": "19900308"}, ("birth_date", "disagrees_with_id_number")),
        ({"birth_date": "19900230"}, ("birth_date", "not_a_date")),
        ({"birth_date": "20900101"}, ("birth_date", "in_the_future")),
        ({"birth_date": "1990 7 3"}, ("birth_date", "not_a_date")),
        ({"valid_from": "20270101"}, ("valid_from", "not_yet_valid")),
        ({"valid_until": "20261121"}, ("valid_until", "expired")),
        ({"valid_from": "20200101", "valid_until": "20190101"}, ("valid_until", "before_valid_from")),
        ({"address": ""}, ("address", "blank")),
        ({"address": "样本\x07路"}, ("address", "unreadable_characters")),
        ({"name": "测\ue123"}, ("name", "rare_characters")),
        ({"id_number": RESIDENT + "0"}, ("id_number", "check_digit_wrong")),
        ({"id_number": "320102900307001"}, ("id_number", "not_an_id_number")),
        ({"id_number": "320102199013400" + "01" + "4"}, ("id_number", "check_digit_wrong")),
        ({"id_number": PERMIT + id_numbers.check_digit(PERMIT)}, ("id_number", "unexpected_area")),
    ],
)
def test_an_odd_field_is_reported_and_not_fatal(changes: dict[str, str], problem: tuple[str, str]) -> None:
    card = decode(encode(CardKind.RESIDENT, resident | changes), TODAY)

    assert problem in problems(card)
    assert card.issuing_authority == resident["issuing_authority"]


def test_a_card_is_still_valid_on_its_last_day() -> None:
    card = decode(encode(CardKind.RESIDENT, resident | {"valid_until": "20261122"}), TODAY)

    assert card.problems == ()


def test_a_card_without_expiry_says_so() -> None:
    card = decode(encode(CardKind.RESIDENT, resident | {"valid_until": "长期"}), TODAY)

    assert (card.never_expires, card.valid_until, card.problems) == (True, None, ())


def test_the_address_written_after_a_move_is_kept_beside_the_first() -> None:
    card = decode(encode(CardKind.RESIDENT, resident), TODAY, "样本市新路9号".ljust(35).encode("utf-16-le"))

    assert (card.address, card.newest_address) == (resident["address"], "样本市新路9号")


def test_an_unknown_nationality_is_kept_and_reported() -> None:
    kind = CardKind.FOREIGN_PERMANENT_RESIDENT_2017
    card = decode(encode(kind, MadeUpCards(1).texts(kind) | {"nationality": "QQQ"}), TODAY)

    assert card.nationality == "QQQ"
    assert ("nationality", "unknown_code") in problems(card)


@pytest.mark.parametrize(
    ("kind", "changes", "problem"),
    [
        ("hong_kong_macao_taiwan_permit", {"travel_permit_number": "X12345678"}, "wrong_form"),
        ("hong_kong_macao_taiwan_permit", {"issue_count": "1A"}, "wrong_form"),
        ("foreign_permanent_resident_2017", {"accepting_office_code": "32"}, "wrong_form"),
        ("foreign_permanent_resident_2017", {"nationality": "AUT"}, "disagrees_with_id_number"),
        ("foreign_permanent_resident_2023", {"issue_count": "--"}, "wrong_form"),
    ],
)
def test_odd_fields_of_other_cards_are_reported_too(kind: str, changes: dict[str, str], problem: str) -> None:
    texts = MadeUpCards(1).texts(CardKind(kind)) | changes

    assert problems(decode(encode(CardKind(kind), texts), TODAY)) == {(field, problem) for field in changes}


@pytest.mark.parametrize("number", ["H12345678", "M12345678", "12345678"])
def test_travel_permits_of_all_three_places_are_in_order(number: str) -> None:
    kind = CardKind.HONG_KONG_MACAO_TAIWAN_PERMIT
    texts = MadeUpCards(1).texts(kind) | {"travel_permit_number": number}

    assert decode(encode(kind, texts), TODAY).problems == ()


def test_a_2023_number_starts_with_nine() -> None:
    kind = CardKind.FOREIGN_PERMANENT_RESIDENT_2023
    texts = MadeUpCards(1).texts(kind) | {"id_number": RESIDENT + id_numbers.check_digit(RESIDENT)}

    assert ("id_number", "not_an_id_number") in problems(decode(encode(kind, texts), TODAY))


def test_check_digits_follow_gb_11643() -> None:
    # The example of the standard's own annex.
    assert id_numbers.check_digit("11010519491231002") == "X"


def test_code_tables_are_whole() -> None:
    assert set(ETHNICITIES) == {f"{n:02d}" for n in range(1, 57)} | {"97", "98"}
    assert len(COUNTRIES) == 249


def test_every_field_of_the_contract_has_a_name_for_people() -> None:
    assert set(IdentityCard.model_fields) - {"problems"} == set(FIELDS)
    assert all(set(OPTIONAL[kind]) <= {p.field for p in LAYOUTS[kind]} for kind in CardKind)


def test_a_card_shows_nothing_of_its_holder_when_it_is_logged() -> None:
    card = decode(encode(CardKind.RESIDENT, resident), TODAY)

    for secret in (card.name, card.id_number, card.address, "1990"):
        assert str(secret) not in f"{card!r}{card}"
