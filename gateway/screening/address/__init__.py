"""What can be known of an address: how it is written, whether its domain takes mail, what kind it is."""
