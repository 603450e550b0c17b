#!/usr/bin/env python3
"""Fails if a relative link of a Markdown file, or a docs/ page or heading named in a source file, leads nowhere.

    check-links.py [ROOT]      ROOT is the repository; by default the one this script is in

A source file names a heading as in: docs/formats/store.md, "Stand-ins".
"""
import os
import re
import subprocess
import sys

LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
DEFINITION = re.compile(r"^\[[^\]]+\]:\s+<?(\S+?)>?\s*$", re.MULTILINE)
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
# A page, and the heading or bold term in quotes after it. A comment may go on in the next line, and quotes in a string are escaped.
PAGE = re.compile(
    r"\b(docs/(?:(?:decisions|formats|guides|man)/[\w.-]+|architecture|limits|security|shortcomings|style)\.md)\b"
    r"(?:,?\s+\\?\"([^\"\\\n]+)\\?\")?")


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def prose(markdown):
    """The text without fenced and inline code, in which brackets mean something else."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", markdown))


def anchors(markdown):
    """The anchors that a web view makes of the headings."""
    found = {}
    for heading in HEADING.findall(FENCE.sub("", markdown)):
        name = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-")
        count = found.get(name, 0)
        found[name] = count + 1
        yield name if count == 0 else f"{name}-{count}"


def broken_links(root, path):
    markdown = prose(text_of(os.path.join(root, path)))
    for target in LINK.findall(markdown) + DEFINITION.findall(markdown):
        if re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE):
            continue
        place, _, anchor = target.partition("#")
        goal = os.path.normpath(os.path.join(root, os.path.dirname(path), place)) if place else os.path.join(root, path)
        if place.startswith("/") or not os.path.exists(goal):
            yield f"{path}: the link to {target} leads nowhere"
        elif anchor and goal.endswith(".md") and anchor not in set(anchors(text_of(goal))):
            yield f"{path}: {place or path} has no heading for #{anchor}"


def has_title(markdown, title):
    """Whether a page has a heading or, at the start of a line, a bold term of that name."""
    return title in HEADING.findall(markdown) or f"**{title}" in re.findall(r"^\*\*[^*.]*", markdown, re.MULTILINE)


def broken_mentions(root, path):
    text = re.sub(r"\n\s*(?:///?|#)\s*", " ", text_of(os.path.join(root, path)))
    for page, title in sorted(set(PAGE.findall(text))):
        goal = os.path.join(root, page)
        if not os.path.exists(goal):
            yield f"{path}: names {page}, which does not exist"
        elif title and not has_title(text_of(goal), title):
            yield f"{path}: {page} has no heading \"{title}\""


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    listing = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True).stdout
    problems = []
    for path in filter(None, listing.split("\0")):
        if not os.path.isfile(os.path.join(root, path)):
            continue
        if path.endswith(".md"):
            problems += broken_links(root, path)
        elif path.endswith((".swift", ".sh", ".py")) or path == "Makefile":
            problems += broken_mentions(root, path)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


sys.exit(main())
