"""What PyTorch says about a mistake, printed, so that the cell below it can run."""

import warnings
from contextlib import contextmanager


@contextmanager
def complaint():
    """Run the lines below, and print an error in place of raising it, or the first sentence of each warning."""

    def first_sentence(message, category, *where):  # the rest often names files of PyTorch itself
        print(f"{category.__name__}: {str(message).split('. ')[0]}")

    with warnings.catch_warnings(action="always"):
        warnings.showwarning = first_sentence
        try:
            yield
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
