"""Answers to the exercise of notebook 00."""

import numpy as np

ACTUAL = np.array([11.0, 14.0, 9.0, 12.0, 15.0, 13.0])
APPS = np.array([[9.5, 12.5, 7.5, 10.5, 13.5, 11.5], [11.0, 14.5, 9.0, 12.0, 9.5, 13.0]])

TRUTHS = {"loss_of_two_apps": [2.25, 61 / 12]}  # worked out on paper
RIGHT = {
    "loss_of_two_apps": [
        tuple(((app - ACTUAL) ** 2).mean() for app in APPS),
        np.linalg.norm(APPS - ACTUAL, axis=1) ** 2 / 6,
        (2.25, 5.08),
    ]
}
WRONG = {
    "loss_of_two_apps": {
        "look at the loss of wild (yours: 5).": (2.25, 5.0),
        "look at the loss of cold (yours: 1.5)": (1.5, 61 / 12),
    }
}
