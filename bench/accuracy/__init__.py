"""How near the capacity estimate comes to a known truth, against other ways, on simulated districts.

cases: the districts; methods: the ways; scores: figures of one district; runs: all districts, kept on disk;
summary: means and intervals; goals: what must hold; report: the written table.
"""
