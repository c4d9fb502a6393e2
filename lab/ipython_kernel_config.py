"""The kernel of this course, wherever it is started: JupyterLab, Binder, VS Code. Installed with the package.

After a restart, a cell in the middle of a notebook meets a name that no cell has made yet. Instead of a traceback it
says what to do.
"""

import sys

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell

c = get_config()  # noqa: F821 - given by IPython

NO_VALUE = """\
`{name}` has no value here ({where}).
Has the cell that makes it run? If not, choose Run All Above Selected Cell in the
menu Run, then run this cell again. If it has, `{name}` is spelled otherwise there."""


class GuidingShell(ZMQInteractiveShell):
    """A shell that explains a name without a value, if it is a cell that asked for it; `%tb` shows the traceback."""

    def showtraceback(self, *args, running_compiled_code=False, **kwargs):
        advice = self.advice(*self._get_exc_info()) if running_compiled_code else None
        if advice is None:
            super().showtraceback(*args, running_compiled_code=running_compiled_code, **kwargs)
        else:
            self._showtraceback(NameError, sys.last_value, [advice])

    def advice(self, kind, error, place):
        """What to do, if the error is that a line of a cell asks for a name without a value."""
        while place.tb_next is not None:
            place = place.tb_next
        cell = self.compile.format_code_name(place.tb_frame.f_code.co_filename)
        if cell and kind is NameError and str(error) == f"name '{error.name}' is not defined":
            where = f"{' '.join(cell)}, line {place.tb_lineno}"  # as it stands in a traceback
            return NO_VALUE.format(name=error.name, where=where)
        return None


class GuidingKernel(IPythonKernel):
    """Python's own kernel with this shell; its version is told as 3, so that no notebook changes with the learner's."""

    shell_class = GuidingShell
    language_info = {**IPythonKernel.language_info, "version": "3"}  # noqa: RUF012 - as its own stands there


c.IPKernelApp.kernel_class = GuidingKernel
