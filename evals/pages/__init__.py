"""Results as tables, plots and the page ``docs/quality.md``: one module a suite."""
