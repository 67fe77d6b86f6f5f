"""The people of the firm who take calls: their extensions, devices and queues."""
