"""Why a file was refused. The message is for the person who sent it, in Chinese."""


class UnreadableForm(Exception):
    """The file cannot be read as the official form; ``message`` says why and how to mend it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
