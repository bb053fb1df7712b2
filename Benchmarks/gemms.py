"""The matrix products of one training step and nothing else, by the sgemm in PyTorch's library.

usage: gemms.py THREADS
"""

import ctypes
import glob
import os
import sys
import time

import torch

import common


def sgemm():
    folder = os.path.join(os.path.dirname(torch.__file__), "lib")
    return ctypes.CDLL(glob.glob(os.path.join(folder, "libtorch_cpu.*"))[0]).sgemm_


def main():
    torch.set_num_threads(int(sys.argv[1]))
    function = sgemm()
    batch, widths = common.BATCH, [784, 128, 64, 10]
    one, zero = ctypes.c_float(1), ctypes.c_float(0)
    values = [torch.randn(batch, width) for width in widths]
    gradients = [torch.randn(batch, width) for width in widths]
    weights = [torch.randn(o, i) for i, o in zip(widths, widths[1:])]
    moved = [torch.randn(o, i) for i, o in zip(widths, widths[1:])]
    calls = []

    def product(ta, tb, m, n, k, a, lda, b, ldb, c, ldc):
        numbers = [ctypes.byref(ctypes.c_int(x)) for x in (m, n, k)]
        pointer = lambda x: ctypes.c_void_p(x.data_ptr())  # noqa: E731
        size = lambda x: ctypes.byref(ctypes.c_int(x))  # noqa: E731
        calls.append(
            (
                ta, tb, *numbers, ctypes.byref(one), pointer(a), size(lda), pointer(b), size(ldb),
                ctypes.byref(zero), pointer(c), size(ldc),
            )
        )

    for i, (k, n) in enumerate(zip(widths, widths[1:])):
        product(b"T", b"N", n, batch, k, weights[i], k, values[i], k, values[i + 1], n)
    for i in reversed(range(len(weights))):
        k, n = widths[i], widths[i + 1]
        product(b"N", b"T", k, n, batch, values[i], k, gradients[i + 1], n, moved[i], k)
        if i > 0:
            product(b"N", b"N", k, batch, n, weights[i], k, gradients[i + 1], n, gradients[i], k)
    rounds = []
    before = time.process_time()
    for _ in range(60):
        begin = common.now()
        for _ in range(50):
            for arguments in calls:
                function(*arguments)
        rounds.append((common.now() - begin) / 50)
    processor = (time.process_time() - before) / (60 * 50)
    rounds.sort()
    common.result(processor=processor, step=rounds[len(rounds) // 2], best=rounds[0])


main()
