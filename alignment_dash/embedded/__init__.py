"""Private servers and processes for the demo, the tests and the benchmarks.

`python -m alignment_dash.embedded demo|run|test|stop` starts a PostgreSQL and a Valkey that belong to this
checkout alone, from binaries that came with the Python packages or, where those do not exist, the system's.
Nothing here imports Django: it runs before settings can be read.
"""
