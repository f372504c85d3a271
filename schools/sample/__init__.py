"""Whole invented districts for demos, tests and benchmarks; see the command `sample_district`.

`plan_*` modules decide (pure, from a profile and a seed), the others write what was decided. Apps on higher
floors add their own part by `registry.register`.
"""
