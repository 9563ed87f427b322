"""Here at the root, because a hook applies only to files below its conftest.py."""


def pytest_collectstart(collector):
    """Let nbval ignore stderr: libraries log there, differently on each machine."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr",)
