"""What TensorFlow logs while it is imported: noise is dropped, errors are passed on."""

import os
import platform
import subprocess
import sys

from gan_helpers._quiet import _real_errors

import pytest

NOISE = """\
WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1795426560.376770    6756 port.cc:153] oneDNN custom operations are on. You may \
see slightly different numerical results. To turn them off, set `TF_ENABLE_ONEDNN_OPTS=0`.
I0000 00:00:1795426560.377098    6756 cudart_stub.cc:31] Could not find cuda drivers on your \
machine, GPU will not be used.
W0000 00:00:1742475063.581219    1234 cuda_executor.cc:1228] no NUMA node, returning NUMA node zero
2025-03-20 12:51:03.476 I tensorflow/core/platform/cpu_feature_guard.cc:210] This TensorFlow \
binary is optimized to use available CPU instructions in performance-critical operations.
To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow with \
the appropriate compiler flags.
2025-03-20 12:51:03.568591: W tensorflow/compiler/tf2tensorrt/utils/py_utils.cc:38] TF-TRT \
Warning: Could not find TensorRT
2025-03-20 12:51:03.476: I tensorflow/tsl/cuda/cudart_stub.cc:28] Could not find cuda drivers
"""
NO_GPU = """\
E0000 00:00:1742475063.570  1234 cuda_dnn.cc:8579] Unable to register cuDNN factory: Attempting \
to register factory for plugin cuDNN when one has already been registered
E0000 00:00:1742475063.575  1234 cuda_blas.cc:1407] Unable to register cuBLAS factory: \
Attempting to register factory for plugin cuBLAS when one has already been registered
2025-03-20 12:51:03.476: E external/local_xla/cuda_fft.cc:467] Unable to register cuFFT factory
W0000 00:00:1742475063.591  1234 computation_placer.cc:177] computation placer already registered.
E0000 00:00:1742475063.591  1234 computation_placer.cc:177] computation placer already registered.
E0000 00:00:1795426567.623071    6781 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA \
error: Failed call to cuInit: UNKNOWN ERROR (303)
"""
ERROR = """\
E0000 00:00:1742475063.601  1234 gpu_device.cc:2433] The driver is too old for this TensorFlow
  installed: 11.2
  needed: 12.5
"""
OLD_ERROR = "2025-03-20 12:51:03.476: E tensorflow/core/foo.cc:12] Could not load a library\n"
FATAL = "F0000 00:00:1742475063.601  1234 cpu_feature_guard.cc:38] The CPU lacks AVX\n"
PLAIN = "Illegal instruction (core dumped)\n"


@pytest.mark.parametrize("text", ["", NOISE, NO_GPU, NO_GPU + NOISE], ids=len)
def test_noise_is_dropped(text):
    assert _real_errors(text) == ""


@pytest.mark.parametrize("error", [ERROR, OLD_ERROR, FATAL], ids=["E", "E, older", "F"])
def test_an_error_is_kept_with_the_lines_that_continue_it(error):
    assert _real_errors(error) == error
    assert _real_errors(NOISE + error + NO_GPU + error + NOISE) == error * 2


def test_what_is_no_log_line_is_kept_unless_it_continues_one():
    assert _real_errors(PLAIN) == PLAIN
    assert _real_errors(ERROR + PLAIN) == ERROR + PLAIN
    assert _real_errors(NOISE + PLAIN) == ""


def run(tmp_path, tensorflow, program="import gan_helpers", env=os.environ):
    """Run a program in which `import tensorflow` runs the given lines."""
    (tmp_path / "tensorflow.py").write_text(tensorflow)
    here = [str(tmp_path), os.path.dirname(os.path.dirname(__file__))]
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**env, "PYTHONPATH": os.pathsep.join(here)},
        capture_output=True,
        text=True,
    )


def logging(text):
    """Lines that write, as TensorFlow does, to the file descriptor and not to sys.stderr."""
    return f"import os\nos.write(2, {text.encode()!r})\n"


def test_importing_the_package_shows_errors_and_no_noise(tmp_path):
    ran = run(tmp_path, logging(NOISE + ERROR + NO_GPU))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", ERROR)


def test_after_the_import_stderr_is_as_before(tmp_path):
    program = "import gan_helpers, os, sys; os.write(2, b'I am here\\n'); print(2, file=sys.stderr)"
    ran = run(tmp_path, logging(NOISE), program)
    assert (ran.returncode, ran.stderr) == (0, "I am here\n2\n")


def test_a_tensorflow_that_cannot_be_imported_says_why(tmp_path):
    ran = run(tmp_path, logging(NOISE + FATAL) + "raise ImportError('libfoo.so is missing')\n")
    assert ran.returncode == 1
    assert ran.stderr.startswith(FATAL + "Traceback")
    assert ran.stderr.endswith("ImportError: libfoo.so is missing\n")
    assert "oneDNN" not in ran.stderr


def test_tensorflow_is_told_to_log_little_unless_the_reader_chose(tmp_path, monkeypatch):
    program = "import gan_helpers, os; print(os.environ['TF_CPP_MIN_LOG_LEVEL'])"
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    assert run(tmp_path, "", program).stdout == "3\n"
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    assert run(tmp_path, "", program).stdout == "0\n"


@pytest.mark.skipif(os.name == "nt", reason="closes a file descriptor in the way of POSIX shells")
def test_without_a_stderr_the_import_still_works(tmp_path):
    program = "import os; os.close(2); import gan_helpers, tensorflow; print(tensorflow.__name__)"
    ran = run(tmp_path, "", program)
    assert (ran.returncode, ran.stdout) == (0, "tensorflow\n")


def test_the_real_tensorflow_is_imported_in_silence():
    ran = subprocess.run(
        [sys.executable, "-c", "import gan_helpers"], capture_output=True, text=True
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="oneDNN is for x86")
@pytest.mark.parametrize(("wish", "expected"), [({}, "1"), ({"TF_ENABLE_ONEDNN_OPTS": "0"}, "0")])
def test_onednn_is_on_unless_the_reader_turned_it_off(tmp_path, wish, expected):
    env = {name: value for name, value in os.environ.items() if name != "TF_ENABLE_ONEDNN_OPTS"}
    # TensorFlow reads the variable while it is imported; this one prints what it would read.
    tensorflow = "import os\nprint(os.environ['TF_ENABLE_ONEDNN_OPTS'])\n"
    done = run(tmp_path, tensorflow, env=env | wish)
    assert done.stdout.strip() == expected, done.stderr
