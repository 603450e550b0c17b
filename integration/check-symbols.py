#!/usr/bin/env python3
"""Fails if the documentation names a Swift symbol, source file or source folder that the code does not have.

    check-symbols.py [ROOT]      ROOT is the repository; by default the one this script is in

Checked is inline code in Markdown files, outside fenced blocks:

    `Type`              a type that is declared under Sources or Tests, or a module
    `Type.member`       a member that is declared in a file that declares or extends the type
    `Type+Aspect`       a file of that name; so is `File.swift`
    `Folder/`           a folder under Sources or Tests; so are `Module/Folder` and `Sources/...`

Names of other projects that look like these are listed in FOREIGN.
"""
import os
import re
import subprocess
import sys

# What looks like a Swift symbol and is not one of ours, by where it comes from.
FOREIGN = {
    "HTTP": {"Accept", "Authorization", "Basic", "Bearer", "Date"},
    "JavaScript, YAML": {"Infinity", "NaN"},
    "S3, Azure": {"AccountKey", "ListBucket"},
    "Swift": {"Mutex", "Process"},
    "PyTorch": {
        "Metadata", "BFloat16Storage", "BoolStorage", "ByteStorage", "CharStorage", "ComplexDoubleStorage",
        "ComplexFloatStorage", "DoubleStorage", "FloatStorage", "HalfStorage", "IntStorage", "LongStorage", "QInt32Storage",
        "QInt8Storage", "QUInt2x4Storage", "QUInt4x2Storage", "QUInt8Storage", "ShortStorage", "UntypedStorage",
    },
    "Transformers": {"TrainingArguments"},
}
# Names in examples, and names that the style guide forbids.
EXAMPLES = {"Type.swift", "Type+Aspect.swift", "Utils", "Helpers", "Common"}

FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
TYPE = re.compile(r"\b(?:struct|class|enum|actor|protocol|extension|typealias|associatedtype)\s+([A-Z][\w.]*)")
MEMBER = re.compile(r"\b(?:func|var|let|struct|class|enum|actor|typealias)\s+`?(\w+)")
CASES = re.compile(r"\bcase\s+(\w.*)")

NAME = r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*"
SYMBOL = re.compile(rf"({NAME}(?:\.{NAME})*)(?:\.([a-z]\w*))?(?:\([^)]*\))?")
FILE = re.compile(r"([A-Z]\w*(?:\+\w+)?)\.swift|([A-Z]\w*\+\w+)")
FOLDER = re.compile(r"((?:Sources|Tests)/[\w/+.-]*|[A-Z]\w*/|Modmeta\w*(?:/\w+)+)")


class Code:
    """What is declared in the Swift sources of a repository."""

    def __init__(self, root, paths):
        self.types = set()
        self.members = {}
        self.files = set()
        self.folders = set()
        for path in paths:
            parts = path.split("/")
            self.files.update((path, parts[-1]))
            if parts[0] not in ("Sources", "Tests"):
                continue
            for end in range(1, len(parts)):
                # A folder goes by its whole path, by its path in Sources or Tests, and by its own name.
                self.folders.update(("/".join(parts[:end]), "/".join(parts[1:end]), parts[end - 1]))
            if path.endswith(".swift"):
                self.add(COMMENT.sub("", text_of(os.path.join(root, path))))

    def add(self, text):
        declared = {part for name in TYPE.findall(text) for part in name.split(".")}
        members = set(MEMBER.findall(text))
        for cases in CASES.findall(text):
            members.update(re.findall(r"(?:^|,\s*)`?(\w+)", re.sub(r"\([^()]*\)", "", cases)))
        self.types |= declared
        for name in declared:
            self.members.setdefault(name, set()).update(members)

    def problem(self, text):
        """Why a piece of inline code names something that does not exist; None if it exists, or is not such a name."""
        if text in EXAMPLES:
            return None
        if match := FILE.fullmatch(text):
            name = (match[1] or match[2]) + ".swift"
            return None if name in self.files else f"no file is called {name}"
        if FOLDER.fullmatch(text):
            name = text.rstrip("/")
            return None if name in self.folders or name in self.files else f"there is no {name} in Sources or Tests"
        if match := SYMBOL.fullmatch(text):
            *_, last = names = match[1].split(".")
            for name in names:
                if name not in self.types and name not in self.folders and not any(name in own for own in FOREIGN.values()):
                    return f"the code declares no {name}"
            if match[2] and last in self.types and match[2] not in self.members[last]:
                return f"{last} has no member {match[2]}"
        return None


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    listing = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True).stdout
    paths = [path for path in listing.split("\0") if path and os.path.isfile(os.path.join(root, path))]
    code = Code(root, paths)
    found = False
    for path in sorted(paths):
        if not path.endswith(".md") or path.startswith("Tests/"):
            continue
        # Fenced blocks leave their line ends, so that lines keep their numbers.
        text = FENCE.sub(lambda block: "\n" * block[0].count("\n"), text_of(os.path.join(root, path)))
        for number, line in enumerate(text.split("\n"), 1):
            for name in CODE.findall(line):
                if problem := code.problem(name):
                    print(f"{path}:{number}: `{name}`: {problem}")
                    found = True
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
