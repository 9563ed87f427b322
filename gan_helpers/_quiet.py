"""Keeps TensorFlow's start-up log out of the reader's notebook.

TensorFlow writes some lines straight to file descriptor 2 before its own log level
applies, so that TF_CPP_MIN_LOG_LEVEL alone does not silence them.
"""

import contextlib
import os
import re
import sys
import tempfile

from gan_helpers._later import unused_parts_of_keras_later

# glog's prefix: severity letter, then the date as four digits ("I0000 00:00:17...").
_LOG_LINE = re.compile(r"^(?:\d{4}-\d\d-\d\d \S+ )?([IWEF])\d{0,4}[ :]")
# What TensorFlow reports with severity E although a machine without a GPU is no error.
_NO_GPU = re.compile(r"Unable to register cu|cuInit|computation_placer|register factory")


@unused_parts_of_keras_later()
def import_tensorflow_quietly() -> None:
    """Import TensorFlow and drop the harmless lines it logs; real errors are passed on.

    Raises:
        ImportError: whatever `import tensorflow` raises, unchanged.
    """
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        saved = os.dup(2)
    except OSError:  # no stderr at all (pythonw on Windows): nothing to keep clean
        import tensorflow  # noqa: F401

        return
    with tempfile.TemporaryFile() as log:
        try:
            os.dup2(log.fileno(), 2)
            import tensorflow  # noqa: F401
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            log.seek(0)
            real_errors = _real_errors(log.read().decode(errors="replace"))
            if real_errors:
                with contextlib.suppress(OSError):
                    os.write(2, real_errors.encode())


def _real_errors(text: str) -> str:
    """Lines of `text` that are neither information, warnings nor the missing-GPU notice."""
    kept, keep = [], True
    for line in text.splitlines(keepends=True):
        if line.startswith("WARNING: All log messages before absl::InitializeLog"):
            continue
        if found := _LOG_LINE.match(line):
            keep = found[1] in "EF" and not _NO_GPU.search(line)
        if keep:  # a line without a prefix continues the one before it
            kept.append(line)
    return "".join(kept)
