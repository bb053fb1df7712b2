"""Weights and images that are functions of their name and position, so that the tests can make the same ones
without large files. `Tests/MadeWeights` is their counterpart."""
import math
import torch


def hash32(x):
    """A 32-bit mix (Steele and Vigna's murmur3 finaliser variant), on int64 tensors."""
    m = 0xFFFFFFFF
    x = (x ^ (x >> 16)) * 0x85EBCA6B & m
    x = (x ^ (x >> 13)) * 0xC2B2AE35 & m
    return x ^ (x >> 16)


def fnv1a(text):
    h = 0xCBF29CE484222325
    for b in text.encode():
        h = (h ^ b) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return h & 0xFFFFFFFF


def uniform(name, count):
    """`count` numbers in [0, 1), a function of `name`, with 24 bits each."""
    start, chunks = fnv1a(name), []
    for first in range(0, count, 1 << 20):
        index = torch.arange(first, min(count, first + (1 << 20)), dtype=torch.int64)
        words = hash32((index * 0x9E3779B1 + start) & 0xFFFFFFFF)
        chunks.append((words >> 8).to(torch.float64) * 2.0**-24)
    return torch.cat(chunks) if chunks else torch.empty(0, dtype=torch.float64)


def values(key, tensor):
    """The values of a tensor of a state dict."""
    u = uniform(key, tensor.numel()).reshape(tensor.shape)
    if key.endswith("num_batches_tracked"):
        return torch.tensor(0)
    if key.endswith("running_var"):
        return (0.5 + u).float()
    if tensor.dim() == 1 and key.endswith("weight"):
        return (0.5 + u).float()
    if tensor.dim() == 1:
        return (0.2 * u - 0.1).float()
    fan_in = tensor[0].numel()
    return ((2 * u - 1) * math.sqrt(3.0 / fan_in)).float()


def projection(key, before, after):
    """What a step did to a parameter, as one number: the difference times a fixed direction of length about 1."""
    u = (2 * uniform("step " + key, before.numel()) - 1) * math.sqrt(3.0 / before.numel())
    return float(((after.double() - before.double()).flatten() * u).sum())
