"""The exercises, a module for each notebook. Each check prints one verdict, counts it, and never raises."""

from importlib import import_module
from pkgutil import iter_modules

from helpers import judge

for module in iter_modules(__path__):
    import_module(f"{__name__}.{module.name}")
_CHECKS = {name: check for checks in judge.EXERCISES.values() for name, check in checks.items()}
globals().update(_CHECKS)
__all__ = [*_CHECKS]  # noqa: PLE0604 (they are strings)
