"""Made-up people and their cards, for the simulated reader and for tests. No real person is meant."""

import random
from datetime import date, timedelta

from contracts.device.events import PORTRAIT_BYTES, CardKind
from services.device.domain.contents import Contents
from services.device.domain.encoding import encode
from services.device.domain.id_numbers import check_digit

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
_GIVEN = "一文子明安宁平和晓春雨田禾木青山川云星月海江松竹梅兰"
_ETHNIC_CODES = ("01", "01", "01", "02", "03", "05", "11", "15")
_NATIONALITIES = ("FRA", "DEU", "JPN", "BRA", "EGY", "NZL")
_ENGLISH = ("MERIDIAN, ALEX", "EXAMPLE, ROBIN MARIE", "SPECIMEN, KIM")
_AREAS = ("320102", "320302", "320505", "320900")
_PERMIT_AREAS = ("810000", "820000", "830000")
_ADDRESS = "示例省样本市测试路{number}号"
_AUTHORITY = "样本市公安局"


class MadeUpCards:
    """A stream of cards; the same seed makes the same ones."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)

    def make(self, kind: CardKind) -> Contents:
        """A whole card: text and a portrait of noise."""
        return Contents(encode(kind, self.texts(kind)), self._random.randbytes(PORTRAIT_BYTES))

    def texts(self, kind: CardKind) -> dict[str, str]:
        """The fields of a valid card as they stand on the chip."""
        born = date(1960, 1, 1) + timedelta(days=self._random.randrange(16_000))
        issued = date(2019, 1, 1) + timedelta(days=self._random.randrange(1_500))
        sex = self._random.choice("12")
        texts = {
            "sex": sex,
            "birth_date": f"{born:%Y%m%d}",
            "valid_from": f"{issued:%Y%m%d}",
            "valid_until": f"{issued.replace(year=issued.year + 20, day=min(issued.day, 28)):%Y%m%d}",
        }
        if kind in (CardKind.RESIDENT, CardKind.HONG_KONG_MACAO_TAIWAN_PERMIT):
            return texts | self._resident(kind, born, sex)
        return texts | self._foreigner(kind, born)

    def _resident(self, kind: CardKind, born: date, sex: str) -> dict[str, str]:
        choice = self._random.choice
        is_permit = kind is CardKind.HONG_KONG_MACAO_TAIWAN_PERMIT
        serial = f"{self._random.randrange(50) * 2 + int(sex) % 2:03d}"
        texts = {
            "name": choice(_SURNAMES) + "".join(self._random.sample(_GIVEN, choice((1, 2)))),
            "address": _ADDRESS.format(number=self._random.randrange(1, 999)),
            "issuing_authority": _AUTHORITY,
            "id_number": _with_check_digit(f"{choice(_PERMIT_AREAS if is_permit else _AREAS)}{born:%Y%m%d}{serial}"),
        }
        if is_permit:
            return texts | {
                "travel_permit_number": f"H{self._random.randrange(10**8):08d}",
                "issue_count": "01",
            }
        return texts | {"ethnic_code": choice(_ETHNIC_CODES)}

    def _foreigner(self, kind: CardKind, born: date) -> dict[str, str]:
        choice = self._random.choice
        nationality = choice(_NATIONALITIES)
        texts = {"english_name": choice(_ENGLISH), "nationality": nationality}
        if kind is CardKind.FOREIGN_PERMANENT_RESIDENT_2017:
            number = f"{nationality}{self._random.randrange(10**12):012d}"
            return texts | {"id_number": number, "card_version": "01", "accepting_office_code": "3201"}
        number = _with_check_digit(
            f"932{self._random.randrange(1000):03d}{born:%Y%m%d}{self._random.randrange(1000):03d}"
        )
        return texts | {"id_number": number, "issue_count": "00"}


def _with_check_digit(first_17: str) -> str:
    return first_17 + check_digit(first_17)
