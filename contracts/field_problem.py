"""How a contract's own validators refuse."""


class FieldProblemError(ValueError):
    """Raised by a contract's own validators, so that the finding keeps a code of ours (`contracts.errors.fields`)."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
