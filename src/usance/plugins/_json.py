"""JSON from others, where it is none."""

import msgspec

# The second where the signs are right and a text between them is no UTF-8.
BROKEN = (msgspec.MsgspecError, UnicodeDecodeError)
