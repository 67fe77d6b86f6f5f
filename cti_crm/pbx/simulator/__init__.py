"""A small PBX that speaks AMI over TCP: for the demo, the load bench and the tests."""
