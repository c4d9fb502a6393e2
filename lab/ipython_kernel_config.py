"""The kernel of this course, wherever it is started: JupyterLab, Binder, VS Code. Installed with the package.

After a restart, a cell in the middle of a notebook meets a name that no cell has made yet. Instead of a traceback it
says what to do.
"""

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell

c = get_config()  # noqa: F821 - given by IPython

NO_VALUE = """\
`{name}` has no value here ({where}).
Has the cell that makes it run? If not, choose Run All Above Selected Cell in the menu Run, then
run this cell again. If it has, `{name}` is spelled otherwise there."""


class GuidingShell(ZMQInteractiveShell):
    """A shell that explains a name without a value, if it is a cell that asked for it."""

    def showtraceback(self, exc_tuple=None, *args, **kwargs):
        kind, error, place = self._get_exc_info(exc_tuple)
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        cell = place and self.compile.format_code_name(place.tb_frame.f_code.co_filename)
        if kind is NameError and cell:
            where = f"{' '.join(cell)}, line {place.tb_lineno}"  # as it stands in a traceback
            self._showtraceback(kind, error, [NO_VALUE.format(name=error.name, where=where)])
        else:
            super().showtraceback(exc_tuple, *args, **kwargs)


class GuidingKernel(IPythonKernel):
    """Python's own kernel with this shell."""

    shell_class = GuidingShell


c.IPKernelApp.kernel_class = GuidingKernel
