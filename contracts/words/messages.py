"""Words for messages that did not get where they should: their fields, and what is done with those of each service."""

from contracts.words.things import SERVICES
from contracts.words.word import Words

FIELDS: Words = {
    "message_ids": ("消息", "Messages"),
    "event_version": ("消息版本", "Version of the event"),
    "detail": ("细节", "Detail"),
    "attempts": ("已尝试次数", "Tried"),
    "received_at": ("收到时间", "Received at"),
    "next_at": ("下次重试时间", "Tried again at"),
    "sender": ("发送方", "Sender"),
    "exchange": ("交换器", "Exchange"),
    "routing_key": ("路由键", "Routing key"),
    "replayable": ("可重新处理", "Can be tried again"),
    "row_id": ("所涉记录", "Row"),
    "returned_at": ("退回时间", "Returned at"),
    "ParkedMessageView.refusal": ("未处理的原因", "Why it was not handled"),
}

_OPERATIONS: Words = {
    "ListParkedMessages": ("未处理的消息", "Messages not handled"),
    "ListReturnedMessages": ("未能发出的消息", "Messages not sent"),
    "ReplayMessages": ("重新处理消息", "Try messages again"),
    "DropMessages": ("放弃消息", "Give messages up"),
}
OPERATIONS: Words = {
    f"{service}.{operation}": (f"{zh}：{of[0]}", f"{en}: {of[1].lower()}")
    for service, of in SERVICES.items()
    for operation, (zh, en) in _OPERATIONS.items()
}
