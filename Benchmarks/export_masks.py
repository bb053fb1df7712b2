"""What a segmentation model's exported scores differ by, and how sure the models are where their masks differ.

`runner predict` answers with masks, without scores. So the file's scores are compared with those of the module that
`runner export RUN pytorch` writes, in double precision, from the tensors that the file's own transforms give. A pixel
whose class is not the same is a tie if the exact scores of the two classes are closer than float32 can tell.
"""

import glob
import importlib.util
import os
import subprocess

import numpy as np


def module(folder):
    """The module of an exported folder, with its weights."""
    from safetensors.torch import load_file

    spec = importlib.util.spec_from_file_location("exported_model", os.path.join(folder, "model.py"))
    source = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(source)
    model = source.Model()
    model.load_state_dict(load_file(os.path.join(folder, "weights.safetensors")))
    return model.eval()


def session(path):
    """A session of a file of pictures that also gives the tensors after the transforms, and their name."""
    import onnx
    import onnxruntime

    model = onnx.load(path)
    prepared = [node for node in model.graph.node if node.name.startswith("transforms/")][-1].output[0]
    model.graph.output.append(onnx.helper.make_tensor_value_info(prepared, onnx.TensorProto.FLOAT, None))
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]), prepared


def predicted(runner, run, pictures, folder, size):
    """The masks of `runner predict` at the size of the model."""
    from PIL import Image

    os.makedirs(folder)
    subprocess.run(
        [runner, "predict", run, *map(os.path.abspath, pictures)], cwd=folder, check=True, capture_output=True)
    masks = []
    for picture in pictures:
        name = os.path.splitext(os.path.basename(picture))[0]
        mask = np.asarray(Image.open(os.path.join(folder, f"{name}_mask.png")))
        # Enlarged by nearest neighbour: any pixel of each block.
        rows, columns = [((np.arange(n) + 0.5) * m / n).astype(int) for n, m in zip(size, mask.shape)]
        masks.append(mask[rows][:, columns])
    return np.stack(masks)


def differences(runner, run, path, pictures, folder):
    """The largest difference of a score relative to the largest, how many pixels' classes are not the same, and the
    largest gap between the exact scores of the two classes of such a pixel, relative to the largest score.

    - run, path: the run and its exported file.
    - pictures: a folder of pictures of one size.
    """
    import torch
    from PIL import Image

    pictures = sorted(glob.glob(os.path.join(pictures, "*")))
    target = os.path.join(folder, "module")
    subprocess.run([runner, "export", run, "pytorch", "-o", target], check=True, capture_output=True)
    model = module(target).double()
    graph, prepared = session(path)
    bytes_ = np.stack([np.asarray(Image.open(picture).convert("RGB")) for picture in pictures])
    masks, largest, gaps, differing = None, 0.0, 0.0, 0
    for start in range(0, len(pictures), 20):
        rows = slice(start, start + 20)
        inputs, scores, classes = graph.run([prepared, "scores", "classes"], {"pictures": bytes_[rows]})
        if masks is None:
            masks = predicted(runner, run, pictures, os.path.join(folder, "masks"), classes.shape[1:])
        with torch.no_grad():
            exact = model(torch.from_numpy(inputs).double()).numpy()
        scale = np.abs(exact).max()
        largest = max(largest, float(np.abs(scores - exact).max() / scale))
        place, row, column = np.nonzero(classes != masks[rows])
        differing += len(place)
        if len(place):
            ours, theirs = classes[place, row, column], masks[rows][place, row, column]
            gap = np.abs(exact[place, ours, row, column] - exact[place, theirs, row, column])
            gaps = max(gaps, float(gap.max() / scale))
    return largest, differing, gaps
