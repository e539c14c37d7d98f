"""The buckets, on a clock that the tests move."""

import pytest

from throttle import Answer, Throttle, TooManyKeysError


class Clock:
    """A clock that stands still until it is told to move on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_fr_1_a_new_key_starts_with_a_full_bucket(clock: Clock) -> None:
    throttle = Throttle(capacity=3, per_second=1, clock=clock)
    assert throttle.take("ann", 3) == Answer(allowed=True, remaining=0, retry_after=0.0)


def test_fr_1_keys_do_not_share_tokens(clock: Clock) -> None:
    throttle = Throttle(capacity=1, per_second=1, clock=clock)
    assert throttle.take("ann").allowed
    assert throttle.take("bob").allowed


def test_fr_2_a_refusal_takes_nothing_and_says_how_long_to_wait(clock: Clock) -> None:
    throttle = Throttle(capacity=3, per_second=2, clock=clock)
    throttle.take("ann", 2)
    assert throttle.take("ann", 3) == Answer(allowed=False, remaining=1, retry_after=1.0)
    assert throttle.take("ann", 1).allowed


def test_fr_2_waiting_as_long_as_told_is_enough(clock: Clock) -> None:
    throttle = Throttle(capacity=4, per_second=0.5, clock=clock)
    throttle.take("ann", 4)
    clock.now += throttle.take("ann", 3).retry_after
    assert throttle.take("ann", 3).allowed


def test_fr_3_tokens_come_back_evenly(clock: Clock) -> None:
    throttle = Throttle(capacity=10, per_second=2, clock=clock)
    throttle.take("ann", 10)
    clock.now += 1.5
    assert throttle.take("ann", 1).remaining == 2


def test_fr_3_a_bucket_never_holds_more_than_its_capacity(clock: Clock) -> None:
    throttle = Throttle(capacity=2, per_second=100, clock=clock)
    throttle.take("ann")
    clock.now += 3600
    assert throttle.take("ann", 2) == Answer(allowed=True, remaining=0, retry_after=0.0)


@pytest.mark.parametrize(
    ("key", "tokens"), [("", 1), ("k" * 129, 1), ("ann", 0), ("ann", -1), ("ann", 4)]
)
def test_fr_4_impossible_requests_are_refused(clock: Clock, key: str, tokens: int) -> None:
    throttle = Throttle(capacity=3, per_second=1, clock=clock)
    with pytest.raises(ValueError, match="must"):
        throttle.take(key, tokens)
    assert throttle.keys() == 0


@pytest.mark.parametrize(
    ("capacity", "per_second", "max_keys"), [(0, 1, 1), (1, 0, 1), (1, 1, 0), (1, -1, 1)]
)
def test_fr_4_impossible_settings_are_refused(
    capacity: int, per_second: float, max_keys: int
) -> None:
    with pytest.raises(ValueError, match="positive"):
        Throttle(capacity, per_second, max_keys)


def test_fr_5_full_buckets_make_room_for_new_keys(clock: Clock) -> None:
    throttle = Throttle(capacity=1, per_second=1, max_keys=2, clock=clock)
    throttle.take("ann")
    clock.now += 0.5
    throttle.take("bob")
    clock.now += 0.5
    assert throttle.take("cid").allowed
    assert throttle.keys() == 2
    assert not throttle.take("bob").allowed


def test_fr_5_a_key_in_use_is_never_forgotten(clock: Clock) -> None:
    throttle = Throttle(capacity=1, per_second=1, max_keys=1, clock=clock)
    throttle.take("ann")
    with pytest.raises(TooManyKeysError):
        throttle.take("bob")
    assert not throttle.take("ann").allowed
