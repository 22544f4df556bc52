class UnreadableForm(ValueError):
    """The file is not a form that can be read. The message (Chinese) says why and how to mend it."""
