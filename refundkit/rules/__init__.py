"""Decides: checks, eligible amounts, duplicates, routes. Pure: a dossier and a policy in, an assessment out."""
