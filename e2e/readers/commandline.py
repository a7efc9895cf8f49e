"""The command line, and a process that records one document after the other."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLI = ["node", str(ROOT / "bridge/cli/bin/zarrcam.js")]


def zarrcam(*arguments, check=True, timeout=120, **options):
    """Run the command line; with `check`, a failure shows what it said."""
    done = subprocess.run([*CLI, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, **options)
    if check:
        assert done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def assert_exact(ledger):
    """At the end of a run every frame is accounted for."""
    assert ledger["captured"] == ledger["stored"] + ledger["dropped"], ledger
    assert ledger["dropped"] == ledger["dropped_camera"] + ledger["dropped_queue"] + ledger["dropped_storage"], ledger
    assert ledger["in_flight"] == 0, ledger


class Driver:
    """One process whose runtime records, and recovers, one store after the other."""

    def __init__(self):
        self._process = subprocess.Popen(
            ["node", "--import", "tsx", "e2e/readers/driver.ts"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def _ask(self, request):
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the process that records has died"
        return json.loads(line)

    def record(self, document):
        """{summary, losses, error} of a run."""
        return self._ask({"record": document})

    def recover(self, path):
        answer = self._ask({"recover": str(path)})
        assert answer["error"] is None, answer["error"]

    def close(self):
        self._process.stdin.close()
        assert self._process.wait(30) == 0
