"""Ratings from a CSV file: read and checked as a whole, matched to the district, written in one transaction."""

KIND = "observation-import"
