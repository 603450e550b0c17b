"""Fine-tunes a BERT sentence encoder for some tens of steps on text that comes with Python. Needs torch."""
import random
import time
from pydoc_data.topics import topics

import torch
from torch.nn import functional

from bert import Bert
from wordpiece import WordPiece

STEPS = 40
SECONDS = 40
LEARNING_RATE = 2e-5
PAIRS = 16
LENGTH = 32
TEMPERATURE = 0.05


def fine_tune(source, target, config, vocabulary):
    """Trains the model in the file `source`, writes `target`, and returns the steps taken, the first and the last loss.

    The task is contrastive: under dropout, a passage shall be nearer to the passage that follows it than to the others
    of its batch. Stops after STEPS steps, or after SECONDS on a slow machine.
    """
    torch.manual_seed(0)
    torch.set_num_threads(1)  # More threads change the order of sums, and are slower where the cores are shared.
    model = Bert(source, config)
    batches = pairs(passages(WordPiece(vocabulary)))
    optimizer = torch.optim.AdamW(model.parameters.values(), lr=LEARNING_RATE, weight_decay=0.01)
    start, losses = time.monotonic(), []
    while len(losses) < STEPS and time.monotonic() - start < SECONDS:
        optimizer.zero_grad()
        first, second = model.sentences(torch.tensor(next(batches))).chunk(2)
        loss = functional.cross_entropy(first @ second.t() / TEMPERATURE, torch.arange(PAIRS))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters.values(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    model.save(target)
    return len(losses), losses[0], losses[-1]


def passages(tokenizer):
    """Returns Python's own reference documentation as a list of texts, each a list of token rows of equal length."""
    words = LENGTH - 2
    start, end = tokenizer.numbers["[CLS]"], tokenizer.numbers["[SEP]"]
    texts = [tokenizer.tokens(topics[topic]) for topic in sorted(topics)]
    return [
        [[start, *text[at : at + words], end] for at in range(0, len(text) - words + 1, words)] for text in texts
    ]


def pairs(texts):
    """Yields batches without end: PAIRS rows, then for each of them the row that follows it in its text."""
    neighbours = [pair for rows in texts for pair in zip(rows, rows[1:])]
    generator = random.Random(0)
    while True:
        firsts, seconds = zip(*generator.sample(neighbours, PAIRS))
        yield [*firsts, *seconds]
