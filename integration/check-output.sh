#!/usr/bin/env bash
# Everything our programs say goes through Terminal (Sources/ModmetaGit/Terminal.swift), which lets no text from elsewhere
# reach a terminal raw. Trace writes numbers and hashes only; LFSAgentLoop and RemoteHelperConversation speak protocols.
cd "$(dirname "$0")/.." || exit
pattern='(^|[^.A-Za-z_])(print|debugPrint|dump|puts|fputs|putchar|printf|vprintf|perror|syslog)\('
pattern+='|write\([12],|STD(OUT|ERR)_FILENO|FileHandle|currentStandard|standard(Output|Error)\b.*(write|print)'
pattern+='|(^|[^A-Za-z_.-])std(out|err)\b|/dev/(tty|std|fd/)|/proc/self/fd/[12]'
found=$(grep -rnE --include='*.swift' "$pattern" Sources \
    | grep -vE '^Sources/(ModmetaTesting|simulate)/|^Sources/ModmetaGit/Terminal\.swift:|^Sources/ModmetaTransfer/Trace\.swift:' \
    | grep -vE 'func print\(|: *///|(isatty|tcgetpgrp|ioctl)\(STDERR_FILENO')
[ -z "$found" ] || { echo "these lines write to people without Terminal:"; echo "$found"; exit 1; }
