"""The command line, and a process that records one document after the other."""

import hashlib
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


def script(name):
    """The command that runs a script of this folder."""
    return ["node", "--import", "tsx", f"e2e/readers/{name}"]


class Service:
    """A process of ours: one JSON line a request, one an answer."""

    def __init__(self, command):
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    @property
    def pid(self):
        return self._process.pid

    def ask(self, request):
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the process has died"
        return json.loads(line)

    def close(self):
        self._process.stdin.close()
        assert self._process.wait(30) == 0


class Driver(Service):
    """One process whose runtime records, and recovers, one store after the other."""

    def __init__(self):
        super().__init__(script("driver.ts"))

    def record(self, document):
        """{summary, losses, error} of a run."""
        return self.ask({"record": document})

    def recover(self, path):
        answer = self.ask({"recover": str(path)})
        assert answer["error"] is None, answer["error"]


    def info(self, path):
        """{info, error} of a dataset."""
        return self.ask({"info": str(path)})


class Reader(Service):
    """A reader that opens each array afresh."""

    def __init__(self, name, command):
        super().__init__(command)
        self._name = name

    def read(self, path, index=None):
        """Shape, type and hash of an array, or of one index along its first axis."""
        answer = self.ask({"path": str(path), **({} if index is None else {"index": index})})
        assert "error" not in answer, f"{self._name}: {answer['error']}"
        return answer

    def agrees(self, path, expected):
        """Whether it reads the very bytes of a NumPy array."""
        answer = self.read(path)
        return (
            answer["shape"] == list(expected.shape)
            and answer["dtype"] == expected.dtype.name
            and answer["sha256"] == hashlib.sha256(expected.tobytes()).hexdigest()
        )


def zarrita_reader():
    return Reader("zarrita", script("zarrita.ts"))
