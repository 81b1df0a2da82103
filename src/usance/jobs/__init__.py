"""What ticks: the belt's jobs, and what is due every minute and every day.

They read the clock, call one action, and know what a failure means: a lock that was lost is tried
again, an invoice that fails alone is parked, everything else stops the job and is seen.
"""
