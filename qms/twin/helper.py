"""A process that works for another one: the other ends it, and it ends where the other is gone."""

import os
import signal
from multiprocessing import parent_process
from threading import Thread


def begin() -> None:
    """What such a process does first.

    Ctrl-C is for the process that the person started: it ends the others. Where that one was killed
    nobody does, and a helper would wait for work for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)
