"""The rules of factoring: facts in, decisions out. Pure: no clock, no network, no database."""
