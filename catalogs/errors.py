"""Why a verb refused. The message is for the person at the screen, in Chinese."""


class Refused(Exception):
    """Base of every refusal; nothing was changed."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(Refused):
    """The actor has no right to do this, here."""


class FourEyes(NotAllowed):
    """The actor filed what they would decide on."""


class WrongState(Refused):
    """The work is not at the stage where this can be done."""


class Stale(Refused):
    """Someone changed it since the actor looked."""


class BadInput(Refused):
    """What was typed or sent cannot be accepted; the message says how to mend it."""
