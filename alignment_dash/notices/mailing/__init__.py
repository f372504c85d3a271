"""Notices as mail: what is due, in what words, and handing it to the district's mail server.

docs/decisions/0019-notices.md says why nothing is sent twice and nothing is lost.
"""
