"""Print the lowest version that each range of pyproject.toml admits, as constraints for pip: `make test-lowest`."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
for requirement in sum(project["optional-dependencies"].values(), project["dependencies"]):
    print("==".join(re.match(r"([\w-]+)>=([\d.]+)", requirement).groups()))
