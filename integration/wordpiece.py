"""Turns English text into BERT's token numbers: lower case, split at spaces and punctuation, longest pieces first."""
import re
import unicodedata

WORD = re.compile(r"\w+|[^\w\s]")


class WordPiece:
    """A tokenizer over the lines of a BERT vocabulary (uncased)."""

    def __init__(self, lines):
        self.numbers = {line: number for number, line in enumerate(lines)}
        self.unknown = self.numbers["[UNK]"]
        self.known = {}

    def tokens(self, text):
        """Returns the numbers of the pieces of `text`, without [CLS] and [SEP]."""
        plain = unicodedata.normalize("NFD", text.lower())
        plain = "".join(character for character in plain if not unicodedata.combining(character))
        return [number for word in WORD.findall(plain.replace("_", " _ ")) for number in self.word(word)]

    def word(self, word):
        if word not in self.known:
            self.known[word] = self.pieces(word)
        return self.known[word]

    def pieces(self, word):
        found, start = [], 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self.numbers), None)
            if end is None:
                return [self.unknown]
            found.append(self.numbers[mark + word[start:end]])
            start = end
        return found
