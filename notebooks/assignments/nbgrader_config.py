"""What students see in the place of the solutions; all else is nbgrader's own default."""

c = get_config()  # noqa: F821, which nbgrader defines

c.CourseDirectory.course_id = "gan-notebooks"
CODE = """\
# Write your answer here, in the place of the next line.
raise NotImplementedError("This question is not answered yet.")"""
c.ClearSolutions.code_stub = {"python": CODE}
c.ClearSolutions.text_stub = "*Write your answer here.*"
