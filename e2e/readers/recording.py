"""A recording by the command line in a process of its own, watched by its events."""

import json
import signal
import subprocess
import threading
import time
import warnings
from pathlib import Path

from commandline import CLI, assert_exact
from documents import dimension, document
from uniform_random import uniform_random

UNTIL_STOPPED = 2**53


def took(what, seconds, goal_s):
    """A machine that does other work takes longer than the goal: that is said, and fails nothing."""
    if seconds > goal_s:
        warnings.warn(f"{what} took {seconds:.1f} s; {goal_s} s is the goal", stacklevel=2)


class Recording:
    """`zarrcam acquire --events` under way. `preexec` runs in the process before it becomes Node."""

    def __init__(self, folder, document, preexec=None):
        path = Path(folder) / "configuration.json"
        path.write_text(json.dumps(document))
        self.events = []  # (time.monotonic() of arrival, event)
        self._arrived = threading.Condition()
        self._process = subprocess.Popen(
            [*CLI, "acquire", str(path), "--events"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            preexec_fn=preexec,
        )
        self._readers = [threading.Thread(target=self._read), threading.Thread(target=self._read_stderr)]
        self.stderr = ""
        for reader in self._readers:
            reader.start()

    def _read(self):
        for line in self._process.stdout:
            # A killed process may leave half a line: nobody was told that.
            if line.endswith("\n"):
                with self._arrived:
                    self.events.append((time.monotonic(), json.loads(line)))
                    self._arrived.notify_all()

    def _read_stderr(self):
        self.stderr = self._process.stderr.read()

    def wait_for(self, holds, timeout=60):
        """The first event for which `holds`, with its time of arrival."""
        seen, deadline = 0, time.monotonic() + timeout
        with self._arrived:
            while True:
                for at, event in self.events[seen:]:
                    if holds(event):
                        return at, event
                seen = len(self.events)
                ended = not self._readers[0].is_alive()
                assert not ended and time.monotonic() < deadline, (
                    f"it did not come; exit {self._process.poll()}, last event {self.events[-1:]}, {self.stderr}"
                )
                self._arrived.wait(0.2)

    def wait_for_stored(self, frames, timeout=60):
        return self.wait_for(lambda event: event["event"] == "stats" and event["streams"][0]["ledger"]["stored"] >= frames, timeout)

    def interrupt(self):
        """As Ctrl-C: what was captured is stored, and the process ends."""
        self._process.send_signal(signal.SIGINT)

    def kill(self):
        self._process.kill()
        self.end(timeout=60)

    def end(self, timeout=60):
        """Waits for the process's end; its exit code."""
        code = self._process.wait(timeout)
        for reader in self._readers:
            reader.join()
        return code

    def stats(self):
        return [event for _, event in self.events if event["event"] == "stats"]

    def last_ledger(self):
        """What was claimed last; nothing before the first line."""
        stats = self.stats()
        return stats[-1]["streams"][0]["ledger"] if stats else {"captured": 0, "stored": 0, "dropped": 0, "in_flight": 0}

    def summary(self):
        """The run's summary, whose ledger must be exact."""
        [stream] = next(event for _, event in self.events if event["event"] == "run_ended")["streams"]
        assert_exact(stream["ledger"])
        return stream


SIDE = 256


def noise(storage, uri, frames=UNTIL_STOPPED, shards=0, layer=8, tile=128, exposure_time_us=1000.0, **settings):
    """64 KiB frames that do not shrink, a thousand a second unless told otherwise; frame i is `frame(i)`."""
    along = SIDE // tile if shards else 0
    dimensions = [
        dimension("x", "Space", SIDE, tile, along),
        dimension("y", "Space", SIDE, tile, along),
        dimension("t", "Time", 0, layer, shards),
    ]
    return document("simulated: uniform random", storage, dimensions, frames, str(uri), exposure_time_us=exposure_time_us, **settings)


def frame(frame_index):
    return uniform_random(frame_index, SIDE, SIDE)
