"""label_issues.py OUT: what cleanlab 2 finds, for tests/training/issues. Needs cleanlab 2.9.0.

Labels of which one in twenty is planted wrong, and probabilities as a model gives them, to 4 decimals;
features of which some lie apart.
"""

import json
import sys
from pathlib import Path

import cleanlab
import numpy as np
from cleanlab import Datalab
from cleanlab.filter import find_label_issues


def probabilities(rng, labels, classes, sharpness, noise):
    logits = noise * rng.standard_normal((len(labels), classes))
    logits[np.arange(len(labels)), labels] += sharpness
    odds = np.exp(logits)
    return np.round(odds / odds.sum(1, keepdims=True), 4)


def planted(seed, counts, sharpness, noise, share=0.05):
    rng = np.random.default_rng(seed)
    classes = len(counts)
    true = np.repeat(np.arange(classes), counts)
    given = true.copy()
    wrong = np.sort(rng.choice(len(true), round(share * len(true)), replace=False))
    for photo in wrong:
        given[photo] = (given[photo] + 1 + rng.integers(classes - 1)) % classes
    probs = probabilities(rng, true, classes, sharpness, noise)
    found = find_label_issues(given, probs, return_indices_ranked_by="self_confidence", n_jobs=1)
    return {
        "labels": given.tolist(),
        "wrong": wrong.tolist(),
        "probabilities": probs.tolist(),
        "found": [int(i) for i in found],
    }


def outliers(seed):
    rng = np.random.default_rng(seed)
    features = np.round(1 + 0.2 * rng.standard_normal((60, 8)), 3)
    features[[7, 31, 50]] = np.round(rng.standard_normal((3, 8)), 3)
    lab = Datalab({"x": list(range(60))}, verbosity=0)
    from cleanlab.datalab.internal.issue_manager.outlier import OutlierIssueManager
    manager = OutlierIssueManager(lab, k=10, metric="cosine")
    manager.find_issues(features=features)
    issues = manager.issues
    found = issues[issues["is_outlier_issue"]].sort_values("outlier_score").index
    return {"features": features.tolist(), "found": [int(i) for i in found]}


def main(out):
    sets = [
        planted(1, [30, 30, 30], 3, 1),
        planted(2, [80, 25, 10, 5], 2, 1),
        planted(3, [60, 60], 4, 1.5),
        planted(4, [40, 40], 0.5, 1),  # a model that hardly knows anything
        planted(5, [3, 1, 40], 2, 1.5),
        planted(6, [20, 0, 20], 3, 1),  # a class that no photo has, unless by mistake
        planted(7, [12] * 10, 3, 1.2),
    ]
    result = {"cleanlab": cleanlab.__version__, "sets": sets, "outliers": outliers(8)}
    Path(out).write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
