"""Print how many lines of code each file has, without blanks, comments and docstrings.

The core is to be read in one sitting, and no file is to grow past what one keeps in mind:
python -m tools.count_code
"""

import ast
import io
import subprocess
import sys
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = tuple(f"gan_helpers/{name}.py" for name in ("losses", "data", "networks", "gan", "metrics"))
CORE_LIMIT = 900
FILE_LIMIT = 300
NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def lines_of_code(source: str) -> int:
    """How many lines of Python hold code: no blank line, no comment, no docstring.

    >>> lines_of_code("# why\\n\\nx = 1  # how\\n")
    1
    """
    used: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NO_CODE:
            used |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if ast.get_docstring(node) is not None:
                first = node.body[0]
                used -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return len(used)


def count(root: Path) -> dict[str, int]:
    """Path -> lines of code, for each Python file that git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    paths = [root / name for name in sorted(set(listed.stdout.splitlines()))]
    return {
        path.relative_to(root).as_posix(): lines_of_code(path.read_text(encoding="utf-8"))
        for path in paths
        if path.exists()
    }


def main() -> None:
    """Print the table; exit with 1 where a limit is passed."""
    counts = count(ROOT)
    for path, lines in counts.items():
        print(f"{lines:6}  {path}{'   too long' if lines > FILE_LIMIT else ''}")
    core = sum(counts[path] for path in CORE)
    print(f"{core:6}  the core: {', '.join(CORE)} (at most {CORE_LIMIT})")
    print(f"{sum(counts.values()):6}  in all")
    sys.exit(core > CORE_LIMIT or max(counts.values()) > FILE_LIMIT)


if __name__ == "__main__":
    main()
