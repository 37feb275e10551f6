"""A month of a made-up company, lived through by the real pipeline at made-up times: `gateway demo`."""
