"""A file that cannot be read at all."""

from accounts.errors import UserError


class FileRefused(UserError):
    """The whole file is refused. The message is one or two plain sentences for the person who sent it."""
