"""JupyterLab for this course, as `make lab` starts it: `jupyter lab --config=lab/jupyter_lab_config.py`.

It opens the learner's own copy of the first notebook and stays quiet: no news, no look-up of updates, no catalogue of
extensions, loopback only. The token stays on, as is JupyterLab's default, and nothing is open without it but the page
that asks for it.
"""

import runpy
import warnings
from pathlib import Path

from jupyter_server.utils import JupyterServerAuthWarning

c = get_config()  # noqa: F821 - given by JupyterLab
here = Path(__file__).resolve().parent

c.Application.log_level = "WARN"  # the terminal shows the address of the page, and little else
warnings.simplefilter("ignore", JupyterServerAuthWarning)  # two extensions forgot what is set below
c.ServerApp.root_dir = str(here.parent)  # in whatever folder it was started
c.LabApp.app_settings_dir = str(here)  # overrides.json: no question about news; sliders are saved, too
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.allow_unauthenticated_access = False  # also where an extension forgot to say so
c.ServerApp.allow_root = True  # in a container there is often no other user

bring_up_to_date = runpy.run_path(str(here / "own_copy.py"))["bring_up_to_date"]
c.LabApp.default_url = f"/lab/tree/{bring_up_to_date(here.parent)}/00_start_here.ipynb"  # last: it might fail
