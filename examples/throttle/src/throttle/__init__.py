"""Throttle: tells callers whether they may go on now, or how long to wait."""

from throttle.bucket import Answer, Throttle, TooManyKeysError

__all__ = ["Answer", "Throttle", "TooManyKeysError", "__version__"]

__version__ = "0.1.0"
