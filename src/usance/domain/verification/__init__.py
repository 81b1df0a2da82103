"""Is this a true, complete and lawful invoice? Checks on its business, rules on its writing."""
