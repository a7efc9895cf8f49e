"""`zarrcam serve` of a folder, in a process of its own."""

import re
import subprocess
from contextlib import contextmanager

from commandline import CLI


@contextmanager
def serving(folder):
    """The address under which the folder's datasets are: `{address}/NAME`."""
    with subprocess.Popen(
        [*CLI, "serve", "--port", "0", "--data", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as bridge:
        try:
            said = ""
            for line in bridge.stdout:
                said += line
                if link := re.search(r"http://127\.0\.0\.1:\d+", line):
                    yield f"{link[0]}/data"
                    return
            raise AssertionError(f"the bridge has ended: {said}")
        finally:
            bridge.kill()
