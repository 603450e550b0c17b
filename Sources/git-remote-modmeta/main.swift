import Glibc
import ModmetaGit

exit(await RemoteHelperSession.standard().run(arguments: Array(CommandLine.arguments.dropFirst())))
