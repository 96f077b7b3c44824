"""Keeps an eye on the database: what other processes wrote, whether it lives, whose clock is wrong."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from threading import Event as Flag
from threading import Thread
from time import monotonic

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from qms.ledger.engine import Wait, database_now, listening
from qms.ledger.reader import heads

log = logging.getLogger("qms.ledger")
EVERY = 1.0
"""Seconds between looks, in case a notice is lost."""
STEP = 0.2
"""Seconds after which a request to stop is noticed."""


class Lookout(Thread):
    """Listens for notices and looks once a second; outlives a database that goes away and comes back.

    `behind(hall, seq)` is told how far a hall's log is known to go; `after_look` runs once a second,
    also while the database is away.
    """

    def __init__(
        self, engine: Engine, behind: Callable[[str, int], None], after_look: Callable[[], None]
    ) -> None:
        super().__init__(name="ledger-lookout", daemon=True)
        self._engine, self._behind, self._after_look = engine, behind, after_look
        self._stop_flag = Flag()
        self.alive = True
        self.skew = 0.0

    def stop(self) -> None:
        self._stop_flag.set()

    def run(self) -> None:
        while not self._stop_flag.is_set():
            try:
                with listening(self._engine, self._stop_flag) as wait:
                    self._watch(wait)
            except (SQLAlchemyError, psycopg.Error) as error:
                if self.alive:
                    log.warning("lost sight of the database: %s", type(error).__name__)
                self.alive = False
                self._after_look()
                self._stop_flag.wait(EVERY)

    def _watch(self, wait: Wait) -> None:
        while not self._stop_flag.is_set():
            for hall, seq in self._look().items():
                self._behind(hall, seq)
            self.alive = True
            self._after_look()
            until = monotonic() + EVERY
            while (left := until - monotonic()) > 0 and not self._stop_flag.is_set():
                for payload in wait(min(left, STEP)):
                    hall, _, number = payload.rpartition(":")
                    self._behind(hall, int(number))

    def _look(self) -> Mapping[str, int]:
        with self._engine.connect() as conn:
            before = datetime.now(UTC)
            there = database_now(conn)
            here = before + (datetime.now(UTC) - before) / 2
            self.skew = (there - here).total_seconds()
            return {hall: head.seq for hall, head in heads(conn).items()}
