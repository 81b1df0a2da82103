"""Reports: sums of moves as of any day, each total with the rows that make it. See `catalogue`."""
