"""Measures `git push` of two versions of one file, and `git clone` of the result, with plain git-lfs or modmeta."""
import filecmp
import os
import shutil
import subprocess

from bench_measure import measure


class Push:
    """A repository in `directory`, whose pushes go to a store beside it."""

    def __init__(self, directory, environment, modmeta):
        self.directory = directory
        self.work = os.path.join(directory, "work")
        self.store = os.path.join(directory, "store")
        self.url = f"modmeta::file://{self.store}" if modmeta else f"file://{self.store}"
        home = os.path.join(directory, "home")
        os.makedirs(home)
        self.environment = dict(environment, HOME=home, GIT_CONFIG_NOSYSTEM="1", GIT_TERMINAL_PROMPT="0")
        self.environment.pop("XDG_CONFIG_HOME", None)
        settings = {"user.name": "Bench", "user.email": "bench@example.com", "init.defaultBranch": "main"}
        for key, value in settings.items():
            self.run("git", "config", "--global", key, value)
        if modmeta:
            self.run("modmeta", "install")
        else:
            self.run("git", "lfs", "install", "--skip-repo")
            self.run("git", "init", "-q", "--bare", self.store)

    def versions(self, old, new):
        """Pushes OLD, then NEW, and clones; returns the bytes of each push, and the second push and the clone measured.

        Raises CalledProcessError if the preparations fail, and ValueError if the clone's file is not NEW.
        """
        name = "model" + (os.path.splitext(new)[1] or ".bin")
        self.run("git", "init", "-q", self.work)
        self.run("git", "lfs", "install", "--local", within=self.work)
        self.run("git", "lfs", "track", name, within=self.work)
        self.run("git", "remote", "add", "origin", self.url, within=self.work)
        self.commit(old, name)
        self.run("git", "push", "-q", "-u", "origin", "main", within=self.work)
        first = stored(self.store)
        self.commit(new, name)
        push = measure(["git", "push", "-q", "origin", "main"], self.environment, self.work)
        second = stored(self.store) - first
        elsewhere = os.path.join(self.directory, "elsewhere")
        clone = measure(["git", "clone", "-q", self.url, elsewhere], self.environment)
        if not (push.failure or clone.failure) and not filecmp.cmp(new, os.path.join(elsewhere, name), shallow=False):
            raise ValueError("the clone's file is not the pushed one")
        return first, second, push, clone

    def commit(self, path, name):
        shutil.copyfile(path, os.path.join(self.work, name))
        self.run("git", "add", "-A", within=self.work)
        self.run("git", "commit", "-q", "-m", "version", within=self.work)

    def run(self, *command, within=None):
        subprocess.run(command, cwd=within, env=self.environment, check=True, capture_output=True, text=True)


def stored(directory):
    """Returns the bytes of all files below `directory`."""
    found = (os.path.join(parent, name) for parent, _, names in os.walk(directory) for name in names)
    return sum(os.path.getsize(path) for path in found)
