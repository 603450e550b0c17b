/// Names that, when a pickle is loaded, run commands or code, open files or connections, or lead to such names.
enum DangerousGlobals {
    /// Modules whose names are all dangerous, anywhere in a path.
    static let modules: Set<ByteString> = [
        "os", "posix", "nt", "posixpath", "ntpath", "subprocess", "_posixsubprocess", "sys", "socket", "_socket", "ssl",
        "socketserver", "runpy", "pty", "shutil", "commands", "importlib", "imp", "pkgutil", "code", "codeop", "bdb",
        "pdb", "pip", "ensurepip", "venv", "distutils", "setuptools", "asyncio", "ctypes", "_ctypes", "cffi",
        "webbrowser", "requests", "aiohttp", "httpx", "httplib", "http", "urllib", "urllib2", "ftplib", "smtplib",
        "telnetlib", "poplib", "imaplib", "nntplib", "xmlrpc", "multiprocessing", "threading", "_thread", "signal",
        "tempfile", "pathlib", "io", "_io", "fileinput", "linecache", "glob", "zipimport", "zipfile", "tarfile",
        "sqlite3", "_sqlite3", "dbm", "shelve", "pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib",
        "marshal",
        "types", "inspect", "gc", "timeit", "cProfile", "profile", "trace", "doctest", "pydoc", "platform", "site",
        "sysconfig", "idlelib", "lib2to3", "turtledemo", "getpass", "resource", "mmap", "fcntl", "test", "pytest",
        "rlcompleter",
        "logging", "_aix_support", "_osx_support", "_pyrepl", "__main__",
    ]

    /// Dangerous built-in functions.
    static let builtins: Set<ByteString> = [
        "eval", "exec", "execfile", "compile", "open", "file", "input", "raw_input", "apply", "__import__", "getattr",
        "setattr", "delattr", "globals", "locals", "vars", "breakpoint", "memoryview", "help", "exit", "quit", "reload",
        "__build_class__", "type", "super", "map", "filter",
    ]

    /// Dangerous names in otherwise harmless modules.
    static let qualified: Set<ByteString> = [
        "operator.attrgetter", "operator.methodcaller", "operator.itemgetter", "_operator.attrgetter",
        "_operator.methodcaller", "_operator.itemgetter", "functools.partial", "functools.reduce", "_functools.partial",
        "functools.partialmethod", "itertools.starmap", "uuid._get_command_stdout", "uuid._popen",
        "torch.load", "torch.hub.load", "torch.hub.load_state_dict_from_url", "torch.serialization.load",
        "torch.jit.unsupported_tensor_ops.execWrapper", "torch.utils.cpp_extension.load",
        "torch.utils.cpp_extension.load_inline", "torch.utils._config_module.load_config",
        "torch.utils.collect_env.run", "torch.distributed.rpc.server_process_global_profiler",
        "numpy.load", "numpy.fromfile", "numpy.memmap", "numpy.testing._private.utils.runstring",
        "numpy.testing._private.utils.rundocs", "numpy.f2py.crackfortran.myeval", "numpy.distutils.exec_command",
        "pandas.read_pickle", "pandas.eval", "copyreg.?extension", "?.?",
    ]
}
