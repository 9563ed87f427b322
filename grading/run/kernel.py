"""The kernel in which students' code runs: its limits, and a watch on what the tests rely on.

This file is started by itself, inside the sandbox, and imports nothing of the package. A test
must be able to fail, whatever the answers before it have done: so before each test the functions
of numpy, gan_helpers and others that an answer replaced are put back. That is a hurdle and no
wall: tests and answers share one process.
"""

import ast
import builtins
import resource
import sys

WATCHED = ("builtins", "math", "numpy", "gan_helpers", "keras", "tensorflow")
OF_IPYTHON = {"input", "exit", "quit", "get_ipython", "display", "help", "open"}
LARGEST_FILE = 512 * 2**20
MOST_TASKS = 2048  # processes and threads; TensorFlow starts several for each core


def set_limits(memory: int) -> None:
    """What the kernel and all that it starts may use; no process can raise its own limits."""
    # The grader's own limit is a soft one, which ends with it.
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    for what, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NPROC, MOST_TASKS),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def is_fixed(value: object) -> bool:
    """Whether a name of a module is bound for good, as functions and classes are."""
    return callable(value) or isinstance(value, type(sys))


def is_watched(name: str) -> bool:
    """Whether tests may rely on a module; what TensorFlow and Keras do inside is their own."""
    package, *inner = name.split(".")
    return package in WATCHED and not {"python", "src"} & set(inner)


def is_imported(module: object) -> bool:
    """Whether a module's import has come to its end."""
    return not getattr(getattr(module, "__spec__", None), "_initializing", False)


class Watch:
    """What given code relies on: functions of modules, and names that given cells define."""

    def __init__(self) -> None:
        self.modules: dict[str, tuple] = {}  # name -> (module, its functions by name)
        self.names: dict[str, object] = {}
        self.remember_modules()

    def remember_modules(self) -> None:
        """Remember the functions of modules that were not there before."""
        for name, module in list(sys.modules.items()):
            if is_watched(name) and name not in self.modules and is_imported(module):
                contents = getattr(module, "__dict__", {})
                self.modules[name] = (
                    module,
                    {
                        key: value
                        for key, value in list(contents.items())
                        if is_fixed(value) and not (name == "builtins" and key in OF_IPYTHON)
                    },
                )

    def remember_names(self, source: str, namespace: dict, answers: list[str]) -> None:
        """Remember what a given cell has defined, unless answers may define it anew."""
        self.remember_modules()
        for name in defined_names(source) - set(answers):
            if is_fixed(namespace.get(name)):
                self.names[name] = namespace[name]

    def put_back(self, source: str, namespace: dict) -> list[str]:
        """Put back what has been replaced, before a test runs; returns the names."""
        replaced = []
        for name, (module, contents) in self.modules.items():
            now = module.__dict__
            for key, value in contents.items():
                if now.get(key) is not value:
                    now[key] = value
                    replaced.append(f"{name}.{key}")
            if sys.modules.get(name) is not module:
                sys.modules[name] = module
        for name, value in self.names.items():
            if namespace.get(name) is not value:
                namespace[name] = value
                replaced.append(name)
        for name in used_names(source) - set(self.names):
            if name in namespace and hasattr(builtins, name) and name not in OF_IPYTHON:
                if namespace[name] is not getattr(builtins, name):
                    del namespace[name]
                    replaced.append(name)
        return sorted(replaced)


def syntax(source: str) -> ast.Module:
    """The syntax of a cell, empty where it has none."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return ast.Module([], [])


def defined_names(source: str) -> set[str]:
    """The names that a cell defines: by def, class, import or assignment."""
    names = set()
    for node in ast.walk(syntax(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def used_names(source: str) -> set[str]:
    """The names that a cell looks up."""
    return {node.id for node in ast.walk(syntax(source)) if isinstance(node, ast.Name)}


def main() -> None:
    """Set the limits, and start the kernel that also answers the grader's own requests."""
    memory = int(sys.argv.pop(1))
    set_limits(memory)

    import math  # noqa: F401

    import numpy.random
    import numpy.testing  # noqa: F401
    from ipykernel.ipkernel import IPythonKernel
    from ipykernel.kernelapp import IPKernelApp

    watch = Watch()

    class Kernel(IPythonKernel):
        """A kernel with two requests more: `remember_request` and `restore_request`."""

        def __init__(self, **keywords):
            super().__init__(**keywords)
            for name in ("remember", "restore"):
                self.shell_handlers[f"{name}_request"] = getattr(self, name)

        def remember(self, stream, ident, parent):
            content = parent["content"]
            watch.remember_names(content["source"], self.shell.user_ns, content["answers"])
            self.session.send(stream, "remember_reply", {"status": "ok"}, parent, ident=ident)

        def restore(self, stream, ident, parent):
            replaced = watch.put_back(parent["content"]["source"], self.shell.user_ns)
            reply = {"status": "ok", "replaced": replaced[:20]}
            self.session.send(stream, "restore_reply", reply, parent, ident=ident)

    IPKernelApp.launch_instance(kernel_class=Kernel)


if __name__ == "__main__":
    main()
