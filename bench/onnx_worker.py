"""Times inference of an ONNX file when asked, as bench/worker.ts does.

Arguments: onnxruntime or openvino, file, batch, threads, side of the photos.
"""

import json
import sys
import time

import numpy


def onnxruntime_session(file: str, threads: int, shape: list[int]):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    return lambda photos: session.run(None, {"images": photos})


def openvino_model(file: str, threads: int, shape: list[int]):
    import openvino

    core = openvino.Core()
    model = core.read_model(file)
    model.reshape(shape)
    # As exact as the others: some processors would get bfloat16 otherwise.
    hints = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
    request = core.compile_model(model, "CPU", hints).create_infer_request()
    return lambda photos: request.infer([photos])


RUNTIMES = {"onnxruntime": onnxruntime_session, "openvino": openvino_model}


def main() -> None:
    runtime, file, batch, threads, side = *sys.argv[1:3], *map(int, sys.argv[3:6])
    prepared = {}
    for line in sys.stdin:
        kind, count = line.split()
        if kind not in prepared:
            shape = [1 if kind == "infer_batch_1" else batch, 3, side, side]
            photos = numpy.random.default_rng(1).standard_normal(shape, dtype=numpy.float32)
            prepared[kind] = RUNTIMES[runtime](file, threads, shape), photos
        run, photos = prepared[kind]
        times = []
        for _ in range(int(count)):
            start = time.perf_counter()
            run(photos)
            times.append((time.perf_counter() - start) * 1000)
        print(json.dumps(times), flush=True)


if __name__ == "__main__":
    main()
