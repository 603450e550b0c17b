"""The forward pass of a BERT encoder in plain torch, over weights named as in its checkpoint."""
import ctypes
import math

import torch
from torch.nn import functional

from safetensors_header import read_header


class Bert:
    """An encoder with dropout on: `config` is the model's config.json, `parameters` its tensors by name."""

    def __init__(self, path, config):
        self.path = path
        self.layers = config["num_hidden_layers"]
        self.heads = config["num_attention_heads"]
        self.epsilon = config["layer_norm_eps"]
        self.dropout = config["hidden_dropout_prob"]
        with open(path, "rb") as file:
            blob = bytearray(file.read())
        self.tensors = [each for each in read_header(path)[0] if each.dtype == "F32"]
        self.parameters = {}
        for each in self.tensors:
            values = torch.frombuffer(blob, dtype=torch.float32, count=math.prod(each.shape), offset=each.begin)
            self.parameters[each.name] = torch.nn.Parameter(values.reshape(each.shape).clone())

    def save(self, path):
        """Writes the weights as they are now into a copy of the checkpoint they came from."""
        with open(self.path, "rb") as file:
            blob = bytearray(file.read())
        for each in self.tensors:
            values = self.parameters[each.name].detach().contiguous()
            # Read through the pointer: a torch without its numpy bridge cannot give the bytes another way.
            blob[each.begin : each.end] = ctypes.string_at(values.data_ptr(), each.end - each.begin)
        with open(path, "wb") as file:
            file.write(blob)

    def sentences(self, tokens):
        """Returns one vector per row of `tokens` (rows x length): the mean of its last hidden states, of length 1."""
        return functional.normalize(self.hidden(tokens).mean(dim=1), dim=1)

    def hidden(self, tokens):
        weights = self.parameters
        states = functional.embedding(tokens, weights["embeddings.word_embeddings.weight"])
        states = states + weights["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        states = states + weights["embeddings.token_type_embeddings.weight"][0]
        states = self.drop(self.norm(states, "embeddings.LayerNorm"))
        for layer in range(self.layers):
            states = self.layer(states, f"encoder.layer.{layer}")
        return states

    def layer(self, states, name):
        mixed = self.attend(states, f"{name}.attention.self")
        attended = self.drop(self.linear(mixed, f"{name}.attention.output.dense"))
        states = self.norm(states + attended, f"{name}.attention.output.LayerNorm")
        inner = functional.gelu(self.linear(states, f"{name}.intermediate.dense"))
        return self.norm(states + self.drop(self.linear(inner, f"{name}.output.dense")), f"{name}.output.LayerNorm")

    def attend(self, states, name):
        rows, length, size = states.shape
        parts = [self.linear(states, f"{name}.{part}") for part in ("query", "key", "value")]
        query, key, value = (part.reshape(rows, length, self.heads, -1).transpose(1, 2) for part in parts)
        scores = query @ key.transpose(2, 3) / math.sqrt(size // self.heads)
        mixed = self.drop(scores.softmax(dim=-1)) @ value
        return mixed.transpose(1, 2).reshape(rows, length, size)

    def linear(self, states, name):
        return functional.linear(states, self.parameters[f"{name}.weight"], self.parameters[f"{name}.bias"])

    def norm(self, states, name):
        weight, bias = self.parameters[f"{name}.weight"], self.parameters[f"{name}.bias"]
        return functional.layer_norm(states, weight.shape, weight, bias, self.epsilon)

    def drop(self, states):
        return functional.dropout(states, self.dropout)
