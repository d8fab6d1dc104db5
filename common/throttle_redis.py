"""The counts of failed attempts in Redis, for several processes; the counting itself is one script, so one step.

Where Redis is away nobody can sign in (503): to go on uncounted would open the door at the wrong moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from common import errors, gate
from common.throttle import ADDRESS_FACTOR, FIRST_WAIT, FORGOTTEN_AFTER, KNOWN_FOR, LONGEST_WAIT, Attempt, refuse

_PREFIX = "storekeeper:throttle:"
_TIMEOUT_SECONDS = 2.0
# Keys: pair, address, known. Arguments: free failures of each, first and longest wait and memory in milliseconds.
_ENTER = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local counted = redis.call('EXISTS', KEYS[3]) == 1 and 1 or 2
local left = 0
for i = 1, counted do
  local till = tonumber(redis.call('HGET', KEYS[i], 'until') or '0')
  left = math.max(left, till - now)
end
if left > 0 then return left end
for i = 1, counted do
  local failures = redis.call('HINCRBY', KEYS[i], 'failures', 1)
  local free, wait = tonumber(ARGV[i]), 0
  if failures >= free then
    wait = math.min(tonumber(ARGV[4]), tonumber(ARGV[3]) * 2 ^ math.min(failures - free, 20))
    redis.call('HSET', KEYS[i], 'until', now + wait)
  end
  redis.call('PEXPIRE', KEYS[i], wait + tonumber(ARGV[5]))
end
return 0
"""
_SUCCEED = """
redis.call('DEL', KEYS[1])
if redis.call('EXISTS', KEYS[3]) == 0 and redis.call('EXISTS', KEYS[2]) == 1 then
  redis.call('HINCRBY', KEYS[2], 'failures', -1)
  redis.call('HDEL', KEYS[2], 'until')
end
redis.call('SET', KEYS[3], '1', 'PX', ARGV[1])
return 0
"""


class InRedis:
    """See common.throttle.Throttle."""

    def __init__(self, url: str, free: int) -> None:
        self._redis = Redis.from_url(url, socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_TIMEOUT_SECONDS)
        self._enter = self._redis.register_script(_ENTER)
        self._succeed = self._redis.register_script(_SUCCEED)
        waits = [_milliseconds(span) for span in (FIRST_WAIT, LONGEST_WAIT, FORGOTTEN_AFTER)]
        self._arguments = [free, free * ADDRESS_FACTOR, *waits]

    def enter(self, attempt: Attempt) -> None:
        """See Throttle; raises Busy where Redis is away."""
        left = _run(self._enter, attempt, self._arguments)
        if left > 0:
            raise refuse(timedelta(milliseconds=left))

    def succeed(self, attempt: Attempt) -> None:
        """See Throttle; raises Busy where Redis is away."""
        _run(self._succeed, attempt, [_milliseconds(KNOWN_FOR)])


def _run(script: Any, attempt: Attempt, arguments: Sequence[int]) -> int:
    keys = [_PREFIX + key for key in (attempt.pair, attempt.address, attempt.known)]
    try:
        with gate.outside():
            return int(script(keys=keys, args=arguments))
    except RedisError as error:
        raise errors.Busy("Nobody can sign in now; try again in a moment.", retry_after=2) from error


def _milliseconds(span: timedelta) -> int:
    return int(span / timedelta(milliseconds=1))
