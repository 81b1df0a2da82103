"""Exports of bookkeeping entries into the books of others."""
