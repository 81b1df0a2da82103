"""Named questions to the database, with everything prefetched. Nothing here writes."""
