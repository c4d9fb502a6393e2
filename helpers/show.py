"""Puts a picture into the notebook so that everybody gets it: eyes, screen readers, GitHub, and nbval."""

import base64
import html
import io

import numpy as np
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from helpers import arguments
from helpers.figures import PIXELS_PER_INCH, Picture, styled


def show(picture):
    """Display a picture with its alt sentence."""
    display(bundle(picture), raw=True)


def bundle(picture):
    """The picture in three forms: HTML with an alt text, a PNG, and the alt sentence as plain text for nbval.

    JupyterLab gives a bare PNG no alt text, whatever its metadata say; hence the HTML.
    """
    arguments.a("picture", Picture, picture, "the functions in helpers.figures return")
    if not picture.alt:
        raise ValueError(
            "picture has no alt: a picture is shown only together with the sentence that says what it shows"
        )
    data = base64.b64encode(png(picture)).decode()
    width = round(picture.get_figwidth() * PIXELS_PER_INCH)
    return {
        "text/html": f'<img alt="{html.escape(picture.alt)}" width="{width}" src="data:image/png;base64,{data}">',
        "image/png": data,
        "text/plain": picture.alt,
    }


@styled
def png(picture):
    """The picture as the bytes of a PNG with a palette, a third of the size of one in full colour."""
    arguments.a("picture", Picture, picture, "the functions in helpers.figures return")
    canvas = FigureCanvasAgg(picture)
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    file = io.BytesIO()
    image.quantize(128).save(file, "PNG")
    return file.getvalue()
