"""Why a message that a service received was not handled, and why nothing is done with one that is kept."""

from contracts.errors import ErrorKind, ErrorText

_K = ErrorKind

TEXTS = {
    # It is not believed, and never runs
    "sender_missing": ErrorText(
        _K.FORBIDDEN,
        "消息没有注明发送方，已搁置，不会处理。请检查消息服务器的账号。",
        "The message names no sender and was put aside. Look at the accounts of the broker.",
    ),
    "sender_not_owner": ErrorText(
        _K.FORBIDDEN,
        "消息不是由有权发送的服务发出的，已搁置，不会处理。请查明谁掌握该发送方的密码。",
        "The message did not come from its owner and was put aside. Find out who has that sender's password.",
    ),
    "rerouted": ErrorText(
        _K.FORBIDDEN,
        "消息是绕道送达的，已搁置，不会处理。请查明是谁转发的。",
        "The message took another way than its own and was put aside. Find out who sent it on.",
    ),
    "key_not_type": ErrorText(
        _K.FORBIDDEN,
        "消息内容与其路由不符，已搁置，不会处理。请查明发送方。",
        "What is in the message does not belong under its key, so it was put aside. Look at who sent it.",
    ),
    # It can't be handled
    "undecodable_message": ErrorText(
        _K.INVALID, "无法读取该消息，请联系开发人员。", "The message can't be read. Ask a developer."
    ),
    "unknown_event": ErrorText(
        _K.INVALID,
        "没有程序认识这种消息。请确认各服务的版本一致，然后重新处理。",
        "No code knows this event. See that all services are of one version, then replay it.",
    ),
    "unknown_version": ErrorText(
        _K.CONFLICT,
        "消息的版本较新，正在等待本服务升级。",
        "The event is of the version that comes next: it waits until this service has been upgraded.",
    ),
    "schema_mismatch": ErrorText(
        _K.INVALID,
        "消息内容不符合约定。请联系开发人员，更正后重新处理。",
        "What the message carries does not fit its contract. Ask a developer, and replay it when that is mended.",
    ),
    "reaction_failed": ErrorText(
        _K.INTERNAL,
        "处理该消息时程序出错。请查看日志，程序更正后重新处理。",
        "The code failed over this message. Look at the log, and replay it when the code is mended.",
    ),
    "handling_failed": ErrorText(
        _K.INTERNAL,
        "处理该消息时多次出错，正在自动重试。请查看日志。",
        "Handling the message failed again and again; it is tried again by itself. Look at the log.",
    ),
    "delivery_limit": ErrorText(
        _K.INTERNAL,
        "处理该消息的进程多次终止，已放弃。请查看日志，原因排除后重新处理。",
        "The message ended its process again and again. Look at the log, and replay it when the cause is gone.",
    ),
    "dead_lettered": ErrorText(
        _K.INTERNAL,
        "消息服务器放弃了该消息。原因排除后请重新处理。",
        "The broker gave the message up. Replay it when the cause is gone.",
    ),
    # What is asked can't be done with it
    "message_still_waiting": ErrorText(
        _K.CONFLICT,
        "该消息正在自动重试，无需办理。",
        "This message is tried again by itself; there is nothing to do.",
    ),
    "message_not_believed": ErrorText(
        _K.REFUSED,
        "该消息来源不可信，不能重新处理，只能放弃。",
        "This message was not believed and is never handled. Give it up instead.",
    ),
    "message_not_kept": ErrorText(
        _K.REFUSED,
        "该消息的内容已不再保留，不能重新处理，只能放弃。",
        "What this message carried is not kept any more, so it can't be tried again. Give it up instead.",
    ),
}
