"""logistic_regression.py OUT: what scikit-learn's LogisticRegression fits, for tests/training/probe.

By its solver newton-cholesky, which comes closest to the minimum: its lbfgs, of which the same is asked, stops within
1e-6 of it. Needs scikit-learn 1.9.1 and numpy; nothing of torch, so the hash is written out once more.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

CASES = [
    # name, photos, features, classes, C, weighted
    ("two classes", 60, 8, 2, 0.1, False),
    ("two classes, more features than photos", 30, 50, 2, 1.0, False),
    ("two classes, weighted", 60, 8, 2, 1.0, True),
    ("five classes", 120, 12, 5, 0.1, False),
    ("five classes, weak penalty", 120, 12, 5, 10.0, False),
    ("five classes, strong penalty", 120, 12, 5, 1e-4, False),
    ("five classes, weighted", 121, 13, 5, 1.0, True),
]


def hash_uniform(stream: int, n: int) -> np.ndarray:
    """As numbers_from_hash.py."""
    x = np.arange(n, dtype=np.uint32) + np.uint32(stream * 0x9E3779B1 & 0xFFFFFFFF)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)) / 2.0**23 - 1.0


def fixture(index: int, name: str, photos: int, features: int, classes: int, C: float, weighted: bool) -> dict:
    stream = 9000 + 10 * index
    labels = np.arange(photos) % classes
    labels[hash_uniform(stream, photos) > 0.8] = 0
    centres = hash_uniform(stream + 1, classes * features).reshape(classes, features)
    x = 1.5 * hash_uniform(stream + 2, photos * features).reshape(photos, features) + 0.75 * centres[labels]
    # Of unlike scales and means, as features are.
    x = x * 2.0 ** (np.arange(features) % 5 - 2) + np.arange(features) % 3
    weight = 1.25 + hash_uniform(stream + 3, photos) if weighted else None
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=C, tol=1e-10, max_iter=10000, solver="newton-cholesky")
    model.fit(scaler.transform(x), labels, sample_weight=weight)
    return {
        "name": name,
        "stream": stream,
        "photos": photos,
        "features": features,
        "classes": classes,
        "C": C,
        "weighted": weighted,
        "mean": scaler.mean_.tolist(),
        "scale": scaler.scale_.tolist(),
        "coef": model.coef_.tolist(),
        "intercept": model.intercept_.tolist(),
        "probabilities": model.predict_proba(scaler.transform(x)).tolist(),
    }


if __name__ == "__main__":
    fixtures = [fixture(i, *case) for i, case in enumerate(CASES)]
    (Path(sys.argv[1]) / "logistic_regression.json").write_text(json.dumps(fixtures) + "\n")
