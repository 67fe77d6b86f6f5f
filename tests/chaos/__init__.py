"""Real calls while everything is killed and cut; afterwards each conversation stands in the log once, and right.

`python -m tests.chaos [--seconds 60 --rate 5 --seed N --store postgresql|sqlite --records cel,cdr|cdr]` runs it in
full, `test_chaos.py` in a shortened form. Customers call over a real Asterisk, agents answer, decline, hold, hand over
and park by seeded chance (`traffic`); the service runs as its own process (`service`), reaches the PBX through
`ami_proxy` and its tables through `stores`; `monkey` breaks all of them; `verdict` compares the log with Asterisk's CEL
and with what the people did.
"""
