"""What stands on a page: from words with places to fields with reasons. Pure."""
