"""What every baseline in Python shares: it says that it is ready, then answers each line on its standard input with the seconds of one run
and a number that depends on the result, until the input ends. It dies with the program that started it."""
import ctypes
import signal
import sys
import time

DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG: a child that is paused between its turns must not outlive its parent


def serve(version, run):
    """Answers until the input ends. `run` does one run and returns a zero-argument function that gives the check number, or a pair
    of seconds and number where it measures itself."""
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL)
    print("ready", version, flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        check = run()
        seconds = time.perf_counter() - start
        seconds, check = check if isinstance(check, tuple) else (seconds, check())
        print(seconds, float(check), flush=True)
