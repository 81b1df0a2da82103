"""What stands on a page: from words with places to fields with reasons. Pure.

    pages, findings = plugins.scans.read_pages(data)
    senders = capture.senders(pages)              # Keys under which layouts may have been learned.
    known = Known(sellers=…, buyers=…, learned={sender: {"number": Hint(…)}})
    reading = capture.read(pages, known=known, findings=findings)

A person's correction becomes a hint for the sender's next invoice:

    sender = capture.sender_of(reading)           # "" where nothing identifies the sender.
    hint = capture.hint_of(reading, "number", "4711", box=None)

A Hint is plain strings and numbers: `dataclasses.asdict(hint)` is its JSON, `Hint(**stored)` the
way back.
"""
