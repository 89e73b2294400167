"""Words for what the school sets."""

from contracts.words.word import Words

SETTINGS: Words = {
    "grace_days": ("汇款驳回后的宽限期", "Time to pay after a rejected remittance"),
    "school_name": ("学校名称", "Name of the school"),
    "school_english_name": ("学校英文名称", "English name of the school"),
}
