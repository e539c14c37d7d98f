"""Counts."""

import os  # noqa: F401
