"""Who acts in the scripts. Each is one person."""

from tests.builders.people import of_school

REGISTRAR = of_school(name="教务甲")
OTHER_REGISTRAR = of_school(name="教务乙")
ACCOUNTANT = of_school(name="财务甲")
OTHER_ACCOUNTANT = of_school(name="财务乙")
CASHIER = of_school(name="出纳")
ADMISSIONS = of_school(name="招生甲")
OTHER_ADMISSIONS = of_school(name="招生乙")
EXAMINER = of_school(name="考务")
ADMINISTRATOR = of_school(name="系统管理员")
