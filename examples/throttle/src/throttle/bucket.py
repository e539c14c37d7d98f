"""Token buckets, one per key. No input or output, and no clock of its own."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

MAX_KEY_LENGTH = 128


class TooManyKeysError(Exception):
    """Every place for a key is taken by a bucket that is still in use."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the throttle decided, and what the caller can expect next."""

    allowed: bool
    remaining: int
    retry_after: float


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class Throttle:
    """Gives each key `capacity` tokens and refills them evenly. Safe to share between threads."""

    def __init__(
        self,
        capacity: int,
        per_second: float,
        max_keys: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Every key starts with a full bucket; `clock` gives seconds and never goes back."""
        if capacity < 1 or per_second <= 0 or max_keys < 1:
            raise ValueError("capacity, per_second and max_keys must be positive")
        self._capacity = capacity
        self._per_second = per_second
        self._max_keys = max_keys
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def take(self, key: str, tokens: int = 1) -> Answer:
        """Take `tokens` from the bucket of `key`, or nothing at all."""
        if not 1 <= len(key) <= MAX_KEY_LENGTH:
            raise ValueError(f"key must have 1 to {MAX_KEY_LENGTH} characters")
        if not 1 <= tokens <= self._capacity:
            raise ValueError(f"tokens must be between 1 and {self._capacity}")
        with self._lock:
            bucket = self._refilled(key)
            allowed = tokens <= bucket.level
            if allowed:
                bucket.level -= tokens
            missing = 0.0 if allowed else tokens - bucket.level
            return Answer(allowed, int(bucket.level), missing / self._per_second)

    def keys(self) -> int:
        """How many keys are remembered."""
        with self._lock:
            return len(self._buckets)

    def _refilled(self, key: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[key] = _Bucket(float(self._capacity), now)
        bucket.level = self._level(bucket, now)
        bucket.at = now
        return bucket

    def _level(self, bucket: _Bucket, now: float) -> float:
        return min(self._capacity, bucket.level + (now - bucket.at) * self._per_second)

    def _make_room(self, now: float) -> None:
        """Forget full buckets when all places are taken: a new bucket is full as well."""
        if len(self._buckets) < self._max_keys:
            return
        self._buckets = {
            k: b for k, b in self._buckets.items() if self._level(b, now) < self._capacity
        }
        if len(self._buckets) >= self._max_keys:
            raise TooManyKeysError(f"{self._max_keys} keys are in use")
