#!/usr/bin/env python3
"""Fails if a relative link of a Markdown file, or a docs/ page named in a source file, leads nowhere.

    check-links.py [ROOT]      ROOT is the repository; by default the one this script lies in
"""
import os
import re
import subprocess
import sys

LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
DEFINITION = re.compile(r"^\[[^\]]+\]:\s+<?(\S+?)>?\s*$", re.MULTILINE)
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
PAGE = re.compile(r"\bdocs/(?:decisions|formats|guides|man)/[\w.-]+\.md\b")


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


def broken_mentions(root, path):
    for page in sorted(set(PAGE.findall(text_of(os.path.join(root, path))))):
        if not os.path.exists(os.path.join(root, page)):
            yield f"{path}: names {page}, which is not there"


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
