"""JSON from others, where it is none."""

import msgspec

# The second where the signs are right and a text between them is no UTF-8, the third where lists
# lie in lists without end.
BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
