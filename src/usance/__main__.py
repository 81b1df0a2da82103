"""python -m usance: the command line."""

from usance.cli import main

main(prog_name="usance")
