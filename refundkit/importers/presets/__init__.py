"""Exports of other systems, each known by the set of its headings and read as a data file says."""
