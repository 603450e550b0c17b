"""The numbers of a small made-up language model, before and after a little training, for all writers alike."""
import numpy


def shapes(width=256, layers=4, words=2000):
    """Yields name and shape of each tensor."""
    yield "embed.weight", (words, width)
    for layer in range(layers):
        for part in ("q", "k", "v", "o"):
            yield f"layers.{layer}.attn.{part}.weight", (width, width)
        yield f"layers.{layer}.mlp.up.weight", (2 * width, width)
        yield f"layers.{layer}.mlp.down.weight", (width, 2 * width)
        yield f"layers.{layer}.norm.weight", (width,)


def trained(weights, step, generator):
    """What `step` steps make of an array of floats: every eighth row moves by a little, as with rows without gradient."""
    for _ in range(step):
        moved = weights[::8]
        moved += (generator.standard_normal(moved.shape) * 1e-4).astype(weights.dtype)
    return weights


def weights(step, **size):
    """Name -> float32 array."""
    made = {}
    for index, (name, shape) in enumerate(shapes(**size)):
        generator = numpy.random.default_rng(index)
        values = (generator.standard_normal(shape) * 0.02).astype(numpy.float32)
        made[name] = trained(values, step, generator)
    return made


def train_model(model, step):
    """Moves the weights of a torch module as `weights` does, in place."""
    import torch

    for index, (_, parameter) in enumerate(sorted(model.named_parameters())):
        generator = numpy.random.default_rng(index)
        values = trained(parameter.detach().float().numpy().copy(), step, generator)
        with torch.no_grad():
            parameter.copy_(torch.from_numpy(values))
