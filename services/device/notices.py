"""Everything the agent tells a person: a stable code, how serious it is, and a sentence that says what to do.

A notice never holds personal data: its parameters are names of readers, ports, fields and numbers of
readings.
"""

from dataclasses import dataclass
from enum import StrEnum

from contracts.device.events import CardKind, Sex


class Level(StrEnum):
    """How a notice is shown: what went well, what is only to know, what a person should do, what is broken."""

    GOOD = "good"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence in both languages; `{braces}` take the parameters."""

    level: Level
    zh: str
    en: str

    def text(self, language: str, **params: object) -> str:
        """The sentence in `zh` or `en`."""
        return (self.en if language == "en" else self.zh).format(**params)


def _good(zh: str, en: str) -> Notice:
    return Notice(Level.GOOD, zh, en)


def _info(zh: str, en: str) -> Notice:
    return Notice(Level.INFO, zh, en)


def _warning(zh: str, en: str) -> Notice:
    return Notice(Level.WARNING, zh, en)


def _error(zh: str, en: str) -> Notice:
    return Notice(Level.ERROR, zh, en)


NOTICES = {
    # the agent
    "agent_started": _good("读卡程序已启动，工作站 {station}。", "The agent runs, station {station}."),
    "agent_stopped": _info("读卡程序已停止。", "The agent has stopped."),
    "driver_failed": _error(
        "驱动 {driver} 出错({error})，{seconds} 秒后重试。若反复出现，请联系系统管理员。",
        "Driver {driver} failed ({error}); trying again in {seconds} s. If this repeats, call the administrator.",
    ),
    "driver_ended": _error(
        "驱动 {driver} 出错({error})。请检查配置，或联系系统管理员。",
        "Driver {driver} failed ({error}). Check the configuration, or call the administrator.",
    ),
    # readers
    "reader_ready": _good("读卡器 {reader} 已就绪，请放卡。", "Reader {reader} is ready: put a card on it."),
    "reader_gone": _warning(
        "读卡器 {reader} 已断开。请检查连接线，插好后自动恢复。",
        "Reader {reader} is gone. Check its cable; it is used again as soon as it is plugged in.",
    ),
    "no_reader": _warning(
        "没有找到读卡器。请插上读卡器，或检查其驱动是否已安装。",
        "No reader found. Plug one in, or check that its driver is installed.",
    ),
    "reader_not_answering": _error(
        "读卡器 {reader} 没有应答。请拔下读卡器，等几秒后重新插上。",
        "Reader {reader} does not answer. Unplug it, wait a few seconds and plug it in again.",
    ),
    "reader_busy": _warning(
        "读卡器 {reader} 被其他程序占用。请关闭其他读卡软件后重新放卡。",
        "Reader {reader} is held by another program. Close other card software and put the card on again.",
    ),
    "reader_line_disturbed": _warning(
        "与读卡器 {reader} 的通信受到干扰。请检查连接线，然后重新放卡。",
        "The line to reader {reader} is disturbed. Check the cable and put the card on again.",
    ),
    "reader_self_test_failed": _error(
        "读卡器 {reader} 自检失败，不能使用。请断电重启读卡器；仍失败则更换。",
        "Reader {reader} failed its self-test. Switch it off and on; if it fails again, replace it.",
    ),
    "reader_not_authorised": _error(
        "读卡器 {reader} 的安全模块未经授权。请联系读卡器供应商。",
        "The security module of reader {reader} is not authorised. Call the reader's vendor.",
    ),
    "reader_status_unknown": _warning(
        "读卡器 {reader} 返回未知状态 {status}。请重新放卡；若反复出现，请把该状态告诉系统管理员。",
        "Reader {reader} answered with unknown status {status}. Put the card on again; if this repeats, "
        "tell the administrator the status.",
    ),
    "pcsc_service_away": _error(
        "智能卡服务没有运行。请启动 pcscd(Windows:“Smart Card”服务)，启动后自动恢复。",
        "The smart-card service is not running. Start pcscd (Windows: the Smart Card service); the agent "
        "goes on by itself.",
    ),
    "pcsc_access_denied": _error(
        "没有使用智能卡服务的权限。请安装随程序提供的 polkit 规则(见安装说明)。",
        "The smart-card service denies access. Install the polkit rule that comes with the agent (see its guide).",
    ),
    "serial_port_unavailable": _error(
        "无法打开串口 {reader}。请检查读卡器是否接好、端口名称和权限是否正确、是否被其他程序占用；恢复后自动继续。",
        "Serial port {reader} can't be opened. Check cable, port name and rights, and that no other program has it; "
        "the agent goes on by itself.",
    ),
    # cards
    "card_read": _good("读卡成功 ({reader})，编号 {reading}。", "Card read ({reader}), reading {reading}."),
    "card_field_odd": _warning("请核对{field}：{problem}。", "Please check the {field}: {problem}."),
    "card_removed_too_soon": _warning(
        "卡片离开太早。请重新放卡，听到提示前不要移动。",
        "The card was taken away too soon. Put it on again and leave it until it has been read.",
    ),
    "card_unreadable": _warning(
        "卡片无法读取。请放平卡片重试，一次只放一张；仍不行请换读卡器，或手工录入。",
        "The card can't be read. Lay it flat and try again, one card at a time; otherwise try another "
        "reader or type the data in.",
    ),
    "card_rejected": _warning(
        "读卡器与卡片未能相互认证，该卡不能通过核验。请重试；仍不行请核对证件真伪。",
        "Reader and card could not authenticate each other. Try again; if it fails again, check that the "
        "card is genuine.",
    ),
    "card_blank": _warning(
        "卡片里没有姓名或证件号码。请手工录入，并提醒持卡人换领证件。",
        "The card holds no name or no number. Type the data in, and tell the holder to have the card replaced.",
    ),
    "card_kind_unknown": _warning(
        "本程序不认识这种证件。请手工录入，并告知系统管理员升级读卡程序。",
        "This agent does not know this kind of card. Type the data in, and ask the administrator for a newer agent.",
    ),
    "not_an_identity_card": _warning(
        "这不是居民身份证、居住证或永久居留身份证。请换卡，或手工录入。",
        "This is no resident identity card or residence permit. Use another card, or type the data in.",
    ),
    # delivery
    "reading_delivered": _info("编号 {reading} 已送达。", "Reading {reading} delivered."),
    "reading_not_kept": _error(
        "读数无法保存到本机({error})，没有发送。请清理磁盘空间后重新放卡。",
        "The reading can't be kept on this machine ({error}) and was not sent. Free some disk space and "
        "read the card again.",
    ),
    "readings_expired": _warning(
        "{count} 条读数超过 15 分钟未能送达，已删除。网络恢复后请重新读卡。",
        "{count} readings older than 15 minutes were erased unsent. Read the cards again once the network is back.",
    ),
    "readings_lost": _error(
        "{count} 条暂存读数已损坏，已删除。请重新读卡。",
        "{count} stored readings were damaged and are erased. Read the cards again.",
    ),
    "spool_damaged": _error(
        "本机暂存文件已损坏，已重新建立。请重新读取最近 15 分钟内的卡。",
        "The local store was damaged and has been made anew. Read the cards of the last 15 minutes again.",
    ),
    "broker_connected": _good("已连接学校系统。", "Connected to the school's system."),
    "broker_away": _warning(
        "连接不到学校系统({error})。读数加密暂存在本机，恢复后自动发送；超过 15 分钟会被删除。",
        "The school's system is out of reach ({error}). Readings wait encrypted on this machine and are "
        "sent later; "
        "after 15 minutes they are erased.",
    ),
    "broker_refused_station": _error(
        "学校系统拒绝本工作站登录。请核对配置文件中的工作站名称和密码，或联系学校。",
        "The school's system refuses this station. Check station and password in the configuration, or "
        "call the school.",
    ),
    "broker_refused_reading": _error(
        "学校系统不接受本工作站的读数({error})。请联系学校检查工作站的权限。",
        "The school's system does not take this station's readings ({error}). Ask the school to check its rights.",
    ),
    "broker_has_no_receiver": _error(
        "学校系统尚无接收读数的队列，读数暂存在本机。请联系学校。",
        "Nobody at the school's system receives readings yet; they wait on this machine. Call the school.",
    ),
    # configuration and commands
    "settings_missing": _error(
        "找不到配置文件 {path}。请从 device.example.toml 复制一份并填写，或用 --config 指定。",
        "There is no configuration file {path}. Copy device.example.toml and fill it in, or name one with --config.",
    ),
    "settings_not_private": _error(
        "配置文件 {path} 含密码，但其他用户也能读取。请执行:chmod 600 {path}",
        "The configuration file {path} holds a password but others can read it. Run: chmod 600 {path}",
    ),
    "settings_unreadable": _error(
        "无法读取配置文件 {path}({error})。请用运行读卡程序的用户检查其权限和内容。",
        "The configuration file {path} can't be read ({error}). Check its rights and content as the agent's user.",
    ),
    "settings_wrong": _error("配置文件有误:{path} — {error}", "The configuration is wrong: {path} — {error}"),
    "key_not_private": _error(
        "密钥文件 {path} 其他用户也能读取。请执行:chmod 600 {path}",
        "Others can read the key file {path}. Run: chmod 600 {path}",
    ),
    "folder_unusable": _error(
        "无法使用数据文件夹 {path}({error})。请检查其权限。",
        "The folder {path} can't be used ({error}). Check its rights.",
    ),
    "already_running": _error(
        "读卡程序已经在运行。请先停止它。",
        "An agent already runs with this folder. Stop it first.",
    ),
    "not_running": _warning(
        "读卡程序没有运行。请启动:systemctl start jiaowu-device",
        "The agent is not running. Start it: systemctl start jiaowu-device",
    ),
    "no_card_in_time": _warning(
        "{seconds} 秒内没有读到卡。请放卡后重试。",
        "No card was read within {seconds} s. Put a card on the reader and try again.",
    ),
}

PROBLEMS = {
    "blank": ("为空", "is blank"),
    "unreadable_characters": ("含有无法识别的字符", "has characters that can't be read"),
    "rare_characters": ("含有生僻字，可能显示不正确", "has rare characters that may not show rightly"),
    "unknown_code": ("代码不在国家标准中", "has a code that is not in the standard"),
    "wrong_form": ("格式不正确", "has not the form that such a field has"),
    "not_a_date": ("不是日期", "is no date"),
    "in_the_future": ("晚于今天", "lies in the future"),
    "not_yet_valid": ("证件尚未生效", "the card is not valid yet"),
    "expired": ("证件已过期", "the card has expired"),
    "before_valid_from": ("早于有效期起始日期", "lies before the start of validity"),
    "not_an_id_number": ("不符合证件号码规则", "does not follow the rule for such numbers"),
    "check_digit_wrong": ("校验码不正确", "has a wrong check digit"),
    "disagrees_with_id_number": ("与证件号码不一致", "disagrees with the ID number"),
    "unexpected_area": ("地区码与证件种类不符", "has an area code that does not fit the kind of card"),
}

FIELDS = {
    "kind": ("证件种类", "kind of card"),
    "name": ("姓名", "name"),
    "english_name": ("英文姓名", "English name"),
    "sex": ("性别", "sex"),
    "ethnic_code": ("民族代码", "ethnic code"),
    "ethnicity": ("民族", "ethnicity"),
    "nationality": ("国籍", "nationality"),
    "birth_date": ("出生日期", "birth date"),
    "address": ("住址", "address"),
    "newest_address": ("最新住址", "newest address"),
    "id_number": ("证件号码", "ID number"),
    "issuing_authority": ("签发机关", "issuing authority"),
    "accepting_office_code": ("受理机关代码", "accepting office's code"),
    "valid_from": ("有效期起", "valid from"),
    "valid_until": ("有效期止", "valid until"),
    "never_expires": ("长期有效", "never expires"),
    "travel_permit_number": ("通行证号码", "travel permit number"),
    "issue_count": ("签发/换证次数", "times issued"),
    "card_version": ("证件版本", "card version"),
    "earlier_number_link": ("旧证号码关联项", "link to the earlier number"),
}


VALUES = {
    CardKind.RESIDENT: ("居民身份证", "resident identity card"),
    CardKind.HONG_KONG_MACAO_TAIWAN_PERMIT: ("港澳台居民居住证", "Hong Kong/Macao/Taiwan residence permit"),
    CardKind.FOREIGN_PERMANENT_RESIDENT_2017: ("外国人永久居留身份证(2017)", "foreign permanent resident card (2017)"),
    CardKind.FOREIGN_PERMANENT_RESIDENT_2023: ("外国人永久居留身份证(2023)", "foreign permanent resident card (2023)"),
    Sex.UNKNOWN: ("未知", "unknown"),
    Sex.MALE: ("男", "male"),
    Sex.FEMALE: ("女", "female"),
    Sex.NOT_STATED: ("未说明", "not stated"),
    True: ("是", "yes"),
}


def value_text(value: object, language: str) -> str:
    """A value as people read it; text and dates as they are."""
    if not isinstance(value, CardKind | Sex | bool):
        return str(value)
    zh, en = VALUES[value]
    return en if language == "en" else zh


def field_name(field: str, language: str) -> str:
    """What a person calls a field."""
    return _pick(FIELDS, field, language)


def problem_text(code: str, language: str) -> str:
    """What is odd about a field."""
    return _pick(PROBLEMS, code, language)


def _pick(texts: dict[str, tuple[str, str]], key: str, language: str) -> str:
    zh, en = texts[key]
    return en if language == "en" else zh
