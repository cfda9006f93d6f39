"""Errors of whoever gave an address. None of them says what lies there, or where it leads."""

from index.errors import UserError


class FetchRefusedError(UserError):
    """Nothing is fetched from such an address, whatever lies there."""


class FetchFailedError(UserError):
    """The address gave nothing, or not in time."""


class TooLargeError(UserError):
    """More bytes than are taken."""
