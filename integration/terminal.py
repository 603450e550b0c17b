#!/usr/bin/env python3
"""Runs a command whose standard error is a terminal: terminal.py FILE COLUMNS COMMAND...

What the command shows goes to FILE; its standard output and its exit status are this program's.
"""
import fcntl
import os
import pty
import struct
import sys
import termios


def main(shown, columns, command):
    output = os.dup(1)
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.dup2(output, 1)
        os.close(output)
        os.execvp(command[0], command)
    with open(shown, "wb") as file:
        while True:
            try:
                block = os.read(terminal, 1 << 16)
            except OSError:
                break  # Linux says so where the last one that had the terminal open is gone.
            if not block:
                break
            file.write(block)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
