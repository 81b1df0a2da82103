"""Rates and clocks of each country: dated data with its source, outside of the code."""
