"""class_scores.py OUT: what scikit-learn says of classes, for tests/data/statistics/class_scores_test.ts.

Needs scikit-learn 1.9.1 and numpy. What is a share of nothing is nan there (zero_division), null in the file.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.metrics import balanced_accuracy_score, f1_score, precision_recall_fscore_support
from sklearn.utils.class_weight import compute_class_weight

CONFUSIONS = {
    "two classes": [[80, 3], [4, 66]],
    "a class that is never named": [[19, 0], [1, 0]],
    "a class without photos": [[5, 1, 2], [0, 7, 1], [0, 0, 0]],
    "a class without photos that is never named": [[5, 1, 0], [2, 7, 0], [0, 0, 0]],
    "no mistakes": [[4, 0], [0, 9]],
    "nothing right": [[0, 4], [9, 0]],
    "five classes": [[31, 2, 0, 1, 0], [3, 17, 4, 0, 0], [0, 1, 8, 0, 1], [0, 0, 0, 2, 0], [1, 1, 1, 1, 40]],
    "one photo": [[0, 1], [0, 0]],
}


def known(values) -> list:
    return [None if np.isnan(value) else float(value) for value in np.atleast_1d(values)]


def fixture(name: str, confusion: list) -> dict:
    counts = np.array(confusion)
    actual, predicted = np.indices(counts.shape)
    actual, predicted = np.repeat(actual.ravel(), counts.ravel()), np.repeat(predicted.ravel(), counts.ravel())
    labels = np.arange(len(counts))
    nan = {"labels": labels, "zero_division": np.nan}
    precision, recall, f1, support = precision_recall_fscore_support(actual, predicted, **nan)
    present = np.unique(actual)
    return {
        "name": name,
        "confusion": confusion,
        "precision": known(precision),
        "recall": known(recall),
        "f1": known(f1),
        "support": support.tolist(),
        "macro_f1": known(f1_score(actual, predicted, average="macro", **nan))[0],
        "balanced_accuracy": known(balanced_accuracy_score(actual, predicted))[0],
        "balanced_weights": compute_class_weight("balanced", classes=present, y=actual).tolist(),
    }


warnings.simplefilter("ignore")  # it warns where a share is one of nothing
out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
fixtures = [fixture(name, confusion) for name, confusion in CONFUSIONS.items()]
(out / "class_scores.json").write_text(json.dumps(fixtures, indent=1) + "\n")
