"""Processes that work for another one do not outlive it."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

PARENT = """
import sys, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from qms.twin import helper

if __name__ == "__main__":
    pool = ProcessPoolExecutor(2, get_context(sys.argv[1]), initializer=helper.begin)
    for job in [pool.submit(time.sleep, 0.1) for _ in range(4)]:
        job.result()
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_who_works_for_a_killed_process_ends(how: str) -> None:
    command = [sys.executable, "-c", PARENT, how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as parent:
        try:
            assert parent.stdout is not None
            assert parent.stdout.readline() == b"ready\n"
            parent.kill()
            # The helpers hold the other end of the pipe for as long as they live.
            assert parent.communicate(timeout=20)[0] == b""
        finally:
            with suppress(ProcessLookupError):
                os.killpg(parent.pid, signal.SIGKILL)
