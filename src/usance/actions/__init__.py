"""The only writers of money, stage and diary. Each takes a batch, in one transaction."""
