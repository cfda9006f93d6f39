import subprocess
import sys
from pathlib import Path


def test_commands_page_is_what_the_commands_say(root: Path) -> None:
    done = subprocess.run([sys.executable, root / ".ci" / "commands", "--check"], check=False)  # noqa: S603 - our own script

    assert done.returncode == 0, "run `.ci/commands`"
